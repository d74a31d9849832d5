import { keptWith } from '../../platform/kept-with.ts';
import type { AliasNode, Node } from '../syntax/ast.ts';
import type { Chunk, Parsed, SourceDocument } from '../syntax/source.ts';
import { chunksOf } from '../syntax/walk.ts';

interface Names {
  readonly anchors: ReadonlyMap<string, Node>;
  readonly aliases: readonly AliasNode[];
}

const none: Names = { anchors: new Map(), aliases: [] };
const cache = keptWith<Parsed, Names>();

/** The anchors and aliases of one chunk. */
export function namesOf(parsed: Parsed): Names {
  if (!parsed.full) return none;
  let names = cache.get(parsed);
  if (!names) {
    const anchors = new Map<string, Node>();
    const aliases: AliasNode[] = [];
    collect(parsed.root, anchors, aliases);
    names = { anchors, aliases };
    cache.set(parsed, names);
  }
  return names;
}

/** Every anchor of a document with the chunk it is in. Anchors don't reach from one document into another. */
export function documentAnchors(document: SourceDocument): Map<string, { chunk: Chunk; node: Node }> {
  const all = new Map<string, { chunk: Chunk; node: Node }>();
  for (const chunk of chunksOf(document)) {
    for (const [name, node] of namesOf(chunk.parsed).anchors) all.set(name, { chunk, node });
  }
  return all;
}

function collect(node: Node | null, anchors: Map<string, Node>, aliases: AliasNode[]): void {
  if (node === null) return;
  if (node.type === 'alias') {
    aliases.push(node);
    return;
  }
  if (node.anchor !== undefined) anchors.set(node.anchor, node);
  if (node.type === 'map') {
    for (const { key, value } of node.items) {
      collect(key, anchors, aliases);
      collect(value, anchors, aliases);
    }
  } else if (node.type === 'seq') {
    for (const item of node.items) collect(item, anchors, aliases);
  }
}
