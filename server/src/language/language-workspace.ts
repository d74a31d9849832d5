import { readFile, stat } from 'node:fs/promises';
import { setImmediate as turn } from 'node:timers/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { checkSource } from './diagnostics/check-source.ts';
import type { Diagnostic } from './diagnostics/diagnostic.ts';
import { type Severities, severitiesFor, withSeverities } from './diagnostics/severities.ts';
import type { FileKnowledge } from './file-knowledge.ts';
import { walk } from './find-files.ts';
import { checkMeaning } from './meaning/check-meaning.ts';
import { type OpenDocument, OpenDocuments, type TextChange } from './open-documents.ts';
import { WorkspaceIndex } from './symbols/workspace-index.ts';
import { parseSource } from './syntax/source.ts';

/** Files beyond this are no documents that someone wrote. */
const MAX_BYTES = 2 * 1024 * 1024;
const READERS = 16;
/** How long indexing may keep the thread before others get their turn. */
const SLICE_MS = 8;

type Known = Pick<FileKnowledge, 'exists' | 'revision'>;

/** The files of a workspace, open or not, and all that is known about them. */
export class LanguageWorkspace {
  readonly documents = new OpenDocuments();
  readonly index = new WorkspaceIndex();
  readonly #files: Known;
  #severities: Severities = new Map();
  #settingsRevision = 0;

  constructor(files: Known) {
    this.#files = files;
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
    return `${this.index.revisionWithout(uri)}:${this.#files.revision}:${this.#settingsRevision}`;
  }

  /** All diagnostics of a file, open or not, in order. */
  diagnostics(uri: string): readonly Diagnostic[] {
    return this.withChosenSeverities(uri, this.#reported(uri));
  }

  /** What was found in a file, ours or another tool's, as grave as people chose it to be. */
  withChosenSeverities(uri: string, found: readonly Diagnostic[]): readonly Diagnostic[] {
    return withSeverities(found, severitiesFor(uri, this.index, this.#severities));
  }

  #reported(uri: string): readonly Diagnostic[] {
    const file = this.index.get(uri);
    if (!file) return [];
    const own = checkSource(file.symbols.source);
    const meaning = checkMeaning(file, this.index, this.#files);
    if (meaning.length === 0) return firstOf(own);
    return firstOf(
      [...own, ...meaning].sort(
        (a, b) => a.range.startLine - b.range.startLine || a.range.startCharacter - b.range.startCharacter,
      ),
    );
  }

  /** Reads our files below some folders, a few at a time, and lets others have their turn in between. */
  async indexFolders(folders: readonly string[], signal: AbortSignal): Promise<number> {
    let count = 0;
    let sliceStart = performance.now();
    const paths = this.#pathsIn(folders, signal);
    const reader = async () => {
      for await (const path of paths) {
        signal.throwIfAborted();
        await this.#read(pathToFileURL(path).href);
        count++;
        if (performance.now() - sliceStart < SLICE_MS) continue;
        await turn();
        sliceStart = performance.now();
      }
    };
    await Promise.all(Array.from({ length: READERS }, reader));
    return count;
  }

  async *#pathsIn(folders: readonly string[], signal: AbortSignal): AsyncGenerator<string> {
    for (const folder of folders) if (folder.startsWith('file:')) yield* walk(fileURLToPath(folder), signal);
  }

  /** A file changed on disk, or went. */
  async refresh(uri: string): Promise<void> {
    await this.#read(uri);
  }

  async #read(uri: string): Promise<void> {
    const text = await readText(uri);
    if (text === null) this.index.removedFromDisk(uri);
    else if (this.index.get(uri)?.symbols.source.text !== text || this.index.isOpen(uri))
      this.index.setOnDisk(uri, parseSource(text));
  }
}

/** As many as an editor shows; more only take time to send. */
const MOST_DIAGNOSTICS = 1000;

function firstOf(sorted: Diagnostic[]): Diagnostic[] {
  return sorted.length <= MOST_DIAGNOSTICS ? sorted : sorted.slice(0, MOST_DIAGNOSTICS);
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
