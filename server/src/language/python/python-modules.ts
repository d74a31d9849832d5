import { LRUCache } from 'lru-cache';
import type { PythonModule } from './module.ts';
import { parsePythonModule } from './parse-module.ts';

/** The Python files of a workspace, by URI; where an editor has one open, its text. */
export interface PythonFiles {
  /** The text; null for a file that is not there or can't be read. */
  read(uri: string): Promise<string | null>;
}

/** Generated code of any size has nothing to check. */
const longest = 500_000;

/** Reads modules, each text once. */
export class PythonModules {
  readonly #files: PythonFiles;
  readonly #parsed = new LRUCache<string, Promise<PythonModule>>({
    max: 200,
    maxSize: 8_000_000,
    sizeCalculation: size,
  });

  constructor(files: PythonFiles) {
    this.#files = files;
  }

  /** The module and its text; null for a file that is not there or too large. */
  async load(uri: string): Promise<{ readonly text: string; readonly module: PythonModule } | null> {
    const text = await this.#files.read(uri);
    if (text === null || text.length > longest) return null;
    let parsed = this.#parsed.get(text);
    if (!parsed) {
      parsed = parsePythonModule(text);
      this.#parsed.set(text, parsed);
    }
    return { text, module: await parsed };
  }
}

function size(_: unknown, text: string): number {
  return text.length + 1;
}
