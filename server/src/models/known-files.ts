import type { ModelVersion } from '#schemas/domain/model-version.ts';
import { FailureError } from '../platform/failure.ts';
import { formatVersion } from './model-reference.ts';

/** Digests of a version's files. Fails with `unsupported` where another program registered it and nothing tells them. */
export function digestsOf(version: ModelVersion): { readonly manifestDigest: string; readonly rootDigest: string } {
  const { manifestDigest, rootDigest } = version;
  if (manifestDigest !== null && rootDigest !== null) return { manifestDigest, rootDigest };
  throw new FailureError('unsupported', `Nothing tells which files ${formatVersion(version)} has.`, {
    remedy: 'Another program registered it. Register its directory with mlops model register.',
  });
}
