import { z } from 'zod';

/**
 * Why something the user asked for did not happen.
 * `input`: what was given is wrong (exit 2). `not-found`, `unsupported`: exit 2 as well. `permission`, `unreachable`,
 * `remote`: another system refused, was silent or answered nonsense (exit 3). `busy`: try again. `corrupt`: a store is
 * damaged, foreign or newer than we know (exit 2). `untrusted`: the workspace is not trusted. `internal`: our fault.
 */
export const failureReason = z.enum([
  'input',
  'not-found',
  'unsupported',
  'permission',
  'unreachable',
  'remote',
  'busy',
  'corrupt',
  'untrusted',
  'restarted',
  'cancelled',
  'internal',
]);
export type FailureReason = z.infer<typeof failureReason>;

/** How an error crosses the wire, in `ResponseError.data`. `message` says what happened, `remedy` what to do. */
export const failure = z.object({
  reason: failureReason,
  message: z.string(),
  remedy: z.string().nullable(),
});
export type Failure = z.infer<typeof failure>;
