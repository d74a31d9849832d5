import type { Invocation } from './invocation.ts';

/** Makes the function of a command into what Commander calls; what it returns is the exit code. */
export type Action = <O = object>(
  execute: (invocation: Invocation, options: O, args: readonly string[]) => Promise<number>,
) => (...given: unknown[]) => Promise<void>;
