import { readFileSync } from 'node:fs';
import { setImmediate as turn } from 'node:timers/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { checkSource } from './diagnostics/check-source.ts';
import type { Diagnostic } from './diagnostics/diagnostic.ts';
import { type Severities, severitiesFor, withSeverities } from './diagnostics/severities.ts';
import type { FileKnowledge } from './file-knowledge.ts';
import { walk } from './find-files.ts';
import { checkMeaning } from './meaning/check-meaning.ts';
import type { ModelProvider } from './meaning/registered-models.ts';
import { type OpenDocument, OpenDocuments, type TextChange } from './open-documents.ts';
import type { CheckedFile, PythonKnowledge } from './python/python-knowledge.ts';
import type { SummaryAnswer } from './stored/language-index.worker.ts';
import { isCurrent, readSummary, type StoredSummary } from './stored/stored-summary.ts';
import { readSummaries, type Summaries, writeSummaries } from './stored/summary-cache.ts';
import { summariesInWorkers } from './stored/summary-workers.ts';
import { inOrder } from './summarize.ts';
import { type IndexedFile, WorkspaceIndex } from './symbols/workspace-index.ts';
import { parseSource } from './syntax/source.ts';

/** Files that are worth starting a thread for, and worth keeping what they say. */
const WORTH_A_THREAD = 30;
const WORTH_KEEPING = 30;

type Known = Pick<FileKnowledge, 'exists' | 'revision'>;

/** What is known of the Python that files call. */
type KnownPython = Pick<PythonKnowledge, 'known' | 'revision' | 'forget'>;

/** What is known of the model registry; the revision changes when something else becomes known. */
type KnownModels = ModelProvider & { readonly revision: number };

const noModels: KnownModels = { models: () => null, revision: 0 };

/** The files of a workspace, open or not, and all that is known about them. */
export class LanguageWorkspace {
  readonly documents = new OpenDocuments();
  readonly index = new WorkspaceIndex();
  readonly #files: Known;
  readonly #python: KnownPython | null;
  readonly #models: KnownModels;
  /** Of the contents of the files on disk. */
  readonly #digests = new Map<string, string>();
  readonly #told = new WeakMap<IndexedFile, { surroundings: string; diagnostics: readonly Diagnostic[] }>();
  #severities: Severities = new Map();
  #settingsRevision = 0;

  constructor(files: Known, python: KnownPython | null = null, models: KnownModels = noModels) {
    this.#files = files;
    this.#python = python;
    this.#models = models;
  }

  /** What a person's settings say about severities; it wins over the Workspace documents. */
  setSeverities(severities: Severities): void {
    this.#severities = severities;
    this.#settingsRevision++;
  }

  open(uri: string, version: number, text: string): OpenDocument {
    const document = this.documents.open(uri, version, text);
    this.index.setOpen(uri, document.source);
    return document;
  }

  change(uri: string, version: number, changes: readonly TextChange[]): OpenDocument | undefined {
    const document = this.documents.change(uri, version, changes);
    if (document) this.index.setOpen(uri, document.source);
    return document;
  }

  close(uri: string): void {
    this.documents.close(uri);
    this.index.closed(uri);
  }

  /** Changes when something changes that a file's diagnostics may depend on besides the file itself. */
  surroundings(uri: string): string {
    const python = this.#python?.revision(uri) ?? 0;
    return `${this.index.revisionWithout(uri)}:${this.#files.revision}:${this.#settingsRevision}:${python}:${this.#models.revision}`;
  }

  /** All diagnostics of a file, open or not, in order. */
  diagnostics(uri: string): readonly Diagnostic[] {
    const own = this.#reported(uri);
    const file = this.checkedFile(uri);
    const python = file && this.#python ? this.#python.known(uri, file) : [];
    return this.withChosenSeverities(uri, python.length === 0 ? own : inOrder(own, python));
  }

  /** What was found in a file, ours or another tool's, as grave as people chose it to be. */
  withChosenSeverities(uri: string, found: readonly Diagnostic[]): readonly Diagnostic[] {
    return withSeverities(found, severitiesFor(uri, this.index, this.#severities));
  }

  /** A file that may call Python, open or not; null for all others. */
  checkedFile(uri: string): CheckedFile | null {
    const file = this.index.get(uri);
    if (!file || (file.summary && !file.summary.kinds.includes('Pipeline'))) return null;
    return {
      identity: file.summary ?? file.symbols.source,
      python: file.summary?.python ?? null,
      source: () => file.symbols.source,
    };
  }

  #reported(uri: string): readonly Diagnostic[] {
    const file = this.index.get(uri);
    if (!file) return [];
    if (file.summary?.diagnostics) return file.summary.diagnostics;
    const surroundings = this.surroundings(uri);
    const known = file.summary && this.#told.get(file);
    if (known?.surroundings === surroundings) return known.diagnostics;
    const diagnostics = inOrder(
      checkSource(file.symbols.source),
      checkMeaning(file, this.index, { files: this.#files, models: this.#models }),
    );
    if (file.summary) this.#told.set(file, { surroundings, diagnostics });
    return diagnostics;
  }

  /**
   * Reads our files below some folders in threads of their own, and lets others have their turn in between. What was kept
   * of them on disk is not read again while it holds.
   */
  async indexFolders(folders: readonly string[], signal: AbortSignal): Promise<number> {
    let count = 0;
    for (const folder of folders) {
      if (folder.startsWith('file:')) count += await this.#indexFolder(withoutSlash(fileURLToPath(folder)), signal);
    }
    return count;
  }

  async #indexFolder(folder: string, signal: AbortSignal): Promise<number> {
    const known = await readSummaries(folder);
    const found = new Map<string, StoredSummary>();
    const changed: string[] = [];
    const look = async (path: string) => {
      const before = known.get(path);
      if (before && (await isCurrent(path, before))) found.set(path, this.#store(path, before));
      else changed.push(path);
    };
    const looks: Promise<void>[] = [];
    for await (const path of walk(folder, signal)) looks.push(look(path));
    await Promise.all(looks);
    signal.throwIfAborted();
    for await (const answer of this.#summaries(changed, known, signal)) {
      for (const [path, stored] of answer) if (stored) found.set(path, this.#store(path, stored));
    }
    const isNews = changed.length > 0 || known.size !== found.size;
    // Few files are read as fast as what was kept of them, and a folder that can't be written is read each time.
    if (isNews && found.size >= WORTH_KEEPING) await writeSummaries(folder, found).catch(() => undefined);
    return found.size;
  }

  async *#summaries(paths: readonly string[], known: Summaries, signal: AbortSignal): AsyncGenerator<SummaryAnswer> {
    const left = new Set(paths);
    if (paths.length >= WORTH_A_THREAD) {
      try {
        for await (const answer of summariesInWorkers(paths, known, signal)) {
          for (const [path] of answer) left.delete(path);
          yield answer;
        }
      } catch {
        // A thread could not start, or died of one of the files: the rest is read here.
        signal.throwIfAborted();
      }
    }
    for (const path of left) {
      signal.throwIfAborted();
      yield [[path, await readSummary(path, known.get(path))]];
      await turn();
    }
  }

  #store(path: string, stored: StoredSummary): StoredSummary {
    const uri = pathToFileURL(path).href;
    if (this.#digests.get(uri) === stored.digest) return stored;
    this.#digests.set(uri, stored.digest);
    this.index.setStored({ uri, summary: stored.summary, read: () => parseSource(textOf(path)) });
    return stored;
  }

  /** A file changed on disk, or went. */
  async refresh(uri: string): Promise<void> {
    const path = pathOf(uri);
    const stored = path === null ? null : await readSummary(path, undefined);
    if (path !== null && stored) this.#store(path, stored);
    else this.removed(uri);
  }

  /** A file is no more. */
  removed(uri: string): void {
    this.#digests.delete(uri);
    this.#python?.forget(uri);
    this.index.removedFromDisk(uri);
  }
}

function withoutSlash(folder: string): string {
  return folder.length > 1 ? folder.replace(/[\\/]$/, '') : folder;
}

function pathOf(uri: string): string | null {
  try {
    return fileURLToPath(uri);
  } catch {
    return null;
  }
}

/** The text of a file that was there a moment ago; empty where it went since. */
function textOf(path: string): string {
  try {
    return new TextDecoder().decode(readFileSync(path));
  } catch {
    return '';
  }
}
