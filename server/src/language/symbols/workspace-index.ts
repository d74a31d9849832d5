import { keptWith } from '../../platform/kept-with.ts';
import type { Source } from '../syntax/source.ts';
import type { FileSummary } from './file-summary.ts';
import { type DocumentSymbols, type FileSymbols, fileSymbols } from './file-symbols.ts';
import { severityEntries } from './severity-entries.ts';
import { textOf } from './view.ts';

/** A file that the index knows, open or not. */
export interface IndexedFile {
  readonly uri: string;
  readonly symbols: FileSymbols;
  /** Changes when something changes that other files can see. */
  readonly exports: string;
  /** Set where the file's text is not kept: `symbols` is then read anew when it is asked for. */
  readonly summary?: FileSummary;
}

/** A file whose text is not kept, and how to read it again. */
export interface StoredFile {
  readonly uri: string;
  readonly summary: FileSummary;
  readonly read: () => Source;
}

/** Files that were read again and may be asked for soon. */
const MOST_READ = 32;

/**
 * The symbols of all files of a workspace. What an editor has open hides what is on disk. `revision` counts only the
 * changes that can matter to other files.
 */
export class WorkspaceIndex {
  readonly #open = new Map<string, IndexedFile>();
  readonly #disk = new Map<string, IndexedFile>();
  readonly #read = new Map<StoredFile, FileSymbols>();
  readonly #changes = new Map<string, number>();
  #revision = 0;

  get revision(): number {
    return this.#revision;
  }

  /** As {@link revision}, but of the other files alone. */
  revisionWithout(uri: string): number {
    return this.#revision - (this.#changes.get(uri) ?? 0);
  }

  get(uri: string): IndexedFile | undefined {
    return this.#open.get(uri) ?? this.#disk.get(uri);
  }

  isOpen(uri: string): boolean {
    return this.#open.has(uri);
  }

  *files(): Generator<IndexedFile> {
    yield* this.#open.values();
    for (const file of this.#disk.values()) if (!this.#open.has(file.uri)) yield file;
  }

  setOpen(uri: string, source: Source): IndexedFile {
    return this.#set(this.#open, uri, source);
  }

  setOnDisk(uri: string, source: Source): IndexedFile {
    return this.#set(this.#disk, uri, source);
  }

  /** A file that is known by its summary until somebody looks closer. */
  setStored(stored: StoredFile): IndexedFile {
    const { uri, summary } = stored;
    // What every other file looks at is kept at hand.
    if (summary.kinds.some((kind) => kind === 'Workspace' || kind === 'Model'))
      return this.setOnDisk(uri, stored.read());
    const before = this.get(uri);
    const symbolsOf = () => this.#symbolsOf(stored);
    const file: IndexedFile = {
      uri,
      summary,
      exports: summary.exports,
      get symbols() {
        return symbolsOf();
      },
    };
    this.#disk.set(uri, file);
    this.#count(uri, before);
    return file;
  }

  #symbolsOf(stored: StoredFile): FileSymbols {
    const symbols = this.#read.get(stored) ?? fileSymbols(stored.read());
    this.#read.delete(stored);
    this.#read.set(stored, symbols);
    const [oldest] = this.#read.keys();
    if (oldest && this.#read.size > MOST_READ) this.#read.delete(oldest);
    return symbols;
  }

  /** The files that one of some names stands in, or a path to a pipeline. */
  *filesWith(names: ReadonlySet<string>): Generator<IndexedFile> {
    const lines = [...names].map((name) => `\n${name}\n`);
    for (const file of this.files()) {
      const known = file.summary?.names;
      if (known === undefined || lines.some((line) => known.includes(line))) yield file;
    }
  }

  closed(uri: string): void {
    this.#remove(this.#open, uri);
  }

  removedFromDisk(uri: string): void {
    this.#remove(this.#disk, uri);
  }

  #set(files: Map<string, IndexedFile>, uri: string, source: Source): IndexedFile {
    const before = this.get(uri);
    const symbols = fileSymbols(source);
    const file = { uri, symbols, exports: exportsOf(symbols) };
    files.set(uri, file);
    this.#count(uri, before);
    return file;
  }

  #remove(files: Map<string, IndexedFile>, uri: string): void {
    const before = this.get(uri);
    files.delete(uri);
    this.#count(uri, before);
  }

  #count(uri: string, before: IndexedFile | undefined): void {
    if (this.get(uri)?.exports === before?.exports) return;
    this.#revision++;
    this.#changes.set(uri, (this.#changes.get(uri) ?? 0) + 1);
  }

  /** The Workspace documents that hold for a file: those in it, and in files of its folder and the folders above. */
  workspacesFor(uri: string): { file: IndexedFile; document: DocumentSymbols }[] {
    const folder = folderOf(uri);
    return this.documents('Workspace').filter(({ file }) => file.uri === uri || folder.startsWith(folderOf(file.uri)));
  }

  documents(kind: DocumentSymbols['kind']): { file: IndexedFile; document: DocumentSymbols }[] {
    const found: { file: IndexedFile; document: DocumentSymbols }[] = [];
    for (const file of this.files()) {
      if (file.summary && !file.summary.kinds.includes(kind)) continue;
      for (const document of file.symbols.documents) if (document.kind === kind) found.push({ file, document });
    }
    return found;
  }

  /** The pipeline that `uses: path` in a file means; null where that file is not known or holds none. */
  pipelineAt(uri: string, path: string): { file: IndexedFile; document: DocumentSymbols } | null {
    const target = resolveUri(uri, path);
    const file = target === null ? undefined : this.get(target);
    const document = file?.symbols.documents.find(({ kind }) => kind === 'Pipeline');
    return file && document ? { file, document } : null;
  }
}

/** A path that a file names, as the URI of what it means; null where the file has no place that paths could start at. */
export function resolveUri(uri: string, path: string): string | null {
  if (/^[a-z][a-z0-9+.-]+:/i.test(path)) return null;
  // Half of a pair of surrogates is in no file name and can't be encoded.
  if (!path.isWellFormed()) return null;
  const encoded = path.split(/[\\/]/).map(encodeURIComponent).join('/');
  return URL.canParse(encoded, uri) && /^[\w+.-]+:\//.test(uri) ? new URL(encoded, uri).href : null;
}

function folderOf(uri: string): string {
  return uri.slice(0, uri.lastIndexOf('/') + 1);
}

const exportedKinds = new Set(['document', 'output', 'environment', 'channel', 'role', 'tracker', 'stage']);
const exportsOfDocument = keptWith<DocumentSymbols['units'][number]['symbols'], string>();

function exportsOf(symbols: FileSymbols): string {
  return symbols.documents
    .map((document) => {
      const outer = document.units.filter((unit) => unit.section === null).map(exportsOfUnit);
      // What a pipeline hands on has the types that its steps declare.
      const inner = outer.some((each) => each.includes('output:')) ? stepsSignature(document) : '';
      return [document.kind, document.unreadable, ...document.incomplete, ...outer, inner].join('\n');
    })
    .join('\n---\n');
}

function exportsOfUnit({ symbols }: DocumentSymbols['units'][number]): string {
  let exported = exportsOfDocument.get(symbols);
  if (exported === undefined) {
    const names = symbols.definitions.flatMap(({ kind, name }) => (exportedKinds.has(kind) ? [`${kind}:${name}`] : []));
    const inputs = [...symbols.inputs.values()].map(({ name, type, columns }) => [
      name,
      type,
      columns && [...columns].map(([column, { dtype }]) => [column, dtype]),
    ]);
    const outputs = symbols.expressions.filter(({ path }) => path[0] === 'outputs').map(({ text }) => text);
    const severities = severityEntries(symbols).map(({ name, value }) => [name, textOf(value)]);
    exported = [...names, JSON.stringify([[...symbols.params.values()], inputs, outputs, severities])].join(' ');
    exportsOfDocument.set(symbols, exported);
  }
  return exported;
}

function stepsSignature(document: DocumentSymbols): string {
  let signature = '';
  for (const [name, unit] of document.steps) signature += `${name} ${unit.symbols.step?.signature ?? ''}\n`;
  return signature;
}
