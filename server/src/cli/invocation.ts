import type { Output } from './output.ts';
import type { Terminal } from './terminal.ts';

/** What every command gets. */
export interface Invocation {
  readonly terminal: Terminal;
  readonly output: Output;
  /** Absolute. */
  readonly cwd: string;
  readonly verbose: boolean;
  /** Aborted by Ctrl+C. */
  readonly signal: AbortSignal;
}
