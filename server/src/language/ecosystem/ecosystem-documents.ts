import { type Ecosystem, ecosystems } from '#schemas/domain/ecosystem.ts';
import type { Settings } from '#schemas/protocol/workspace.ts';
import type { Diagnostic, RelativeRange } from '../diagnostics/diagnostic.ts';
import { type Completion, completeBySchema } from '../features/complete.ts';
import type { Position } from '../features/cursor.ts';
import { cursorContext, documentAt } from '../features/cursor-context.ts';
import { type Hover, hoverBySchema } from '../features/hover.ts';
import { locate, offsetAt } from '../features/locate.ts';
import { type OutlineSymbol, outline } from '../features/symbols.ts';
import type { TextChange } from '../open-documents.ts';
import { scanLines } from '../syntax/lines.ts';
import { parseSource, type Source, updateSource } from '../syntax/source.ts';
import type { Analysis, OtherFile, Surroundings } from './analysis.ts';
import { analyse, checkEcosystem, type ReadDocument, rangeIn, readDocuments } from './check.ts';
import { otherFile } from './other-files.ts';
import { mayHoldEcosystem, recognize } from './recognize.ts';
import { ecosystemSchema } from './schemas.ts';

interface OpenFile {
  readonly version: number;
  readonly text: string;
  /** null for YAML that is none of the ecosystems': it is kept as text, and nothing else is done with it. */
  readonly source: Source | null;
}

export interface Place {
  readonly uri: string;
  readonly range: RelativeRange;
}

/** The open YAML files that are not ours; answers for those among them that an ecosystem's tools read. */
export class EcosystemDocuments {
  readonly #files = new Map<string, OpenFile>();
  readonly #around: Surroundings;
  #enabled = new Set<Ecosystem>(ecosystems);
  #hasYamlExtension = false;

  constructor(around: Surroundings) {
    this.#around = {
      exists: (uri) => (this.#files.has(uri) ? true : around.exists(uri)),
      read: (uri) => this.#openFile(uri) ?? around.read(uri),
    };
  }

  configure(settings: Settings, hasYamlExtension: boolean): void {
    this.#enabled = new Set(ecosystems.filter((name) => settings.ecosystem[name].enabled));
    this.#hasYamlExtension = hasYamlExtension;
  }

  /** Whether a file is open here and may be an ecosystem's. */
  has(uri: string): boolean {
    return this.#files.get(uri)?.source != null;
  }

  all(): string[] {
    return [...this.#files.keys()].filter((uri) => this.has(uri));
  }

  version(uri: string): number | undefined {
    return this.#files.get(uri)?.version;
  }

  open(uri: string, version: number, text: string): void {
    this.#files.set(uri, { version, text, source: mayHoldEcosystem(uri, text) ? parseSource(text) : null });
  }

  change(uri: string, version: number, changes: readonly TextChange[]): void {
    let file = this.#files.get(uri);
    if (!file) return;
    for (const change of changes) file = changed(uri, file, change);
    this.#files.set(uri, { ...file, version });
  }

  close(uri: string): void {
    this.#files.delete(uri);
  }

  diagnostics(uri: string): Diagnostic[] {
    const source = this.#files.get(uri)?.source;
    if (!source) return [];
    return checkEcosystem(uri, source, {
      enabled: (ecosystem) => this.#enabled.has(ecosystem),
      hasYamlExtension: this.#hasYamlExtension,
      around: this.#around,
    });
  }

  complete(uri: string, position: Position): Completion[] {
    const root = this.#schemaAt(uri, position);
    const source = this.#files.get(uri)?.source;
    return source && root ? completeBySchema(cursorContext(source, position), root) : [];
  }

  hover(uri: string, position: Position): Hover | null {
    const root = this.#schemaAt(uri, position);
    const source = this.#files.get(uri)?.source;
    const located = source ? locate(source, position) : null;
    return source && root && located ? hoverBySchema(source, located, root) : null;
  }

  outline(uri: string): OutlineSymbol[] {
    const source = this.#files.get(uri)?.source;
    return source && this.#read(uri, source).length > 0 ? outline(source) : [];
  }

  links(uri: string): { range: RelativeRange; target: string }[] {
    const source = this.#files.get(uri)?.source;
    if (!source) return [];
    return this.#analyses(uri, source).flatMap(({ links }) =>
      links.map((link) => ({ range: rangeIn(source, link), target: link.uri })),
    );
  }

  definition(uri: string, position: Position): Place[] {
    const source = this.#files.get(uri)?.source;
    if (!source) return [];
    const offset = offsetAt(source, position);
    return this.#analyses(uri, source).flatMap(({ references, links }) => [
      ...references
        .filter(({ start, end }) => offset >= start && offset <= end)
        .map(({ target }) => ({
          uri: target.file?.uri ?? uri,
          range: rangeIn(target.file?.source ?? source, target),
        })),
      ...links
        .filter(({ start, end }) => offset >= start && offset <= end)
        .map((link) => ({ uri: link.uri, range: firstPlace })),
    ]);
  }

  #openFile(uri: string): OtherFile | undefined {
    const file = this.#files.get(uri);
    return file && otherFile(uri, file.text);
  }

  /** The schema of the document that a position is in. */
  #schemaAt(uri: string, position: Position) {
    const source = this.#files.get(uri)?.source;
    const document = source ? documentAt(source, position.line) : null;
    const recognized = source && document ? recognize(uri, source, document) : null;
    if (!recognized || !this.#enabled.has(recognized.ecosystem)) return null;
    // Where another extension has the schema, its words are enough.
    if (this.#hasYamlExtension && recognized.ecosystem === 'dvc') return null;
    return ecosystemSchema(recognized.set, recognized.kind);
  }

  #read(uri: string, source: Source): ReadDocument[] {
    return readDocuments(uri, source, (ecosystem) => this.#enabled.has(ecosystem));
  }

  #analyses(uri: string, source: Source): Analysis[] {
    return this.#read(uri, source).map((document) => analyse(document, this.#around));
  }
}

const firstPlace: RelativeRange = { startLine: 0, startCharacter: 0, endLine: 0, endCharacter: 0 };

function changed(uri: string, file: OpenFile, change: TextChange): OpenFile {
  if (!change.range) return { ...file, text: change.text, source: sourceOf(uri, change.text) };
  const lines = file.source?.lines ?? scanLines(file.text);
  const offsetOf = ({ line, character }: Position) =>
    Math.min((lines.starts[line] ?? file.text.length) + character, lines.starts[line + 1] ?? file.text.length);
  const start = offsetOf(change.range.start);
  const oldEnd = Math.max(start, offsetOf(change.range.end));
  const text = file.text.slice(0, start) + change.text + file.text.slice(oldEnd);
  if (!mayHoldEcosystem(uri, text)) return { ...file, text, source: null };
  const edit = { start, oldEnd, newEnd: start + change.text.length };
  return { ...file, text, source: file.source ? updateSource(file.source, text, edit) : parseSource(text) };
}

function sourceOf(uri: string, text: string): Source | null {
  return mayHoldEcosystem(uri, text) ? parseSource(text) : null;
}
