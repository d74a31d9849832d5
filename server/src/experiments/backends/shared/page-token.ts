import { createHash } from 'node:crypto';
import type { z } from 'zod';
import { FailureError } from '../../../platform/failure.ts';

/** An opaque page token that carries `position` and remembers which search it belongs to. */
export function encodePage(search: unknown, position: Readonly<Record<string, string | number>>): string {
  return Buffer.from(JSON.stringify({ ...position, search: fingerprint(search) }), 'utf8').toString('base64url');
}

/** Reads {@link encodePage}'s token; one of another search, or that nobody made, is an `input` failure. */
export function decodePage<T>(token: string, search: unknown, position: z.ZodType<T>): T {
  const content = readJson(token);
  if (typeof content !== 'object' || content === null || !('search' in content)) throw refused('is not one of ours');
  if (content.search !== fingerprint(search)) throw refused('belongs to another search');
  const parsed = position.safeParse(content);
  if (!parsed.success) throw refused('is not one of ours');
  return parsed.data;
}

function fingerprint(search: unknown): string {
  return createHash('sha256').update(JSON.stringify(search)).digest('base64url').slice(0, 12);
}

function readJson(token: string): unknown {
  try {
    return JSON.parse(Buffer.from(token, 'base64url').toString('utf8'));
  } catch {
    return null;
  }
}

function refused(why: string): FailureError {
  return new FailureError('input', `The page token ${why}.`, { remedy: 'Start again at the first page.' });
}
