import type { HttpClient } from '../../../platform/http.ts';
import { DeliveryError } from '../../alerts/alert-channel.ts';

export interface Post {
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** JSON. */
  readonly body: string;
  /** The receiver, for messages. */
  readonly receiver: string;
}

/** Worth another try though they blame the request: it took too long, came too early, or was one of too many. */
const temporary: ReadonlySet<number> = new Set([408, 425, 429]);

/** Posts JSON once. Fails with {@link DeliveryError} where the receiver refuses it, and as the client does. */
export async function post(
  http: HttpClient,
  { url, headers, body, receiver }: Post,
  signal: AbortSignal,
): Promise<void> {
  const answer = await http.request({
    method: 'POST',
    url,
    headers: { 'content-type': 'application/json', ...headers },
    body,
    responseType: 'text',
    signal,
  });
  const { status } = answer;
  if (status >= 200 && status < 300) return;
  const said = answer.body.replace(/\s+/g, ' ').trim().slice(0, 200);
  const permanent = status < 500 && !temporary.has(status);
  const wait = retryAfter(answer.headers['retry-after']);
  throw new DeliveryError(`${receiver} answered ${status}${said === '' ? '' : `: ${said}`}.`, {
    reason: status === 401 || status === 403 ? 'permission' : 'remote',
    permanent,
    ...(permanent || wait === null ? {} : { retryAfterMs: wait }),
    remedy: permanent ? 'Correct the channel in mlops.yaml, then send what failed again.' : 'It is tried again.',
  });
}

/** Milliseconds; null where nothing was asked. */
function retryAfter(text: string | undefined): number | null {
  if (text === undefined) return null;
  const ms = /^\d+$/.test(text.trim()) ? Number(text) * 1_000 : Date.parse(text) - Date.now();
  return Number.isNaN(ms) ? null : Math.max(0, ms);
}
