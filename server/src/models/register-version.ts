import { readFile } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import type { ModelFile, ModelMetadata, ModelVersion } from '#schemas/domain/model-version.ts';
import { semanticVersion } from '#schemas/domain/model-version.ts';
import { FailureError } from '../platform/failure.ts';
import { hashDirectory, ignoredByDefault } from './artifact/hash-directory.ts';
import { manifestDigest, rootDigest } from './artifact/manifest.ts';
import { type ModelDescription, readModelFolder } from './artifact/model-folder.ts';
import { checkSignature, isSignatureAsked } from './check-signature.ts';
import { findVersion } from './find-version.ts';
import type { ModelContext, RunFacts } from './model-context.ts';
import type { ModelPolicy } from './model-documents.ts';
import { formatVersion, requireModelName } from './model-reference.ts';
import { judgePickles } from './pickle/pickle-policy.ts';
import { scanModel } from './pickle/scan-model.ts';
import { proposeBump } from './propose-version.ts';
import { readModelSignature, signatureName } from './signing/signature-file.ts';
import { Staging } from './staging.ts';
import type { Bump } from './version-order.ts';

export interface RegisterRequest {
  /** Absolute. */
  readonly directory: string;
  readonly model: string;
  /** Null takes the one that follows by `bump`. */
  readonly version: string | null;
  /** Null takes what is proposed from what changed. */
  readonly bump: Bump | null;
  readonly run: RunFacts | null;
  readonly description: string;
  readonly tags: Readonly<Record<string, string>>;
  /** Versions that this one was made from, as `name@1.2.0`, `name@alias` or `name@range`. */
  readonly parents?: readonly string[];
}

export interface RegisterOptions {
  readonly signal?: AbortSignal | undefined;
  /** What is done now, and how far it is: bytes of all. */
  readonly onProgress?: ((phase: 'hash' | 'store', done: number, total: number) => void) | undefined;
}

export interface Registered {
  readonly version: ModelVersion;
  /** Lines for the person: what was passed over, what looks odd. */
  readonly notes: readonly string[];
}

/**
 * Registers what lies in a directory as the next version of a model: its files by content into the artifact store, then
 * version and audit entry into the registry. What stops in between leaves contents that no version names, and nothing
 * else. Fails with `permission`, `input` (names, links, a signature or pickle that the policy refuses, a version that
 * exists), `unsupported` (a registry that is only read), `busy` (something changed meanwhile), and as the store and registry do.
 */
export async function registerVersion(
  context: ModelContext,
  request: RegisterRequest,
  options: RegisterOptions = {},
): Promise<Registered> {
  const { signal, onProgress } = options;
  const actor = await authorizeRegistering(context);
  const model = requireModelName(request.model);
  requireVersion(request.version);
  const parents = await parentsOf(context, request.parents ?? [], signal);
  const policy = await context.policy(model, signal);
  await using staging = new Staging(context, model);
  const { files, ignored, copies } = await hashDirectory(request.directory, {
    copies: () => staging.open(signal),
    ...(signal ? { signal } : {}),
    ...(onProgress ? { onProgress: (done, total) => onProgress('hash', done, total) } : {}),
  });
  const described = await readModelFolder(request.directory, files);
  const bundle = await readModelSignature(request.directory);
  await refuseUnsigned(context, { policy, files, bundle });
  const pickleNotes = await refusePickles(request.directory, { files, policy }, signal);
  const metadata = { ...(await metadataOf(request, described, policy)), parents };
  const bump =
    request.bump ?? (await proposeBump(context.registry, { model, signature: metadata.signature }, signal)).bump;
  const onStored = (done: number, total: number) => onProgress?.('store', done, total);
  await context.contents
    .putFiles(files, request.directory, { signal, copies, onProgress: onStored })
    .catch((error: unknown) => {
      throw withoutVersion(error);
    });
  const version = await context.registry.register(
    {
      ...{ model, version: request.version, bump, files, bundle, metadata },
      ...{ manifestDigest: manifestDigest(files), rootDigest: rootDigest(files) },
    },
    { action: 'register', actor, reason: null, nonces: [] },
    signal,
  );
  return { version, notes: [...passedOver(ignored), ...described.notes, ...pickleNotes] };
}

/**
 * For before a model is brought or read: answers the name of who registers. Fails with `permission`, and with
 * `unsupported` where the registry is only read.
 */
export async function authorizeRegistering({ people, registry }: ModelContext): Promise<string> {
  const actor = await people.authorize('register');
  registry.requireWritable();
  return actor;
}

/** What a network that was lost on the way means for the version. */
function withoutVersion(error: unknown): unknown {
  if (!(error instanceof FailureError) || error.reason !== 'unreachable') return error;
  return new FailureError('unreachable', `${error.message} No version was registered.`, {
    remedy: 'Check your network, VPN and proxy, then register it again: files that arrived are not sent again.',
    cause: error,
  });
}

function requireVersion(version: string | null): void {
  if (version === null || semanticVersion.safeParse(version).success) return;
  throw new FailureError('input', `“${version}” is no semantic version such as 1.2.0 or 2.0.0-rc.1.`);
}

/** The very versions that are meant today, each once. */
async function parentsOf(
  { registry }: ModelContext,
  references: readonly string[],
  signal?: AbortSignal,
): Promise<string[]> {
  const found = await Promise.all(references.map((text) => findVersion(registry, text, signal)));
  return [...new Set(found.map(({ version }) => formatVersion(version)))];
}

async function refuseUnsigned(
  context: ModelContext,
  { policy, files, bundle }: { policy: ModelPolicy | null; files: readonly ModelFile[]; bundle: string | null },
): Promise<void> {
  if (policy === null || !isSignatureAsked(policy, 'register')) return;
  const { valid, detail } = await checkSignature(context, { files, bundle }, policy);
  if (valid) return;
  throw new FailureError('input', `It is not registered: its signature is not valid. ${detail}`, {
    remedy: `${policy.file} asks for a signature by a trusted key: sign it with mlops model sign.`,
  });
}

async function refusePickles(
  directory: string,
  { files, policy }: { files: readonly ModelFile[]; policy: ModelPolicy | null },
  signal?: AbortSignal,
): Promise<readonly string[]> {
  const rule = policy?.document.pickle ?? 'scan';
  if (rule === 'allow') return [];
  const report = await scanModel(directory, files, { signal });
  const { safe, detail } = judgePickles(report, rule);
  if (safe) return [];
  // What is merely unknown may be anybody's own class: the gate `safePickle` asks more.
  if (rule === 'scan' && report.verdict !== 'dangerous') return [detail];
  throw new FailureError('input', `It is not registered: ${detail}`, {
    remedy:
      rule === 'forbid'
        ? 'The Model document forbids pickles: save it in another form, such as safetensors, ONNX or skops.'
        : 'Loading it would run that. Find out where it comes from; “pickle: allow” in the Model document lets it in.',
  });
}

async function metadataOf(
  { run, description, tags }: RegisterRequest,
  described: ModelDescription,
  policy: ModelPolicy | null,
): Promise<Omit<ModelMetadata, 'parents'>> {
  return {
    description,
    framework: described.framework,
    flavors: [...described.flavors],
    run: run?.run ?? null,
    gitCommit: run?.gitCommit ?? null,
    dataSets: run?.dataSets ?? [],
    params: run?.params ?? {},
    metrics: run?.metrics ?? {},
    signature: described.signature,
    requirements: [...described.requirements],
    licence: described.licence ?? policy?.document.licence ?? null,
    card: described.card ?? (await cardOf(policy)),
    tags: { ...tags },
  };
}

async function cardOf(policy: ModelPolicy | null): Promise<string | null> {
  const path = policy?.document.card;
  if (policy === null || path === undefined) return null;
  try {
    return await readFile(resolve(policy.folder, path), 'utf8');
  } catch (error) {
    throw new FailureError('input', `The model card ${path}, which ${basename(policy.file)} names, can’t be read.`, {
      remedy: 'Write it, or take “card” out of the Model document.',
      cause: error,
    });
  }
}

function passedOver(ignored: readonly string[]): string[] {
  const others = ignored.filter((path) => path !== signatureName);
  if (others.length === 0) return [];
  const known = others.every((path) => ignoredByDefault.includes(path));
  return [
    `${others.join(', ')} ${others.length === 1 ? 'is' : 'are'} no part of the version${known ? '' : ', as asked'}.`,
  ];
}
