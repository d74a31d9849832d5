import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { mapConcurrently } from '../../../platform/concurrency.ts';
import { statOrNull } from '../../../platform/mlflow/files.ts';
import { experimentFolders, runFolders, TRASH } from './layout.ts';

/** Files and folders looked at in one call, besides those of running runs. */
const STATS_A_CALL = 3_000;
const AT_ONCE = 32;

/**
 * Notices changes of a store by the stamps of its folders and files. What says most is looked at in every call (the
 * lists of experiments and runs, the files of running runs), the rest in turn, so that a call stays cheap in a large
 * store and a change anywhere is noticed after some calls.
 */
export class ChangeWatch {
  readonly #root: string;
  readonly #isRunning: (runFolder: string) => boolean;
  readonly #filesOf: (runFolder: string) => readonly string[];
  readonly #stamps = new Map<string, string>();
  readonly #instance = randomUUID();
  #runs: readonly string[] = [];
  #next = 0;
  #revision = 0;

  constructor(
    root: string,
    isRunning: (runFolder: string) => boolean,
    /** The files that answers so far were read from. */
    filesOf: (runFolder: string) => readonly string[],
  ) {
    this.#root = root;
    this.#isRunning = isRunning;
    this.#filesOf = filesOf;
  }

  async token(signal?: AbortSignal): Promise<string> {
    signal?.throwIfAborted();
    const experiments = await experimentFolders(this.#root);
    const folders = [this.#root, join(this.#root, TRASH), ...experiments.map(({ folder }) => folder)];
    const always = [...folders, ...folders.map((folder) => join(folder, 'meta.yaml'))];
    if (await this.#look(always, signal)) await this.#list(experiments);
    const running = this.#runs.filter((folder) => this.#isRunning(folder));
    await this.#look(
      running.flatMap((folder) => this.#pathsOf(folder)),
      signal,
    );
    await this.#look(this.#turn(), signal);
    return `${this.#instance}:${this.#revision}`;
  }

  /** Whether a stamp differs from what it was. The first look at a path is no change, but for what is looked at always. */
  async #look(paths: readonly string[], signal: AbortSignal | undefined): Promise<boolean> {
    let changed = false;
    await mapConcurrently(paths, AT_ONCE, async (path) => {
      signal?.throwIfAborted();
      const stats = await statOrNull(path).catch(() => null);
      const stamp = stats === null ? '-' : `${stats.mtimeMs} ${stats.size} ${stats.ino}`;
      const before = this.#stamps.get(path);
      this.#stamps.set(path, stamp);
      if (before === stamp) return;
      changed = true;
      if (before !== undefined) this.#revision += 1;
    });
    return changed;
  }

  async #list(experiments: Awaited<ReturnType<typeof experimentFolders>>): Promise<void> {
    const lists = await mapConcurrently(experiments, AT_ONCE, (experiment) => runFolders(experiment, this.#root));
    const runs = lists.flat().map((entry) => entry.path);
    const now = new Set(runs);
    if (this.#runs.some((folder) => !now.has(folder))) this.#stamps.clear();
    this.#runs = runs;
  }

  #pathsOf(folder: string): readonly string[] {
    const parts = ['', 'meta.yaml', 'params', 'metrics', 'tags', 'inputs', 'outputs'];
    return [...parts.map((part) => join(folder, part)), ...this.#filesOf(folder)];
  }

  #turn(): readonly string[] {
    const paths: string[] = [];
    for (let seen = 0; seen < this.#runs.length && paths.length < STATS_A_CALL; seen += 1) {
      this.#next = (this.#next + 1) % this.#runs.length;
      paths.push(...this.#pathsOf(this.#runs[this.#next] ?? this.#root));
    }
    return paths;
  }
}
