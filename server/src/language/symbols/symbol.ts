import type { Expression } from '../../platform/expressions/ast.ts';
import type { Span, UnitView } from './view.ts';

/** What can be defined. Those of a pipeline belong to its document, those of a Workspace to everything it is in sight of. */
export type SymbolKind =
  | 'document'
  | 'param'
  | 'input'
  | 'output'
  | 'step'
  | 'stepInput'
  | 'stepOutput'
  | 'matrix'
  | 'environment'
  | 'channel'
  | 'role'
  | 'tracker'
  | 'analysis'
  | 'detector'
  | 'metric'
  | 'stage';

export interface SymbolDefinition {
  readonly kind: SymbolKind;
  readonly name: string;
  /** The step that it is of; empty for everything else. */
  readonly owner: string;
  /** Where the name stands. */
  readonly span: Span;
  /** From the name to the end of what it names, as far as that is in the same chunk. */
  readonly full: Span;
}

/**
 * `inputs`: an input of the step `owner` or of its pipeline. `argument`: a key of `with` of the step
 * `owner`. `modelVersion`: the version, alias or range of the model `owner`.
 */
export type ReferenceKind =
  | SymbolKind
  | 'inputs'
  | 'argument'
  | 'model'
  | 'modelVersion'
  | 'pipelineFile'
  | 'entrypoint'
  | 'file'
  | 'env'
  | 'secret';

export interface SymbolReference {
  readonly kind: ReferenceKind;
  readonly name: string;
  /** The step whose output, input or matrix it is; empty for everything else. */
  readonly owner: string;
  readonly span: Span;
  readonly inExpression: boolean;
}

/** One expression of a unit. Offsets of `root` count in `text`; `at` turns them into those of the chunk. */
export interface ExpressionUse {
  readonly part: number;
  readonly text: string;
  readonly root: Expression;
  readonly hasProblems: boolean;
  /** What stands between the braces, in the chunk. */
  readonly start: number;
  readonly end: number;
  /** Offset in `text` → offset from `start`; null where they are the same. */
  readonly map: Int32Array | null;
  /** Where the value stands that the expression is in: keys, `*` for items. */
  readonly path: readonly string[];
  /** The value is the expression and nothing else, so that its type is the value's. */
  readonly whole: boolean;
}

export function offsetInChunk(use: ExpressionUse, offset: number): number {
  return use.start + (use.map ? (use.map[Math.min(offset, use.map.length - 1)] ?? offset) : offset);
}

/** A declared artifact: what a step or pipeline reads or writes. */
export interface Artifact {
  readonly name: string;
  readonly type: string | null;
  readonly typeSpan: Span | null;
  /** null where none are declared, or they can't be read. */
  readonly columns: ReadonlyMap<string, { readonly dtype: string; readonly span: Span }> | null;
  readonly span: Span;
}

export interface Parameter {
  readonly name: string;
  readonly type: string | null;
  readonly hasDefault: boolean;
  readonly values: readonly string[] | null;
}

export interface StepSymbols {
  readonly name: string;
  readonly section: 'steps' | 'finally';
  readonly inputs: ReadonlyMap<string, Artifact>;
  readonly outputs: ReadonlyMap<string, Artifact>;
  readonly matrix: ReadonlySet<string>;
  readonly uses: { readonly path: string; readonly span: Span } | null;
  /** Steps that it waits for, with the first place that says so. */
  readonly needs: ReadonlyMap<string, Span>;
  readonly arguments: ReadonlyMap<string, Span>;
  /** A merge, an alias or an error hides some of it. */
  readonly incomplete: boolean;
  /** Changes when what other steps can see of it changes. */
  readonly signature: string;
}

/** All that one unit defines and refers to. Kept as long as its text stays the same. */
export interface UnitSymbols {
  /** As it was when it was read: its nodes hold, the offsets of its chunks may not. */
  readonly view: UnitView;
  readonly definitions: readonly SymbolDefinition[];
  readonly references: readonly SymbolReference[];
  readonly expressions: readonly ExpressionUse[];
  readonly step: StepSymbols | null;
  readonly params: ReadonlyMap<string, Parameter>;
  readonly inputs: ReadonlyMap<string, Artifact>;
  /** Something in it could not be read, so that what it lacks may be there after all. */
  readonly incomplete: boolean;
}
