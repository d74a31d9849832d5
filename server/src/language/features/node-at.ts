import type { Node } from '../syntax/ast.ts';
import type { Chunk, Source } from '../syntax/source.ts';

export interface NodeSpan {
  readonly start: number;
  readonly end: number;
}

/** The chunk that an offset of the file is in. */
export function chunkAt(source: Source, offset: number): Chunk | null {
  return (
    source.chunks.find((chunk) => offset >= chunk.offset && offset < chunk.offset + Math.max(1, chunk.length)) ?? null
  );
}

/** The nodes around an offset of a chunk, the outermost first; a pair counts from its key to the end of its value. */
export function nodesAround(root: Node | null, offset: number): (NodeSpan & { readonly node: Node | null })[] {
  const found: (NodeSpan & { readonly node: Node | null })[] = [];
  let current = root;
  while (current && touches(current, offset)) {
    found.push({ start: current.start, end: current.end, node: current });
    current = step(current, offset, found);
  }
  return found;
}

function step(node: Node, offset: number, found: (NodeSpan & { readonly node: Node | null })[]): Node | null {
  if (node.type === 'seq') return node.items.find((item) => item !== null && touches(item, offset)) ?? null;
  if (node.type !== 'map') return null;
  for (const { key, value } of node.items) {
    const end = value?.end ?? key.end;
    if (offset < key.start || offset > end) continue;
    found.push({ start: key.start, end, node: null });
    if (touches(key, offset)) return key;
    return value;
  }
  return null;
}

function touches(span: NodeSpan, offset: number): boolean {
  return offset >= span.start && offset <= span.end;
}
