import { keyText } from '../schema/check-value.ts';
import type { Node, Pair } from '../syntax/ast.ts';
import type { Branch, Chunk, Container, Source, SourceDocument } from '../syntax/source.ts';
import { entriesOf } from '../syntax/walk.ts';
import type { Position } from './cursor.ts';
import { kindOf } from './cursor-context.ts';
import { positionAt } from './locate.ts';

export interface OutlineSymbol {
  readonly name: string;
  readonly detail: string;
  readonly kind: 'document' | 'step' | 'object' | 'array' | 'string' | 'number' | 'boolean' | 'null';
  readonly start: Position;
  readonly end: Position;
  readonly nameStart: Position;
  readonly nameEnd: Position;
  readonly children: readonly OutlineSymbol[];
}

/** Keys deeper than this are left out of the outline: it is for finding one's way. */
const MAX_DEPTH = 6;

/** The outline of a file: documents by kind and name, keys and steps below them. */
export function outline(source: Source): OutlineSymbol[] {
  return source.documents.flatMap((document) =>
    document.body === null ? [] : [documentSymbol(source, document, document.body)],
  );
}

function documentSymbol(source: Source, document: SourceDocument, body: Container | Chunk): OutlineSymbol {
  const kind = kindOf(document);
  const name = nameOf(body);
  const start = { line: document.firstLine, character: 0 };
  const end = lineEnd(source, document.endLine - 1);
  const nameEnd = lineEnd(source, document.firstLine);
  return {
    name: name ?? kind ?? 'document',
    detail: name && kind ? kind : '',
    kind: 'document',
    start,
    end,
    nameStart: start,
    nameEnd,
    children: bodySymbols({ source, isSteps: false, depth: 1 }, body),
  };
}

function nameOf(body: Container | Chunk): string | null {
  const metadata = entriesOf(body).find((entry) => keyText(entry.pair.key) === 'metadata')?.pair.value;
  if (metadata?.type !== 'map') return null;
  const name = metadata.items.find((pair) => keyText(pair.key) === 'name')?.value;
  return name?.type === 'scalar' && name.value !== null ? String(name.value) : null;
}

interface Place {
  readonly source: Source;
  readonly isSteps: boolean;
  readonly depth: number;
}

function bodySymbols(place: Place, body: Container | Chunk): OutlineSymbol[] {
  if (place.depth > MAX_DEPTH) return [];
  const parts: readonly (Chunk | Branch)[] = body.type === 'leaf' ? [body] : body.entries;
  return parts.flatMap((part) => (part.type === 'leaf' ? chunkSymbols(place, part) : branchSymbol(place, part)));
}

function branchSymbol(place: Place, branch: Branch): OutlineSymbol[] {
  const pair = entriesOf(branch.header)[0]?.pair;
  const name = pair ? keyText(pair.key) : null;
  if (!pair || name === null) return [];
  const children = bodySymbols(below(place, name), branch.body);
  const last = children.at(-1)?.end;
  const own = pairSymbol(place, branch.header, pair);
  return [
    {
      ...own,
      kind: place.isSteps ? 'step' : branch.body.type === 'seq' ? 'array' : 'object',
      detail: '',
      end: last ?? own.end,
      children,
    },
  ];
}

function below(place: Place, key: string): Place {
  return {
    source: place.source,
    isSteps: place.depth === 1 && (key === 'steps' || key === 'finally'),
    depth: place.depth + 1,
  };
}

function chunkSymbols(place: Place, chunk: Chunk): OutlineSymbol[] {
  return nodeSymbols(place, chunk, chunk.parsed.root);
}

function nodeSymbols(place: Place, chunk: Chunk, node: Node | null): OutlineSymbol[] {
  if (node === null || place.depth > MAX_DEPTH) return [];
  if (node.type === 'map')
    return node.items.flatMap((pair) => (keyText(pair.key) === null ? [] : [pairSymbol(place, chunk, pair)]));
  if (node.type !== 'seq') return [];
  return node.items.flatMap((item, index) => (item?.type === 'map' ? [itemSymbol(place, chunk, item, index)] : []));
}

function itemSymbol(place: Place, chunk: Chunk, item: Extract<Node, { type: 'map' }>, index: number): OutlineSymbol {
  const named = item.items.find(({ key }) => /^(?:name|metric|type|when)$/.test(keyText(key) ?? ''))?.value;
  const name = named?.type === 'scalar' ? String(named.value) : String(index + 1);
  const at = (offset: number) => positionAt(place.source, chunk.offset + offset);
  const first = item.items[0]?.key ?? item;
  return {
    name,
    detail: '',
    kind: 'object',
    start: at(item.start),
    end: at(item.end),
    nameStart: at(item.start),
    nameEnd: at(first.end),
    children: nodeSymbols({ ...place, depth: place.depth + 1 }, chunk, item),
  };
}

function pairSymbol(place: Place, chunk: Chunk, pair: Pair): OutlineSymbol {
  const at = (offset: number) => positionAt(place.source, chunk.offset + offset);
  const name = keyText(pair.key) ?? '';
  const value = pair.value;
  return {
    name: name === '' ? '""' : name,
    detail:
      value?.type === 'scalar'
        ? (String(value.value).split('\n', 1)[0]?.slice(0, 80) ?? '')
        : value?.type === 'alias'
          ? `*${value.name}`
          : '',
    kind: place.isSteps ? 'step' : kindOfValue(value),
    start: at(pair.key.start),
    end: at(Math.max(value?.end ?? 0, pair.key.end)),
    nameStart: at(pair.key.start),
    nameEnd: at(pair.key.end),
    children: nodeSymbols(below(place, name), chunk, value),
  };
}

function kindOfValue(value: Node | null): OutlineSymbol['kind'] {
  if (value?.type === 'map') return 'object';
  if (value?.type === 'seq') return 'array';
  if (value?.type !== 'scalar') return 'null';
  switch (typeof value.value) {
    case 'string':
      return 'string';
    case 'number':
    case 'bigint':
      return 'number';
    case 'boolean':
      return 'boolean';
    default:
      return 'null';
  }
}

function lineEnd(source: Source, line: number): Position {
  const start = source.lines.starts[line] ?? 0;
  const end = source.lines.starts[line + 1] ?? source.text.length;
  const text = source.text.slice(start, end).replace(/\r?\n$/, '');
  return { line, character: text.length };
}
