import { createHash } from 'node:crypto';
import type { ModelFile } from '#schemas/domain/model-version.ts';
import { digestOfJson } from '../../platform/canonical-json.ts';
import { compareCodePoints, requirePortablePaths } from './paths.ts';

/** Names the form, so that a later one can't be mistaken for it. */
const FORM = 'mlops.manifest/v1';

/**
 * The address of a version: SHA-256, in hexadecimal digits, of the canonical JSON (RFC 8785) of
 * `{"files":[{"path","sha256","size"}…],"form":"mlops.manifest/v1"}`, with paths in Unicode NFC and in code-point order.
 * The order in which `files` come, and the normalisation of their names, make no difference. Fails with `input` where
 * two paths can't stand beside each other.
 */
export function manifestDigest(files: readonly ModelFile[]): string {
  requirePortablePaths(files.map(({ path }) => path));
  const listed = files
    .map(({ path, size, sha256 }) => ({ path: path.normalize('NFC'), sha256, size }))
    .sort((a, b) => compareCodePoints(a.path, b.path));
  return digestOfJson({ files: listed, form: FORM }).digest;
}

/**
 * The root digest of OpenSSF Model Signing v1 (method `files`): SHA-256, in hexadecimal digits, over the files' raw
 * digests in the order listed. It leaves out paths and sizes, so it is for interoperation alone.
 */
export function rootDigest(files: readonly Pick<ModelFile, 'sha256'>[]): string {
  const root = createHash('sha256');
  for (const { sha256 } of files) root.update(sha256, 'hex');
  return root.digest('hex');
}
