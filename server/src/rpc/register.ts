import { CancellationTokenSource, ErrorCodes, type MessageConnection, ResponseError } from 'vscode-jsonrpc/node';
import type { z } from 'zod';
import type {
  NotificationDefinition,
  ParamsOf,
  ParsedParamsOf,
  RequestDefinition,
  ResultOf,
} from '#schemas/protocol/request.ts';
import { FailureError, toFailure } from '../platform/failure.ts';
import type { Logger } from '../platform/log.ts';
import { createProgress, type Progress, tell } from './progress.ts';

/** One end of a JSON-RPC connection on which handlers of typed requests are registered. */
export interface Rpc {
  readonly connection: MessageConnection;
  readonly logger: Logger;
  /** Parse what handlers give back as well: on in tests, off in production, where it costs time and helps nobody. */
  readonly checkResults: boolean;
}

export interface RequestContext {
  /** Aborted when the caller cancels. */
  readonly signal: AbortSignal;
  /** Work-done progress; silent where the caller gave no token. */
  readonly progress: Progress;
}

const largestAnswer = 1_000_000;

// The Language Server Protocol's codes.
export const requestCancelled = -32800;
export const requestFailed = -32803;

/** Answers a request: parameters are parsed, failures become `ResponseError` with `data: Failure`. */
export function registerRequest<P extends z.ZodType, R extends z.ZodType>(
  rpc: Rpc,
  definition: RequestDefinition<P, R>,
  handler: (params: z.output<P>, context: RequestContext) => Promise<z.input<R>>,
): void {
  rpc.connection.onRequest(definition.method, async (raw: unknown, token) => {
    const parsed = definition.params.safeParse(raw ?? {});
    if (!parsed.success) throw invalidParams(definition.method, parsed.error);
    const aborter = new AbortController();
    const subscription = token.onCancellationRequested(() => aborter.abort());
    if (token.isCancellationRequested) aborter.abort();
    const progress = createProgress(rpc.connection, workDoneToken(raw));
    try {
      const result = await handler(parsed.data, { signal: aborter.signal, progress });
      return outgoing(rpc, definition, result);
    } catch (error) {
      throw toResponseError(error, definition.method, rpc.logger);
    } finally {
      progress.end();
      subscription.dispose();
    }
  });
}

/** Asks the other end; its failures come back as FailureError. */
export async function sendRequest<D extends RequestDefinition>(
  rpc: Rpc,
  definition: D,
  params: ParamsOf<D>,
  signal?: AbortSignal,
): Promise<ResultOf<D>>;
export async function sendRequest(
  rpc: Rpc,
  definition: RequestDefinition,
  params: unknown,
  signal?: AbortSignal,
): Promise<unknown> {
  signal?.throwIfAborted();
  const source = new CancellationTokenSource();
  const cancel = () => source.cancel();
  signal?.addEventListener('abort', cancel, { once: true });
  try {
    const result: unknown = await rpc.connection.sendRequest(definition.method, params, source.token);
    return definition.result.parse(result);
  } finally {
    signal?.removeEventListener('abort', cancel);
    source.dispose();
  }
}

export function onNotification<P extends z.ZodType>(
  rpc: Rpc,
  definition: NotificationDefinition<P>,
  handler: (params: ParsedParamsOf<NotificationDefinition<P>>) => void,
): void {
  rpc.connection.onNotification(definition.method, (raw: unknown) => {
    const parsed = definition.params.safeParse(raw ?? {});
    if (parsed.success) handler(parsed.data);
    else rpc.logger.error('Notification ignored: not as agreed', { method: definition.method });
  });
}

export function notify<D extends NotificationDefinition>(rpc: Rpc, definition: D, params: ParamsOf<D>): void {
  tell(rpc.connection, definition.method, params);
}

/** How a thrown value crosses the wire. */
function toResponseError(error: unknown, method: string, logger: Logger): ResponseError<unknown> {
  if (error instanceof ResponseError) return error;
  const failure = toFailure(error);
  if (failure.reason === 'cancelled') return new ResponseError(requestCancelled, failure.message, failure);
  if (failure.reason === 'internal') {
    logger.error('Request failed', {
      method,
      error: error instanceof Error ? (error.stack ?? error.message) : failure.message,
    });
  } else if (error instanceof FailureError && error.cause instanceof Error) {
    logger.debug('Request failed', { method, reason: failure.reason, cause: error.cause.message });
  }
  return new ResponseError(requestFailed, failure.message, failure);
}

function invalidParams(method: string, error: z.ZodError): ResponseError<unknown> {
  const details = error.issues.map((issue) => `${issue.path.join('.') || 'params'}: ${issue.message}`).join('; ');
  const message = `${method} was asked with parameters that don't fit: ${details}`;
  return new ResponseError(ErrorCodes.InvalidParams, message, { reason: 'input', message, remedy: null });
}

function outgoing(rpc: Rpc, definition: RequestDefinition, result: unknown): unknown {
  if (rpc.checkResults) {
    const checked = definition.result.safeParse(result);
    if (!checked.success) throw new Error(`The answer of ${definition.method} does not fit: ${checked.error.message}`);
  }
  if (exceeds(result, largestAnswer)) {
    rpc.logger.error('An answer is over 1 MB: this is a bug, please report it', { method: definition.method });
  }
  return result;
}

function workDoneToken(raw: unknown): string | number | null {
  if (typeof raw !== 'object' || raw === null || !('workDoneToken' in raw)) return null;
  const { workDoneToken: token } = raw;
  return typeof token === 'string' || typeof token === 'number' ? token : null;
}

/** Whether a value's JSON is longer than `limit`, about; stops counting there. */
function exceeds(value: unknown, limit: number): boolean {
  let left = limit;
  const visit = (part: unknown): void => {
    if (left < 0) return;
    if (typeof part === 'string') left -= part.length + 2;
    else if (Array.isArray(part)) for (const item of part) visit(item);
    else if (typeof part === 'object' && part !== null) {
      for (const [key, item] of Object.entries(part)) {
        left -= key.length + 4;
        visit(item);
        if (left < 0) return;
      }
    } else left -= 8;
  };
  visit(value);
  return left < 0;
}
