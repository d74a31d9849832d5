import type { FailureReason } from '#schemas/domain/failure.ts';
import { toFailure } from '../platform/failure.ts';
import { harmless } from './output.ts';

export const exitCodes = { done: 0, no: 1, input: 2, remote: 3, interrupted: 130 } as const;

const remoteReasons: ReadonlySet<FailureReason> = new Set(['permission', 'unreachable', 'remote', 'restarted']);

/** What a failed command prints, one line, and the code it ends with. */
export function reportFailure(error: unknown, options: { verbose: boolean }): { line: string; code: number } {
  const { reason, message, remedy } = toFailure(error);
  if (reason === 'cancelled') return { line: 'Interrupted.', code: exitCodes.interrupted };
  const told = reason === 'internal' ? `${message} (this is a bug: --verbose shows where)` : message;
  const line = harmless(`error: ${remedy === null ? told : `${endSentence(told)} ${remedy}`}`);
  const stack = options.verbose && error instanceof Error ? `\n${error.stack ?? ''}${causeOf(error)}` : '';
  return { line: line + stack, code: remoteReasons.has(reason) ? exitCodes.remote : exitCodes.input };
}

function endSentence(text: string): string {
  return /[.!?…]$/.test(text) ? text : `${text}.`;
}

function causeOf(error: Error): string {
  return error.cause instanceof Error ? `\ncaused by ${error.cause.stack ?? error.cause.message}` : '';
}
