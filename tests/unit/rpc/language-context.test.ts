import { expect, it, vi } from 'vitest';
import { FailureError } from '#server/platform/failure.ts';
import { createGuard } from '#server/rpc/language-context.ts';

function guarded() {
  const error = vi.fn<(message: string) => void>();
  const guard = createGuard({ console: { error } });
  return { guard, error };
}

it('logs what a feature throws, says which it was, and answers the fallback', () => {
  const { guard, error } = guarded();
  const answer = guard('Hover', 'nothing', () => {
    throw new RangeError('Maximum call stack size exceeded');
  });
  expect(answer).toBe('nothing');
  expect(error).toHaveBeenCalledWith(expect.stringMatching(/^Hover failed: RangeError: Maximum call stack/));
});

it('hands on what a person has to be told, in its words', () => {
  const { guard, error } = guarded();
  const run = () =>
    guard('Rename', [], () => {
      throw new FailureError('input', 'This is no name.');
    });
  expect(run).toThrow('This is no name.');
  expect(error).not.toHaveBeenCalled();
});
