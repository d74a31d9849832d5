import type { Node, Pair } from './ast.ts';
import type { Branch, Chunk, Container, SourceDocument } from './source.ts';

/** The chunks of a document, in order. */
export function chunksOf(document: SourceDocument): Chunk[] {
  if (document.body === null) return [];
  if (document.body.type === 'leaf') return [document.body];
  return chunksOfContainer(document.body);
}

function chunksOfContainer(container: Container): Chunk[] {
  return container.entries.flatMap((entry) =>
    entry.type === 'leaf' ? [entry] : [entry.header, ...chunksOfContainer(entry.body)],
  );
}

/** One key of a collection that is spread over chunks. `body` is the value where it was split again. */
export interface Entry {
  readonly chunk: Chunk;
  readonly pair: Pair;
  readonly branch: Branch | null;
}

/** The keys of a container, or of a document that is one chunk. */
export function entriesOf(body: Container | Chunk): Entry[] {
  if (body.type === 'leaf') return pairsOf(body).map((pair) => ({ chunk: body, pair, branch: null }));
  return body.entries.flatMap((entry): Entry[] => {
    if (entry.type === 'leaf') return pairsOf(entry).map((pair) => ({ chunk: entry, pair, branch: null }));
    return pairsOf(entry.header).map((pair) => ({ chunk: entry.header, pair, branch: entry }));
  });
}

function pairsOf(chunk: Chunk): readonly Pair[] {
  return chunk.parsed.root?.type === 'map' ? chunk.parsed.root.items : [];
}

/** Calls `visit` for each scalar below a node, with the key it is the value of. */
export function forEachScalar(
  node: Node | null,
  visit: (scalar: Extract<Node, { type: 'scalar' }>, key: string | null) => void,
  key: string | null = null,
): void {
  if (node === null || node.type === 'alias') return;
  if (node.type === 'scalar') visit(node, key);
  else if (node.type === 'seq') for (const item of node.items) forEachScalar(item, visit, key);
  else {
    for (const pair of node.items) {
      forEachScalar(pair.value, visit, pair.key.type === 'scalar' ? String(pair.key.value) : null);
    }
  }
}
