import { keyText } from '../schema/check-value.ts';
import type { Node, Pair, ScalarNode } from '../syntax/ast.ts';
import type { Branch, Chunk, Container } from '../syntax/source.ts';

/** A place in one of a unit's chunks: offsets count from that chunk's start, so that they hold wherever it moves. */
export interface Span {
  /** Which of the unit's chunks. */
  readonly part: number;
  readonly start: number;
  readonly end: number;
}

/** A value, whether it lies in one chunk or is spread over several. */
export interface View {
  readonly part: number;
  /** null for nothing, and for what is spread over chunks. */
  readonly node: Node | null;
  readonly container: Container | null;
}

export interface ViewEntry {
  readonly name: string;
  readonly key: Span;
  readonly value: View;
}

/** One entry of a section (a step, a param, a whole small section) with the chunks that it lies in. */
export interface UnitView {
  readonly pair: Pair;
  readonly name: string;
  readonly key: Span;
  readonly value: View;
  readonly chunks: readonly Chunk[];
}

export function spanOf(part: number, node: { readonly start: number; readonly end: number }): Span {
  return { part, start: node.start, end: node.end };
}

/** The entries of a mapping that one chunk holds. */
export function unitsOfPairs(chunk: Chunk, pairs: readonly Pair[]): UnitView[] {
  return pairs.flatMap((pair) => {
    const name = keyText(pair.key);
    if (name === null) return [];
    return [{ pair, name, key: spanOf(0, pair.key), value: viewOfNode(0, pair.value), chunks: [chunk] }];
  });
}

/** A key whose value was split over chunks; null where its header can't be read. */
export function unitOfBranch(branch: Branch): UnitView | null {
  const pair = headerPair(branch);
  const name = pair && keyText(pair.key);
  if (!pair || name === null) return null;
  const chunks = [branch.header];
  collectChunks(branch.body, chunks);
  return {
    pair,
    name,
    key: spanOf(0, pair.key),
    value: { part: 0, node: null, container: branch.body },
    chunks,
  };
}

export function headerPair(branch: Branch): Pair | null {
  const root = branch.header.parsed.root;
  return root?.type === 'map' ? (root.items[0] ?? null) : null;
}

function collectChunks(container: Container, into: Chunk[]): void {
  for (const entry of container.entries) {
    if (entry.type === 'leaf') into.push(entry);
    else {
      into.push(entry.header);
      collectChunks(entry.body, into);
    }
  }
}

function viewOfNode(part: number, node: Node | null): View {
  return { part, node, container: null };
}

/** Reads the values of one unit; it knows which of the unit's chunks is which part. */
export class UnitReader {
  readonly #parts: ReadonlyMap<Chunk, number>;

  constructor(unit: UnitView) {
    this.#parts = new Map(unit.chunks.map((chunk, index) => [chunk, index]));
  }

  /** The entries of a mapping; none for anything else. */
  entries(view: View): ViewEntry[] {
    if (view.container) return view.container.type === 'map' ? this.#containerEntries(view.container) : [];
    if (view.node?.type !== 'map') return [];
    return entriesOf(view.node.items, view.part);
  }

  #containerEntries(container: Container): ViewEntry[] {
    return container.entries.flatMap((entry): ViewEntry[] => {
      if (entry.type === 'leaf') {
        const { root } = entry.parsed;
        return root?.type === 'map' ? entriesOf(root.items, this.#part(entry)) : [];
      }
      const pair = headerPair(entry);
      const part = this.#part(entry.header);
      const value = { part, node: null, container: entry.body };
      return pair ? entriesOf([pair], part).map((each) => ({ ...each, value })) : [];
    });
  }

  /** The items of a list; none for anything else. */
  items(view: View): View[] {
    if (view.node?.type === 'seq') return view.node.items.map((item) => viewOfNode(view.part, item));
    if (view.container?.type !== 'seq') return [];
    return view.container.entries.flatMap((entry) => {
      const root = entry.type === 'leaf' ? entry.parsed.root : null;
      if (entry.type !== 'leaf' || root?.type !== 'seq') return [];
      return root.items.map((item) => viewOfNode(this.#part(entry), item));
    });
  }

  /** The value of one key of a mapping. */
  get(view: View, name: string): View | null {
    return this.entries(view).find((entry) => entry.name === name)?.value ?? null;
  }

  #part(chunk: Chunk): number {
    return this.#parts.get(chunk) ?? 0;
  }
}

export function scalarOf(view: View | null): ScalarNode | null {
  return view?.node?.type === 'scalar' ? view.node : null;
}

export function textOf(view: View | null): string | null {
  const scalar = scalarOf(view);
  return scalar !== null && scalar.value !== null ? String(scalar.value) : null;
}

function entriesOf(pairs: readonly Pair[], part: number): ViewEntry[] {
  const entries: ViewEntry[] = [];
  for (const { key, value } of pairs) {
    const name = keyText(key);
    if (name !== null) entries.push({ name, key: spanOf(part, key), value: viewOfNode(part, value) });
  }
  return entries;
}

/** Whether a chunk can't be read, or not where it stands: what it lacks may be there after all. */
export function isBroken({ parsed, misplaced }: Chunk): boolean {
  return misplaced !== null || parsed.problems.some(({ severity }) => severity === 'error');
}
