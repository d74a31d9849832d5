import type { X509Certificate } from 'node:crypto';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { signVersion } from '../../models/sign-version.ts';
import { readCertificates } from '../../models/signing/certificates.ts';
import { readPrivateKey, readPublicKey } from '../../models/signing/keys.ts';
import { defaultSignature, signDirectory, verifyDirectory } from '../../models/signing/sign-directory.ts';
import type { Signer } from '../../models/signing/sign-model.ts';
import type { Trust } from '../../models/signing/verify-model.ts';
import { FailureError } from '../../platform/failure.ts';
import { exitCodes } from '../exit.ts';
import { plural } from '../format.ts';
import type { Invocation } from '../invocation.ts';
import { readKeyFile, signingPassphrase } from '../keys.ts';
import { versionArgument, withModels } from '../models.ts';
import { harmless } from '../output.ts';
import { withProgress } from '../progress-bar.ts';
import { requireFolder } from '../tracking.ts';

export interface SignFlags {
  readonly key: string;
  readonly certificates: readonly string[];
  /** Null: `model.sig` in the directory. */
  readonly signature: string | null;
}

/** Signs a directory as OpenSSF Model Signing v1 does, or a version that the registry has. */
export async function signModel(invocation: Invocation, given: string, flags: SignFlags): Promise<number> {
  const { output, signal, cwd } = invocation;
  const directory = resolve(cwd, given);
  if (given.includes('@') && !existsSync(directory)) return signRegistered(invocation, given, flags);
  await requireFolder(directory);
  const { key, certificates } = await readSigner(invocation, flags);
  const signature = flags.signature === null ? defaultSignature(directory) : resolve(cwd, flags.signature);
  const signed = await withProgress(invocation, `Signing ${given}`, (show) =>
    signDirectory(
      { directory, signature, key, certificates },
      { signal, onProgress: (done, total) => show('Reading files', done, total) },
    ),
  );
  if (output.json) {
    await output.document({ signature, rootDigest: signed.rootDigest, files: signed.files });
    return exitCodes.done;
  }
  await output.text(`${output.style('green', '✓')} ${plural(signed.files, 'file')} signed: ${harmless(signature)}`);
  await tellIgnored(invocation, signed.ignored, signature);
  return exitCodes.done;
}

/** Its files need not be here: the registry knows their digests, and keeps the signature. */
async function signRegistered(invocation: Invocation, given: string, flags: SignFlags): Promise<number> {
  const { output, signal } = invocation;
  if (flags.signature !== null) {
    throw new FailureError('input', 'The registry keeps the signature of a version: --signature is for directories.');
  }
  const named = versionArgument(given);
  const signer = await readSigner(invocation, flags);
  const signed = await withModels(invocation, (models) => signVersion(models, { ...named, signer }, signal));
  if (output.json) await output.document(signed);
  else await output.text(`${output.style('green', '✓')} ${signed.version} signed by ${harmless(signed.signer)}`);
  return exitCodes.done;
}

async function readSigner(invocation: Invocation, flags: SignFlags): Promise<Signer> {
  const file = resolve(invocation.cwd, flags.key);
  const key = await readPrivateKey(await readKeyFile(file), file, signingPassphrase(invocation, file));
  return { key, certificates: await readAll(invocation.cwd, flags.certificates) };
}

export interface VerifyFlags {
  /** Public keys. */
  readonly keys: readonly string[];
  /** Certificates that may vouch for the signer’s. */
  readonly chains: readonly string[];
  readonly signature: string | null;
}

/** Verifies a directory by its signature. Ends with 1 where that fails. */
export async function verifySignedModel(invocation: Invocation, given: string, flags: VerifyFlags): Promise<number> {
  const { output, signal, cwd } = invocation;
  const directory = resolve(cwd, given);
  await requireFolder(directory);
  const trust = await readTrust(invocation, flags);
  const signature = flags.signature === null ? defaultSignature(directory) : resolve(cwd, flags.signature);
  const result = await withProgress(invocation, `Verifying ${given}`, (show) =>
    verifyDirectory(
      { directory, signature, trust },
      { signal, onProgress: (done, total) => show('Reading files', done, total) },
    ),
  );
  const code = result.verified ? exitCodes.done : exitCodes.no;
  if (output.json) {
    const reason = result.verified ? null : result.reason;
    const detail = result.verified ? `Signed by ${result.signer}.` : result.detail;
    await output.document({ verified: result.verified, reason, detail });
    return code;
  }
  if (!result.verified) {
    await output.text(`${output.style('red', '✗')} ${harmless(result.detail)} (${result.reason})`);
    return code;
  }
  await output.text(
    `${output.style('green', '✓')} ${plural(result.files, 'file')} as signed by ${harmless(result.signer)}`,
  );
  await tellIgnored(invocation, result.ignored, signature);
  return code;
}

async function readTrust({ cwd }: Invocation, { keys, chains }: VerifyFlags): Promise<Trust> {
  if (keys.length > 0 === chains.length > 0) {
    throw new FailureError('input', 'Name what you trust: either --key or --certificate-chain.');
  }
  if (chains.length > 0) {
    return { type: 'certificates', anchors: await readAll(cwd, chains), now: Date.now() };
  }
  const files = keys.map((path) => resolve(cwd, path));
  const read = await Promise.all(files.map(async (file) => readPublicKey(await readKeyFile(file), file)));
  return { type: 'keys', keys: read };
}

async function readAll(cwd: string, paths: readonly string[]): Promise<X509Certificate[]> {
  const files = paths.map((path) => resolve(cwd, path));
  const read = await Promise.all(files.map(async (file) => readCertificates(await readKeyFile(file), file)));
  return read.flat();
}

async function tellIgnored({ output }: Invocation, ignored: readonly string[], signature: string): Promise<void> {
  const others = ignored.filter((path) => !signature.endsWith(path));
  if (others.length > 0) await output.note(harmless(`Not signed: ${others.join(', ')}.`));
}
