import { SharedTask } from './shared-task.ts';

/**
 * What takes a while to open, by its name: once for all who ask meanwhile and later. What could not be opened is tried
 * again when it is asked for again.
 */
export class OpenedOnce<Opened extends { close(): Promise<void> }> {
  readonly #tasks = new Map<string, SharedTask<Opened>>();

  /** Opens it unless it is open already. The signal that `open` gets is aborted when nobody waits any more. */
  get(name: string, open: (signal: AbortSignal) => Promise<Opened>): SharedTask<Opened> {
    const known = this.#tasks.get(name);
    if (known !== undefined && !known.abandoned) return known;
    const task = new SharedTask(open);
    this.#tasks.set(name, task);
    task.result.catch(() => {
      if (this.#tasks.get(name) === task) this.#tasks.delete(name);
    });
    return task;
  }

  /** Closes some, or all of them; who asks afterwards gets another. */
  async close(names: readonly string[] = [...this.#tasks.keys()]): Promise<void> {
    const closing = names.flatMap((name) => this.#tasks.get(name) ?? []);
    for (const name of names) this.#tasks.delete(name);
    await Promise.allSettled(closing.map(async (task) => (await task.result).close()));
  }
}
