import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ModelFile } from '#schemas/domain/model-version.ts';
import type { ContentOptions, ModelContents } from './model-context.ts';

/** A version's files in a folder of their own, fetched when something asks for them and gone afterwards. */
export class WorkingCopy {
  readonly #contents: ModelContents;
  readonly #files: readonly ModelFile[];
  readonly #options: ContentOptions;
  #folder: Promise<string> | null = null;

  constructor(contents: ModelContents, files: readonly ModelFile[], options: ContentOptions) {
    this.#contents = contents;
    this.#files = files;
    this.#options = options;
  }

  /** Absolute path of the folder. Fails as the artifact store does. */
  folder(): Promise<string> {
    this.#folder ??= this.#fetch();
    return this.#folder;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const folder = await this.#folder?.catch(() => null);
    if (folder) await rm(folder, { recursive: true, force: true });
  }

  async #fetch(): Promise<string> {
    const folder = await mkdtemp(join(tmpdir(), 'mlops-version-'));
    try {
      await this.#contents.fetchFiles(this.#files, folder, this.#options);
      return folder;
    } catch (error) {
      await rm(folder, { recursive: true, force: true });
      throw error;
    }
  }
}
