import { lstat, mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { errorCode } from '../platform/error-code.ts';
import { FailureError } from '../platform/failure.ts';
import { unwritable, writeFileWhole } from '../platform/write-file.ts';
import { checkSignature, isSignatureAsked } from './check-signature.ts';
import { findVersionOf } from './find-version.ts';
import { digestsOf } from './known-files.ts';
import type { ContentOptions, ModelContext } from './model-context.ts';
import { formatVersion } from './model-reference.ts';
import { signatureName } from './signing/signature-file.ts';

/**
 * Brings a version’s files to a directory, each verified by its digest, with its signature beside them where it has
 * one. Where the Model document asks for it, the signature is verified before anything is written. Fails with
 * `not-found`, `input` (not validly signed, a path in the way), `corrupt`, and as the store does.
 */
export async function downloadVersion(
  context: ModelContext,
  { model, selector, target }: { readonly model: string; readonly selector: string; readonly target: string },
  options: ContentOptions = {},
): Promise<{ readonly version: string; readonly files: number; readonly bytes: number }> {
  const { signal } = options;
  const details = await findVersionOf(context.registry, { model, selector }, signal);
  const version = formatVersion(details.version);
  // A directory of nothing would pass for the model.
  digestsOf(details.version);
  const policy = await context.policy(details.version.model, signal);
  if (isSignatureAsked(policy, 'download')) {
    const { valid, detail } = await checkSignature(context, details, policy);
    if (!valid)
      throw new FailureError('input', `${version} is not brought here: its signature is not valid. ${detail}`);
  }
  await mkdir(target, { recursive: true }).catch((error: unknown) => {
    throw unwritable(target, error);
  });
  const signature = join(target, signatureName);
  const { bundle } = details;
  const isSignatureMissing = bundle !== null && !(await isThere(signature, bundle));
  await context.contents.fetchFiles(details.files, target, options);
  if (isSignatureMissing) await writeFileWhole(signature, bundle, signal);
  return { version, files: details.files.length, bytes: details.version.size };
}

/** Whether a file holds this already. Fails with `input` where something else is there: it is not written over. */
async function isThere(file: string, content: string): Promise<boolean> {
  const found = await lstat(file).catch((error: unknown) => {
    if (errorCode(error) === 'ENOENT') return null;
    throw unwritable(file, error);
  });
  if (found === null) return false;
  const isSame = found.isFile() && found.size === Buffer.byteLength(content);
  if (isSame && (await readFile(file, 'utf8')) === content) return true;
  throw new FailureError('input', `“${file}” is there already, with another content. Nothing was overwritten.`, {
    remedy: 'Move it away, or choose another folder.',
  });
}
