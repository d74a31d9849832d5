import { z } from 'zod';
import { FailureError } from '../failure.ts';

const errorAnswer = z.object({ error_code: z.string().optional(), message: z.string().optional() });

export interface Refusal {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

/** Where the answer came from and whether a credential had been sent. */
export interface Asked {
  readonly url: string;
  readonly signedIn: boolean;
}

/** A server that answers, but not to what was asked: it is no MLflow, lies elsewhere, or is older than the endpoint. */
export class UnknownEndpoint extends FailureError {
  constructor(url: string) {
    super('remote', `There is no MLflow at ${url}, or one that is too old.`, {
      remedy: 'Check the address; a server with a static prefix has the prefix in it.',
    });
  }
}

/** Whether the server does not know the endpoint at all: an older MLflow, another path, or no MLflow. */
export function isUnknownEndpoint({ status, body }: Refusal): boolean {
  return (status === 404 || status === 405 || status === 501) && errorCode(body) !== 'RESOURCE_DOES_NOT_EXIST';
}

function errorCode(body: unknown): string | undefined {
  return errorAnswer.safeParse(body).data?.error_code;
}

/** What an answer that is no success means, in words that say what to do. */
export function failureOf(refusal: Refusal, asked: Asked): FailureError {
  const { status } = refusal;
  if (status === 401) return signIn(asked);
  if (status === 403) return forbidden(refusal, asked);
  if (status === 429 || status === 503) return busy(refusal, asked);
  if (status >= 300 && status < 400) return redirected(refusal, asked);
  if (errorCode(refusal.body) === 'RESOURCE_DOES_NOT_EXIST') {
    return new FailureError('not-found', words(refusal) ?? `${asked.url} has nothing of that name.`);
  }
  if (isUnknownEndpoint(refusal)) return new UnknownEndpoint(asked.url);
  if (status === 413) return new FailureError('input', `${asked.url} refused the request as too large.`);
  if (status >= 400 && status < 500) {
    const text = words(refusal);
    return new FailureError('input', text === null ? `MLflow refused (HTTP ${status}).` : `MLflow refused: ${text}`);
  }
  return new FailureError('remote', `${asked.url} failed${said(refusal)}`, {
    remedy: 'Look at the server’s log, or try again.',
  });
}

/** The failure for an answer in a shape that MLflow never gives. */
export function unexpected(asked: Asked, detail: string): FailureError {
  return new FailureError('remote', `${asked.url} does not answer as MLflow does: ${detail}`, {
    remedy: 'Check that the address is that of an MLflow server.',
  });
}

function signIn({ url, signedIn }: Asked): FailureError {
  return signedIn
    ? new FailureError('permission', `${url} refused the user name, password or token.`, {
        remedy: 'Sign in again with ones that are valid there.',
      })
    : new FailureError('permission', `${url} asks for a sign-in.`, {
        remedy: 'Sign in, or set MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD, or MLFLOW_TRACKING_TOKEN.',
      });
}

function forbidden(refusal: Refusal, { url, signedIn }: Asked): FailureError {
  const said = words(refusal);
  if (said !== null && /host header/i.test(said)) {
    return new FailureError('permission', `${url} refuses to be called by this name: ${said}`, {
      remedy: 'Start the server with --allowed-hosts naming this host, or use a name that it allows.',
    });
  }
  return new FailureError('permission', said === null ? `${url} denies access.` : `${url} denies access: ${said}`, {
    remedy: signedIn ? 'Ask for permission, or sign in as someone who has it.' : 'Sign in.',
  });
}

function busy({ headers, status }: Refusal, { url }: Asked): FailureError {
  const wait = headers['retry-after'];
  const when =
    wait === undefined ? '' : /^0*$/.test(wait) ? '' : /^\d+$/.test(wait) ? ` for ${wait} s` : ` until ${wait}`;
  const what = status === 429 ? 'asks for fewer requests' : 'is not ready';
  return new FailureError('remote', `${url} ${what}${when}.`, { remedy: 'Try again later.' });
}

function redirected({ headers }: Refusal, { url }: Asked): FailureError {
  const target = headers.location === undefined ? 'elsewhere' : `to ${withoutQuery(headers.location)}`;
  return new FailureError('permission', `${url} sends requests ${target}: probably to a sign-in page.`, {
    remedy: 'Use a token that the gateway accepts, or the address behind it.',
  });
}

// What a redirect carries may hold a session's secrets.
function withoutQuery(location: string): string {
  return location.replace(/[?#].*$/s, '');
}

const LONGEST = 300;

/** ` (HTTP 500): what it said`, or the status alone where it said nothing that a person reads. */
function said(refusal: Refusal): string {
  const text = words(refusal);
  return text === null ? ` (HTTP ${refusal.status}).` : ` (HTTP ${refusal.status}): ${text}`;
}

function words({ body }: Refusal): string | null {
  const message = errorAnswer.safeParse(body).data?.message ?? (typeof body === 'string' ? body : '');
  const line = /<\s*(!doctype|html|head|body)/i.test(message) ? '' : message.replace(/\s+/g, ' ').trim();
  if (line === '') return null;
  return line.length > LONGEST ? `${line.slice(0, LONGEST)}…` : line;
}
