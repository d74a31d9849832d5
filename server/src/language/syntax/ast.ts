/**
 * The syntax tree of one chunk. Offsets count UTF-16 units from the chunk's start, so that a chunk that moved keeps its
 * tree. A collection runs from its first key, dash or bracket to the end of its last value; `end` is exclusive.
 */
export type Node = ScalarNode | MapNode | SeqNode | AliasNode;

interface Span {
  readonly start: number;
  readonly end: number;
}

interface Properties {
  readonly anchor?: string;
  readonly tag?: string;
}

export interface ScalarNode extends Span, Properties {
  readonly type: 'scalar';
  /** As YAML 1.2's core schema resolves it. */
  readonly value: string | number | bigint | boolean | null;
  readonly style: 'plain' | 'single' | 'double' | 'literal' | 'folded';
}

export interface MapNode extends Span, Properties {
  readonly type: 'map';
  readonly flow: boolean;
  readonly items: readonly Pair[];
}

export interface SeqNode extends Span, Properties {
  readonly type: 'seq';
  readonly flow: boolean;
  /** null: an entry with nothing in it. */
  readonly items: readonly (Node | null)[];
}

export interface AliasNode extends Span {
  readonly type: 'alias';
  readonly name: string;
}

export interface Pair {
  readonly key: Node;
  /** null: nothing stands after the colon. */
  readonly value: Node | null;
}

export interface SyntaxProblem extends Span {
  readonly code: string;
  readonly message: string;
  readonly severity: 'error' | 'warning';
}
