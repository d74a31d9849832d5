import { isAborted } from './host-failure.ts';

export type Outcome<T> = { readonly value: T } | { readonly error: unknown };

/** A question that may be asked again before it is answered: the newest alone counts, and stops the one before it. */
export class LatestRequest {
  #current: AbortController | null = null;

  /** Whether an answer is waited for. */
  get isPending(): boolean {
    return this.#current !== null;
  }

  /** What came of it; null where a later question took its place, or nobody waits for the answer any more. */
  async ask<T>(request: (signal: AbortSignal) => Promise<T>): Promise<Outcome<T> | null> {
    this.#current?.abort();
    const own = new AbortController();
    this.#current = own;
    try {
      const value = await request(own.signal);
      return own.signal.aborted ? null : { value };
    } catch (error) {
      return own.signal.aborted || isAborted(error) ? null : { error };
    } finally {
      if (this.#current === own) this.#current = null;
    }
  }
}
