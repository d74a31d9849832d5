import { checkSource } from './diagnostics/check-source.ts';
import type { Diagnostic } from './diagnostics/diagnostic.ts';
import type { Position } from './features/cursor.ts';
import { offsetAt } from './features/locate.ts';
import { parseSource, type Source, updateSource } from './syntax/source.ts';

/** A replacement as the protocol sends it; without a range it is the whole text. */
export interface TextChange {
  readonly range?: { readonly start: Position; readonly end: Position };
  readonly text: string;
}

export interface OpenDocument {
  readonly uri: string;
  readonly version: number;
  readonly source: Source;
}

/** The texts that an editor has open, parsed; an edit costs what it touched. */
export class OpenDocuments {
  readonly #documents = new Map<string, OpenDocument>();

  get(uri: string): OpenDocument | undefined {
    return this.#documents.get(uri);
  }

  all(): Iterable<OpenDocument> {
    return this.#documents.values();
  }

  open(uri: string, version: number, text: string): OpenDocument {
    const document = { uri, version, source: parseSource(text) };
    this.#documents.set(uri, document);
    return document;
  }

  /** undefined for a document that is not open. */
  change(uri: string, version: number, changes: readonly TextChange[]): OpenDocument | undefined {
    const before = this.#documents.get(uri);
    if (!before) return undefined;
    const source = changes.reduce(applyChange, before.source);
    const document = { uri, version, source };
    this.#documents.set(uri, document);
    return document;
  }

  close(uri: string): void {
    this.#documents.delete(uri);
  }

  diagnostics(uri: string): Diagnostic[] {
    const document = this.#documents.get(uri);
    return document ? checkSource(document.source) : [];
  }
}

function applyChange(source: Source, change: TextChange): Source {
  if (!change.range) return parseSource(change.text);
  const start = offsetAt(source, change.range.start);
  const oldEnd = Math.max(start, offsetAt(source, change.range.end));
  const text = source.text.slice(0, start) + change.text + source.text.slice(oldEnd);
  return updateSource(source, text, { start, oldEnd, newEnd: start + change.text.length });
}
