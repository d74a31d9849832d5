import { constants } from 'node:fs';
import { lstat, open, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { errorCode } from '../../platform/error-code.ts';
import { FailureError } from '../../platform/failure.ts';
import { largestBundle, parseBundle, tooLargeForBundle } from './bundle.ts';

/** The file beside a model that holds its signature. */
export const signatureName = 'model.sig';

/** What a signature's file holds, or why it can't be one. */
export type SignatureFile = { readonly text: string } | { readonly text: null; readonly problem: string };

/** Nor waits for the writer of a pipe. Windows has no such flag. */
const flags = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);

/** Reads a file that a person named, through links; null where there is none. Fails with `permission`. */
export async function readSignatureFile(file: string): Promise<SignatureFile | null> {
  try {
    // Some systems open no folder or socket at all.
    if (!(await stat(file)).isFile()) throw notRegular(file);
    await using handle = await open(file, flags);
    const found = await handle.stat();
    if (!found.isFile()) throw notRegular(file);
    return found.size > largestBundle
      ? { text: null, problem: tooLargeForBundle }
      : { text: await handle.readFile('utf8') };
  } catch (cause) {
    if (errorCode(cause) === 'ENOENT') return null;
    if (cause instanceof FailureError) throw cause;
    throw new FailureError('permission', `The signature ${file} can’t be read.`, { cause });
  }
}

function notRegular(file: string): FailureError {
  return new FailureError('permission', `The signature ${file} can’t be read: it is no regular file.`, {
    remedy: 'Remove it, or name another file.',
  });
}

/**
 * The signature that came with a model; null where there is none. As a file of the model it may be no link, which would
 * bring what somebody else chose into the registry. Fails with `input` where it is no signature, and with `permission`.
 */
export async function readModelSignature(directory: string): Promise<string | null> {
  const file = join(directory, signatureName);
  if ((await lstat(file).catch(() => null))?.isSymbolicLink()) {
    throw new FailureError('input', `“${signatureName}” is a symbolic link, and a model consists of regular files.`, {
      remedy: 'Put a copy of what it points to in its place (cp -L), or remove it.',
    });
  }
  const found = await readSignatureFile(file);
  if (found === null) return null;
  const bundle = found.text === null ? found.problem : parseBundle(found.text);
  if (found.text !== null && typeof bundle !== 'string') return found.text;
  throw new FailureError('input', `“${signatureName}” is no signature of a model: ${bundle}.`, {
    remedy: 'Remove it, or sign the model anew: mlops model sign.',
  });
}
