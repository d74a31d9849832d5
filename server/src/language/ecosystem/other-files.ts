import { readFile, stat } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { parseSource } from '../syntax/source.ts';
import type { OtherFile } from './analysis.ts';
import { documentTree } from './tree.ts';

/** What is known longer than this is asked again. */
const MAX_AGE_MS = 3000;
/** Larger files hold no parameters that someone wrote. */
const MAX_BYTES = 1024 * 1024;

interface Known {
  readonly text: string | null;
  readonly file: OtherFile | null;
  readonly at: number;
}

/** The texts of files that others refer to, without waiting: what is not known yet is read, and `onNews` tells when it is. */
export class OtherFiles {
  readonly #known = new Map<string, Known>();
  readonly #asked = new Set<string>();
  readonly #onNews: () => void;

  constructor(onNews: () => void) {
    this.#onNews = onNews;
  }

  /** undefined: not known yet; null: not there, or no text that can be read. */
  read(uri: string): OtherFile | null | undefined {
    const known = this.#known.get(uri);
    if (!known || performance.now() - known.at > MAX_AGE_MS) void this.#ask(uri);
    return known?.file;
  }

  async #ask(uri: string): Promise<void> {
    if (this.#asked.has(uri) || !uri.startsWith('file:')) return;
    this.#asked.add(uri);
    const text = await readText(uri);
    this.#asked.delete(uri);
    const before = this.#known.get(uri);
    const at = performance.now();
    if (before?.text === text) this.#known.set(uri, { ...before, at });
    else {
      this.#known.set(uri, { text, file: text === null ? null : otherFile(uri, text), at });
      this.#onNews();
    }
  }
}

/** A file of one document, read. */
export function otherFile(uri: string, text: string): OtherFile {
  const source = parseSource(text);
  const [first] = source.documents;
  return { uri, source, root: first ? documentTree(first) : null };
}

async function readText(uri: string): Promise<string | null> {
  try {
    const path = fileURLToPath(uri);
    if ((await stat(path)).size > MAX_BYTES) return null;
    return new TextDecoder('utf-8', { fatal: true }).decode(await readFile(path));
  } catch {
    return null;
  }
}
