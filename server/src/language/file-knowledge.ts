import { readdir, stat } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { errorCode } from '../platform/error-code.ts';
import type { FileProvider } from './meaning/files.ts';

/** What is known longer than this is asked again. */
const MAX_AGE_MS = 3000;

interface Known {
  readonly exists: boolean;
  readonly at: number;
}

/** Whether files are there, without waiting: what is not known yet is looked up, and `onNews` tells when it is. */
export class FileKnowledge implements FileProvider {
  readonly #known = new Map<string, Known>();
  readonly #asked = new Set<string>();
  readonly #onNews: () => void;
  #revision = 0;

  constructor(onNews: () => void) {
    this.#onNews = onNews;
  }

  /** Counts what was learnt. */
  get revision(): number {
    return this.#revision;
  }

  exists(uri: string): boolean | undefined {
    const known = this.#known.get(uri);
    if (!known || performance.now() - known.at > MAX_AGE_MS) void this.#ask(uri);
    return known?.exists;
  }

  async #ask(uri: string): Promise<void> {
    if (this.#asked.has(uri) || !uri.startsWith('file:')) return;
    this.#asked.add(uri);
    const exists = await isThere(uri);
    this.#asked.delete(uri);
    const before = this.#known.get(uri);
    this.#known.set(uri, { exists, at: performance.now() });
    // A first look that finds the file changes nothing that anybody saw.
    if (before?.exists !== exists && !(before === undefined && exists)) {
      this.#revision++;
      this.#onNews();
    }
  }
}

async function isThere(uri: string): Promise<boolean> {
  try {
    await stat(fileURLToPath(uri));
    return true;
  } catch (error) {
    // Only a file that is certainly not there is missing; one that may not be looked at could be.
    const code = errorCode(error);
    return code !== 'ENOENT' && code !== 'ENOTDIR';
  }
}

/** The entries of a folder; none where it can't be read. */
export async function listFolder(uri: string): Promise<readonly { name: string; isFolder: boolean }[]> {
  if (!uri.startsWith('file:')) return [];
  const entries = await readdir(fileURLToPath(uri), { withFileTypes: true }).catch(() => []);
  return entries
    .map((entry) => ({ name: entry.name, isFolder: entry.isDirectory() }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}
