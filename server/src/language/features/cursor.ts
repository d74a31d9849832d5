import type { Kind } from '#schemas/config/document.ts';

/** A key, or `*` for an item of a list. */
export type Path = readonly string[];

/**
 * Where the cursor is, told by lines and their indentation alone: broken YAML above or below changes nothing.
 * `key`: a key of the mapping at `path` may stand here. `value`: the value of `key` there. `item`: an item of the list
 * at `path`; where items are mappings, a key of a new one. `expression`: inside of `${{ }}`.
 */
export interface CursorContext {
  readonly role: 'key' | 'value' | 'item' | 'expression' | 'none';
  readonly kind: Kind | null;
  readonly path: Path;
  readonly key: string;
  /** Keys that the mapping has already, with their values where those stand on the same line. */
  readonly siblings: ReadonlyMap<string, string>;
  /** What is replaced, on the cursor's line. */
  readonly replace: { readonly line: number; readonly start: number; readonly end: number };
  /** Column that further keys of the mapping would stand at. */
  readonly column: number;
  readonly flow: boolean;
  /** A colon stands behind the word already. */
  readonly colonFollows: boolean;
  /** The cursor touches the colon of its key. */
  readonly needsSpace: boolean;
  /** The document has no `kind` yet. */
  readonly newDocument: boolean;
}

export interface Position {
  readonly line: number;
  readonly character: number;
}
