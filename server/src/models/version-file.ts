import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { FailureError } from '../platform/failure.ts';
import { ownFolder } from '../platform/own-folder.ts';
import { findVersionOf } from './find-version.ts';
import { digestsOf } from './known-files.ts';
import type { ModelContext } from './model-context.ts';
import { formatVersion } from './model-reference.ts';

/** Editors show no larger ones. */
const largestFile = 50 * 1024 * 1024;

/**
 * Brings one file of a version into the cache of the workspace, for a look or a diff; answers its absolute path. A file
 * there was verified by its digest. Fails with `not-found`, `input` (too large to show), and as the store does.
 */
export async function fetchVersionFile(
  { registry, contents, folder }: ModelContext,
  { model, selector, path }: { readonly model: string; readonly selector: string; readonly path: string },
  signal?: AbortSignal,
): Promise<string> {
  const { version, files } = await findVersionOf(registry, { model, selector }, signal);
  const file = files.find((one) => one.path === path);
  if (!file) throw new FailureError('not-found', `${formatVersion(version)} has no file “${path}”.`);
  if (file.size > largestFile) {
    throw new FailureError('input', `“${path}” has ${Math.round(file.size / 1e6)} MB: download it to look at it.`);
  }
  const place = join(folder, ownFolder, 'cache', 'models', digestsOf(version).manifestDigest.slice(0, 16));
  await mkdir(place, { recursive: true });
  await contents.fetchFiles([file], place, { signal });
  return join(place, ...path.split('/'));
}
