import type { Kind } from '#schemas/config/document.ts';
import { lineAt } from '../diagnostics/ranges.ts';
import { keyText } from '../schema/check-value.ts';
import type { Node, Pair } from '../syntax/ast.ts';
import type { Branch, Chunk, Container, Source, SourceDocument } from '../syntax/source.ts';
import type { Path, Position } from './cursor.ts';
import { documentAt, kindOf } from './cursor-context.ts';

/** What stands at a position: a key or the value of one. Offsets are those of the file. */
export interface Located {
  readonly document: SourceDocument;
  readonly kind: Kind | null;
  /** The mapping that the key is in; `*` for items. */
  readonly path: Path;
  readonly key: string;
  readonly onKey: boolean;
  readonly start: number;
  readonly end: number;
  /** The mappings from the outermost to the one with the key, for choosing among alternatives. */
  readonly siblings: ReadonlyMap<string, string>;
}

export function offsetAt(source: Source, position: Position): number {
  const start = source.lines.starts[position.line] ?? source.text.length;
  const end = source.lines.starts[position.line + 1] ?? source.text.length;
  return Math.min(start + position.character, Math.max(start, end));
}

export function positionAt(source: Source, offset: number): Position {
  const line = lineAt(source.lines, offset);
  return { line, character: offset - (source.lines.starts[line] ?? 0) };
}

/** The key or value at a position; null where there is neither, or its chunk can't be read. */
export function locate(source: Source, position: Position): Located | null {
  const document = documentAt(source, position.line);
  if (!document?.body) return null;
  const offset = offsetAt(source, position);
  const found = inBody(document.body, offset, []);
  return found && { document, kind: kindOf(document), ...found };
}

type Found = Omit<Located, 'document' | 'kind'>;

function inBody(body: Container | Chunk, offset: number, path: Path): Found | null {
  if (body.type === 'leaf') return inChunk(body, offset, path);
  for (const entry of body.entries) {
    const found = entry.type === 'leaf' ? inChunk(entry, offset, path) : inBranch(entry, offset, path);
    if (found) return found;
  }
  return null;
}

function inBranch(branch: Branch, offset: number, path: Path): Found | null {
  const header = inChunk(branch.header, offset, path);
  if (header) return header;
  const root = branch.header.parsed.root;
  const key = root?.type === 'map' && root.items[0] ? keyText(root.items[0].key) : null;
  return key === null ? null : inBody(branch.body, offset, [...path, key]);
}

function inChunk(chunk: Chunk, offset: number, path: Path): Found | null {
  if (offset < chunk.offset || offset > chunk.offset + chunk.length) return null;
  return inNode(chunk.parsed.root, { chunk, offset: offset - chunk.offset }, path);
}

interface Cursor {
  readonly chunk: Chunk;
  /** From the chunk's start. */
  readonly offset: number;
}

function inNode(node: Node | null, cursor: Cursor, path: Path): Found | null {
  if (node?.type === 'seq') {
    for (const item of node.items) {
      const found = item && touches(item, cursor.offset) ? inNode(item, cursor, [...path, '*']) : null;
      if (found) return found;
    }
    return null;
  }
  if (node?.type !== 'map') return null;
  for (const pair of node.items) {
    const found = inPair(pair, node.items, cursor, path);
    if (found) return found;
  }
  return null;
}

function inPair(pair: Pair, pairs: readonly Pair[], cursor: Cursor, path: Path): Found | null {
  const key = keyText(pair.key);
  if (key === null) return null;
  const make = (span: { start: number; end: number }, onKey: boolean): Found => ({
    path,
    key,
    onKey,
    start: cursor.chunk.offset + span.start,
    end: cursor.chunk.offset + span.end,
    siblings: siblingsOf(pairs),
  });
  if (touches(pair.key, cursor.offset)) return make(pair.key, true);
  if (!pair.value || !touches(pair.value, cursor.offset)) return null;
  return inNode(pair.value, cursor, [...path, key]) ?? (pair.value.type === 'map' ? null : make(pair.value, false));
}

function touches(span: { start: number; end: number }, offset: number): boolean {
  return offset >= span.start && offset <= span.end;
}

function siblingsOf(pairs: readonly Pair[]): Map<string, string> {
  return new Map(
    pairs.flatMap(({ key, value }) => {
      const name = keyText(key);
      return name === null ? [] : [[name, value?.type === 'scalar' ? String(value.value) : '']];
    }),
  );
}
