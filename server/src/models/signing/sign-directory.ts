import type { KeyObject, X509Certificate } from 'node:crypto';
import { realpath } from 'node:fs/promises';
import { basename, dirname, join, relative, sep } from 'node:path';
import { writeFileWhole } from '../../platform/write-file.ts';
import { type HashOptions, hashDirectory } from '../artifact/hash-directory.ts';
import { rootDigest } from '../artifact/manifest.ts';
import { signModel } from './sign-model.ts';
import { readSignatureFile, signatureName } from './signature-file.ts';
import { type RefusalReason, type Trust, verifyModel } from './verify-model.ts';

/** What OpenSSF Model Signing passes over at the top of a directory, besides the signature itself. */
const gitFiles = ['.git', '.gitattributes', '.github', '.gitignore'] as const;

/** Where a signature is, when nobody says otherwise. */
export function defaultSignature(directory: string): string {
  return join(directory, signatureName);
}

export interface SignDirectoryRequest {
  /** Absolute. */
  readonly directory: string;
  /** Absolute path of the file to write, in the directory or elsewhere. */
  readonly signature: string;
  readonly key: KeyObject;
  readonly certificates: readonly X509Certificate[];
}

type Options = Pick<HashOptions, 'signal' | 'onProgress'>;

export interface SignedDirectory {
  readonly rootDigest: string;
  /** Number of files. */
  readonly files: number;
  /** What is there and was passed over: it is not signed. */
  readonly ignored: readonly string[];
}

/** Signs what lies in a directory, and writes the signature. Fails as {@link hashDirectory} and `writeFileWhole` do. */
export async function signDirectory(request: SignDirectoryRequest, options: Options = {}): Promise<SignedDirectory> {
  const { directory, signature, key, certificates } = request;
  const ignorePaths = await ignoredFor(directory, signature);
  const { files, ignored } = await hashDirectory(directory, { ...options, ignore: ignorePaths });
  const name = basename(await realpath(directory));
  const bundle = signModel({ name, files, ignorePaths }, { key, certificates });
  await writeFileWhole(signature, bundle, options.signal);
  return { rootDigest: rootDigest(files), files: files.length, ignored };
}

export type DirectoryVerification =
  | { readonly verified: true; readonly signer: string; readonly files: number; readonly ignored: readonly string[] }
  | { readonly verified: false; readonly reason: RefusalReason | 'no-signature'; readonly detail: string };

/** Verifies a directory by its signature. Fails as {@link hashDirectory} does. */
export async function verifyDirectory(
  { directory, signature, trust }: { readonly directory: string; readonly signature: string; readonly trust: Trust },
  options: Options = {},
): Promise<DirectoryVerification> {
  const bundle = await readSignature(signature);
  if (typeof bundle !== 'string') return bundle;
  const { files, ignored } = await hashDirectory(directory, {
    ...options,
    ignore: await ignoredFor(directory, signature),
  });
  const result = verifyModel(files, bundle, trust);
  return result.verified ? { verified: true, signer: result.signer, files: files.length, ignored } : result;
}

type Refusal = Extract<DirectoryVerification, { verified: false }>;

async function readSignature(file: string): Promise<string | Refusal> {
  const found = await readSignatureFile(file);
  if (found === null) return { verified: false, reason: 'no-signature', detail: `There is no signature ${file}.` };
  if (found.text !== null) return found.text;
  return { verified: false, reason: 'malformed-bundle', detail: `It is no signature of a model: ${found.problem}.` };
}

async function ignoredFor(directory: string, signature: string): Promise<readonly string[]> {
  const path = await placeWithin(directory, signature);
  return path === null ? gitFiles : [path, ...gitFiles];
}

/** The signature's path relative to the directory, with `/`; null where it is elsewhere. */
async function placeWithin(directory: string, signature: string): Promise<string | null> {
  const folder = await realpath(dirname(signature)).catch(() => dirname(signature));
  const path = relative(await realpath(directory).catch(() => directory), join(folder, basename(signature)));
  return path === '' || path.startsWith('..') || path.includes(':') ? null : path.split(sep).join('/');
}
