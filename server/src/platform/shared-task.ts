/**
 * Work that several callers wait for. Each may leave by its own signal; when the last one left, the work is aborted.
 * It starts at once.
 */
export class SharedTask<T> {
  readonly result: Promise<T>;
  readonly #controller = new AbortController();
  #waiting = 0;
  #settled = false;

  constructor(run: (signal: AbortSignal) => Promise<T>) {
    this.result = run(this.#controller.signal).finally(() => {
      this.#settled = true;
    });
    // Whoever waits hears of a failure; with nobody left it is no unhandled rejection.
    this.result.catch(() => undefined);
  }

  /** Given up: its result will never come. */
  get abandoned(): boolean {
    return this.#controller.signal.aborted;
  }

  async wait(signal?: AbortSignal): Promise<T> {
    signal?.throwIfAborted();
    this.#waiting += 1;
    let leave: () => void = () => undefined;
    const left = new Promise<never>((_, reject) => {
      leave = () => reject(signal?.reason);
    });
    signal?.addEventListener('abort', leave, { once: true });
    try {
      return await Promise.race([this.result, left]);
    } finally {
      signal?.removeEventListener('abort', leave);
      this.#waiting -= 1;
      if (this.#waiting === 0 && !this.#settled) this.#controller.abort();
    }
  }
}
