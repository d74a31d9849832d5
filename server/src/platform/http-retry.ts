import { DelegateBackoff, ExponentialBackoff, handleWhen, type IBackoff, retry } from 'cockatiel';
import { Answer } from './http-exchange.ts';
import { isTransient } from './http-failure.ts';

const longestWait = 30_000;
const tryLater: ReadonlySet<number> = new Set([502, 503, 504]);

interface RetryOptions {
  readonly retries: number;
  /** May the request reach the server twice? */
  readonly idempotent: boolean;
  readonly signal: AbortSignal | undefined;
}

/**
 * Sends again after a network error and after 429, 502, 503 and 504, with growing, jittered waits and no sooner than
 * `Retry-After`; an answer that asks for more than 30 s is given back as it is.
 */
export async function withRetries(send: () => Promise<Answer>, options: RetryOptions): Promise<Answer> {
  const { retries, idempotent, signal } = options;
  const jitter = new ExponentialBackoff({ initialDelay: 150, maxDelay: 5_000 });
  const policy = retry(
    handleWhen((error) => idempotent && isTransient(error)).orWhenResult((answer) => wantsRetry(answer, idempotent)),
    {
      maxAttempts: retries,
      backoff: new DelegateBackoff<{ result: object }, IBackoff<unknown>>(({ result }, state) => {
        const next = state === undefined ? jitter.next() : state.next({});
        const asked = 'value' in result ? retryAfter(result.value) : 0;
        return { delay: Math.max(next.duration, asked), state: next };
      }),
    },
  );
  return untilAborted(policy.execute(send, signal), signal);
}

function wantsRetry(answer: unknown, idempotent: boolean): boolean {
  if (!(answer instanceof Answer)) return false;
  const again = answer.status === 429 || (idempotent && tryLater.has(answer.status));
  return again && retryAfter(answer) <= longestWait;
}

/** The milliseconds that a refused answer asks us to wait; 0 where it doesn't say. */
function retryAfter(answer: unknown): number {
  const text = answer instanceof Answer ? answer.headers['retry-after'] : undefined;
  if (text === undefined) return 0;
  const ms = /^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text) - Date.now();
  return Number.isNaN(ms) ? 0 : Math.max(0, ms);
}

// The library's wait between attempts does not listen to a signal.
async function untilAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return work;
  const { promise, reject } = Promise.withResolvers<never>();
  const abort = () => reject(signal.reason);
  signal.addEventListener('abort', abort, { once: true });
  work.catch(() => undefined);
  try {
    return await Promise.race([work, promise]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}
