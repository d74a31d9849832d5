import { keyText } from '../schema/check-value.ts';
import type { MapNode, Node, Pair, ScalarNode } from '../syntax/ast.ts';
import type { Branch, Chunk, Container, SourceDocument } from '../syntax/source.ts';

/** The tree of a whole document with offsets from the start of the file; null where nothing stands. */
export function documentTree(document: SourceDocument): Node | null {
  if (document.body === null) return null;
  return document.body.type === 'leaf' ? moved(document.body.parsed.root, document.body.offset) : joined(document.body);
}

/** A collection that was read in parts, as one node. */
function joined(container: Container): Node | null {
  const parts = container.entries.map((entry) => (entry.type === 'leaf' ? leafRoot(entry) : branchRoot(entry)));
  const first = parts.find((part) => part !== null);
  if (!first) return null;
  const span = { start: first.start, end: parts.findLast((part) => part !== null)?.end ?? first.end, flow: false };
  if (container.type === 'seq') {
    return { type: 'seq', ...span, items: parts.flatMap((part) => (part?.type === 'seq' ? part.items : [])) };
  }
  return { type: 'map', ...span, items: parts.flatMap((part) => (part?.type === 'map' ? part.items : [])) };
}

function leafRoot(chunk: Chunk): Node | null {
  return moved(chunk.parsed.root, chunk.offset);
}

/** A key of which the value was split again. */
function branchRoot(branch: Branch): Node | null {
  const header = leafRoot(branch.header);
  const pair = header?.type === 'map' ? header.items[0] : undefined;
  if (header?.type !== 'map' || !pair) return header;
  const value = joined(branch.body);
  return { ...header, end: value?.end ?? header.end, items: [{ key: pair.key, value }] };
}

function moved(node: Node, by: number): Node;
function moved(node: Node | null, by: number): Node | null;
function moved(node: Node | null, by: number): Node | null {
  if (node === null || by === 0) return node;
  const span = { start: node.start + by, end: node.end + by };
  if (node.type === 'map') {
    return {
      ...node,
      ...span,
      items: node.items.map(({ key, value }) => ({ key: moved(key, by), value: moved(value, by) })),
    };
  }
  if (node.type === 'seq') return { ...node, ...span, items: node.items.map((item) => moved(item, by)) };
  return { ...node, ...span };
}

/** Looks into trees: what is not there, or is of another kind, is simply not there. */
export function pairsOf(node: Node | null | undefined): readonly Pair[] {
  return node?.type === 'map' ? node.items : [];
}

export function itemsOf(node: Node | null | undefined): readonly Node[] {
  return node?.type === 'seq' ? node.items.filter((item) => item !== null) : [];
}

/** The value at a path of keys. */
export function at(node: Node | null | undefined, ...path: readonly string[]): Node | null {
  let current = node ?? null;
  for (const name of path) current = pairOf(current, name)?.value ?? null;
  return current;
}

export function pairOf(node: Node | null | undefined, name: string): Pair | undefined {
  return pairsOf(node).find(({ key }) => keyText(key) === name);
}

/** The text of a scalar as it would be read for text; null for anything else, and for nothing. */
export function textOf(node: Node | null | undefined): string | null {
  return node?.type === 'scalar' && node.value !== null ? String(node.value) : null;
}

/** Keys and values by name. */
export function entriesOf(node: Node | null | undefined): { name: string; key: Node; value: Node | null }[] {
  return pairsOf(node).flatMap(({ key, value }) => {
    const name = keyText(key);
    return name === null ? [] : [{ name, key, value }];
  });
}

/** Whether part of the mapping comes from elsewhere (`<<`, an alias), so that what is missing can't be told. */
export function isPartial(node: Node | null | undefined): boolean {
  return node?.type === 'alias' || pairsOf(node).some(({ key }) => keyText(key) === '<<');
}

/** All scalars below a node. */
export function* scalarsBelow(node: Node | null | undefined): Generator<ScalarNode> {
  if (node?.type === 'scalar') yield node;
  else if (node?.type === 'seq') for (const item of node.items) yield* scalarsBelow(item);
  else if (node?.type === 'map') for (const { value } of node.items) yield* scalarsBelow(value);
}

/** All mappings below a node and itself. */
export function* mappingsBelow(node: Node | null | undefined): Generator<MapNode> {
  if (node?.type === 'seq') for (const item of node.items) yield* mappingsBelow(item);
  else if (node?.type === 'map') {
    yield node;
    for (const { value } of node.items) yield* mappingsBelow(value);
  }
}

export function anchorsOf(root: Node | null): ReadonlyMap<string, Node> {
  const anchors = new Map<string, Node>();
  const visit = (node: Node | null) => {
    if (node === null || node.type === 'alias') return;
    if (node.anchor !== undefined) anchors.set(node.anchor, node);
    if (node.type === 'seq') node.items.forEach(visit);
    else if (node.type === 'map') {
      for (const { key, value } of node.items) {
        visit(key);
        visit(value);
      }
    }
  };
  visit(root);
  return anchors;
}
