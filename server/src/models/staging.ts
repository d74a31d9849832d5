import { rm } from 'node:fs/promises';
import type { CopyOptions } from './artifact/hash-directory.ts';
import type { ModelContext } from './model-context.ts';

/**
 * A folder for copies that are made while a large model is hashed, where its contents are kept on this machine. It goes
 * with all that nobody took.
 */
export class Staging implements AsyncDisposable {
  readonly #context: Pick<ModelContext, 'contents' | 'registry'>;
  readonly #model: string;
  #folder: string | null = null;

  constructor(context: Pick<ModelContext, 'contents' | 'registry'>, model: string) {
    this.#context = context;
    this.#model = model;
  }

  /** Null where the store takes no copies. What has the size of a file of the highest version may be that very file. */
  async open(signal?: AbortSignal): Promise<CopyOptions | null> {
    this.#folder = await this.#context.contents.stagingFolder();
    return this.#folder === null ? null : { folder: this.#folder, without: await this.#knownSizes(signal) };
  }

  async #knownSizes(signal: AbortSignal | undefined): Promise<ReadonlySet<number>> {
    const { registry } = this.#context;
    const [highest] = await registry.listVersions(this.#model, signal);
    if (!highest) return new Set();
    const { files } = await registry.version(this.#model, highest.version, signal);
    return new Set(files.map(({ size }) => size));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#folder !== null) await rm(this.#folder, { recursive: true, force: true });
  }
}
