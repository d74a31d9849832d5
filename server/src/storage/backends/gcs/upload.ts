import { setTimeout as delay } from 'node:timers/promises';
import { crc32 } from 'node:zlib';
import { FailureError } from '../../../platform/failure.ts';
import { type Part, type PartsRequest, sendParts } from '../shared/parts.ts';
import type { GcsApi } from './api.ts';

/** An upload that the server keeps for a week. */
export interface Session {
  /** Whoever has it may upload: never shown, logged or written down. */
  readonly uri: string;
  readonly size: number;
  /** Of each part that was sent, by its index: what is sent again must be the same. */
  readonly checksums: number[];
  /** Bytes that the server said it has. */
  received: number;
}

/** A large part on a slow line takes its time. */
const sendingMs = 300_000;
const mostLosses = 5;
const firstWaitMs = 200;

/** The source is not what the session began with. */
export class OtherBytes extends Error {}

/** Starts an upload of one object; its name and bucket are in `url`. */
export async function startSession(api: GcsApi, url: string, request: PartsRequest): Promise<Session> {
  const { source, options } = request;
  const answer = await api.text({
    method: 'POST',
    url,
    headers: { 'content-type': 'application/json', 'x-upload-content-length': String(source.size) },
    body: '{}',
    idempotent: true,
    signal: options.signal,
  });
  if (answer.status !== 200) throw api.failure(answer.status);
  const uri = answer.headers.location;
  if (uri === undefined) throw new FailureError('remote', 'Google Cloud Storage gave no address for an upload.');
  return { uri, size: source.size, checksums: [], received: 0 };
}

/** Sends what the server has not got yet. Fails with {@link OtherBytes} where the session is of other bytes. */
export async function sendSession(api: GcsApi, session: Session, request: PartsRequest): Promise<void> {
  await sendParts({ ...request, atOnce: 1 }, async (part, either) => {
    const checksum = crc32(part.bytes);
    const known = session.checksums[part.index];
    if (known !== undefined && known !== checksum) throw new OtherBytes();
    session.checksums[part.index] = checksum;
    const end = part.index * request.partBytes + part.bytes.length;
    for (let losses = 0; session.received < end; ) {
      try {
        session.received = await sendPart(api, session, { part, partBytes: request.partBytes, signal: either });
      } catch (error) {
        if (!(error instanceof FailureError && error.reason === 'unreachable') || ++losses >= mostLosses) throw error;
        await delay(firstWaitMs * 2 ** (losses - 1) * (0.5 + Math.random() / 2), undefined, { signal: either });
      }
    }
  });
}

interface Sending {
  readonly part: Part;
  readonly partBytes: number;
  readonly signal: AbortSignal;
}

async function sendPart(api: GcsApi, session: Session, sending: Sending): Promise<number> {
  const { part, partBytes, signal } = sending;
  const { received } = session;
  const start = part.index * partBytes;
  const end = start + part.bytes.length;
  if (received < start) throw new OtherBytes();
  const answer = await api.text({
    method: 'PUT',
    url: session.uri,
    headers: { 'content-range': `bytes ${received}-${end - 1}/${session.size}` },
    body: part.bytes.subarray(received - start),
    // Sent again above, from what the server said it has: bytes that it has already are passed over there.
    idempotent: false,
    timeoutMs: sendingMs,
    signal,
  });
  return progressOf(api, session, answer);
}

/** Bytes that the server has, by its answer. */
function progressOf(
  api: GcsApi,
  session: Session,
  { status, headers }: { readonly status: number; readonly headers: Readonly<Record<string, string>> },
): number {
  if (status === 200 || status === 201) return session.size;
  if (status === 308) return Number(/^bytes=0-(\d+)$/.exec(headers.range ?? '')?.[1] ?? -1) + 1;
  // The server forgot the session.
  if (status === 404 || status === 410) throw new OtherBytes();
  throw api.failure(status);
}

/** Has the server forget an upload. */
export async function dropSession(api: GcsApi, { uri }: Session): Promise<void> {
  await api.text({ method: 'DELETE', url: uri, timeoutMs: 5_000, idempotent: false }).catch(() => undefined);
}
