import type { Literal } from './tree.ts';
import type { PythonType } from './types.ts';

/** Offsets in the Python text, in UTF-16 units; `end` is exclusive. */
export interface PythonSpan {
  readonly start: number;
  readonly end: number;
}

export interface PythonParameter {
  readonly name: string;
  readonly span: PythonSpan;
  /** Where its annotation and default end. */
  readonly end: number;
  readonly kind: 'positionalOnly' | 'positionalOrKeyword' | 'keywordOnly' | 'variadic' | 'keywords';
  readonly annotation: string | null;
  /** null: anything may fit. */
  readonly type: PythonType | null;
  /** `value` is undefined where it has to be worked out. */
  readonly default: { readonly text: string; readonly value: Literal | undefined } | null;
  readonly required: boolean;
}

export interface PythonFunction {
  readonly name: string;
  readonly span: PythonSpan;
  readonly full: PythonSpan;
  readonly isAsync: boolean;
  readonly parameters: readonly PythonParameter[];
  /** Dotted names, as written. */
  readonly decorators: readonly string[];
  /** The parameters are those that a caller meets: no decorator, second definition or error stands in between. */
  readonly reliable: boolean;
}

/** An option or a positional argument of a script. */
export interface PythonOption {
  /** `--out`, `-o`; for a positional argument its name alone. */
  readonly names: readonly string[];
  readonly positional: boolean;
  readonly span: PythonSpan;
  readonly required: boolean;
  /** How many words follow; `most` may be infinite. */
  readonly least: number;
  readonly most: number;
  readonly type: 'int' | 'float' | null;
  readonly choices: readonly string[] | null;
}

/** The command line of a script, read completely: what it does not list, it does not take. */
export interface PythonCommand {
  readonly library: 'argparse' | 'click' | 'typer';
  readonly options: readonly PythonOption[];
  /** `--verb` does for `--verbose`. */
  readonly abbreviations: boolean;
}

/** What can be told of a module without running it. */
export interface PythonModule {
  /** Of the top level, also below `if`, `try` and `with`. */
  readonly functions: ReadonlyMap<string, PythonFunction>;
  readonly classes: readonly string[];
  /** Names of the top level that something else than a `def` gives a value. */
  readonly bound: ReadonlySet<string>;
  /** There may be more names than these: `import *`, `__getattr__`, code that could not be read. */
  readonly open: boolean;
  /** null where there is none, or not all of it can be read. */
  readonly command: PythonCommand | null;
  /** The offset at which each line starts. */
  readonly lineStarts: readonly number[];
}
