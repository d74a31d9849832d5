import { randomUUID } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { ModelFile } from '#schemas/domain/model-version.ts';
import { batchesOf } from './batches.ts';
import { changedMeanwhile } from './file-failures.ts';
import { sameState } from './file-state.ts';
import { hashWhole } from './hash-file.ts';
import type { HashedFile } from './hash-messages.ts';
import { hashInThreads } from './hash-threads.ts';
import { type FoundFile, type Walk, walkDirectory } from './walk-directory.ts';

/** What OpenSSF Model Signing leaves out, at the top level alone: unsigned, so no part of a version either. */
export const ignoredByDefault: readonly string[] = ['model.sig', '.git', '.gitattributes', '.github', '.gitignore'];

/** Threads take some 40 ms to start: what is hashed sooner than that needs none. */
const ALONE_BYTES = 16 * 1024 * 1024;
const ALONE_FILES = 256;

/** While some wait for the disk, or for a core that others use too, more of them can hash. */
const THREADS_PER_CORE = 3;
/** Each takes 12 MB of memory, and no disk is faster than eight of them. */
const MAX_THREADS = 8;

export interface HashOptions {
  readonly signal?: AbortSignal;
  /** Bytes hashed so far, and of all files; a few times a second. */
  readonly onProgress?: (done: number, total: number) => void;
  /** Paths relative to the directory, with `/`, that are passed over with all below them; {@link ignoredByDefault}. */
  readonly ignore?: readonly string[];
  /** Asked for large models: where to copy them to while they are hashed; null for nowhere. */
  readonly copies?: (() => Promise<CopyOptions | null>) | undefined;
}

export interface CopyOptions {
  /** Absolute, and there. Whoever asks for copies removes what they don't move away, also after a failure. */
  readonly folder: string;
  /** Files of these sizes, in bytes, are likely stored already: no copy is made of them. */
  readonly without: ReadonlySet<number>;
}

export interface HashedDirectory {
  /** In code-point order of `path`, which is the name on the disk: its normalisation is kept. */
  readonly files: readonly ModelFile[];
  /** Paths that were passed over: they are no part of the model. */
  readonly ignored: readonly string[];
  /** Where copies are, by digest: of those files that one was made of. */
  readonly copies: ReadonlyMap<string, string>;
}

/**
 * SHA-256 of every regular file below a directory, as it was at one time: over all cores, with memory that does not grow
 * with the files. Fails with `not-found`, `permission`, `unreachable`, `input` (links, sockets, names that not every
 * system can hold, no files at all) and `busy` (a file was changed, added or removed meanwhile); rejects with the
 * signal's reason once it is aborted.
 */
export async function hashDirectory(directory: string, options: HashOptions = {}): Promise<HashedDirectory> {
  const { signal, onProgress, copies, ignore = ignoredByDefault } = options;
  const walk = await walkDirectory(directory, ignore, signal);
  const total = walk.files.reduce((sum, { size }) => sum + size, 0);
  const onBytes = onProgress && ((done: number) => onProgress(done, total));
  const small = total <= ALONE_BYTES && walk.files.length <= ALONE_FILES;
  const hashed = await (small ? hashHere : hashOverCores)(walk.files, { signal, onBytes, copies });
  requireSame(walk, await walkDirectory(directory, ignore, signal));
  onBytes?.(total);
  const files = walk.files.map((file) => modelFile(file, hashed));
  return { files, ignored: walk.ignored, copies: copiesOf(hashed) };
}

interface Watch {
  readonly signal: AbortSignal | undefined;
  readonly onBytes: ((done: number) => void) | undefined;
  readonly copies: HashOptions['copies'];
}

async function hashHere(files: readonly FoundFile[], { signal }: Watch): Promise<Map<string, HashedFile>> {
  const hashed = new Map<string, HashedFile>();
  for (const file of files) {
    signal?.throwIfAborted();
    hashed.set(file.path, { sha256: await hashWhole(file), copy: null });
  }
  return hashed;
}

async function hashOverCores(
  files: readonly FoundFile[],
  { signal, onBytes, copies }: Watch,
): Promise<Map<string, HashedFile>> {
  const threads = Math.min(availableParallelism() * THREADS_PER_CORE, MAX_THREADS, batchesOf(files).length);
  const wanted = (await copies?.()) ?? null;
  const asked = files.map((file) => ({
    ...file,
    copy: wanted === null || wanted.without.has(file.size) ? null : join(wanted.folder, randomUUID()),
  }));
  return hashInThreads(asked, { threads, signal, onBytes });
}

function copiesOf(hashed: ReadonlyMap<string, HashedFile>): ReadonlyMap<string, string> {
  return new Map([...hashed.values()].flatMap(({ sha256, copy }) => (copy === null ? [] : [[sha256, copy] as const])));
}

/** Finds what was written after its own digest was computed: a version is a state that there was. */
function requireSame(before: Walk, after: Walk): void {
  const known = new Map(before.files.map((file) => [file.path, file]));
  for (const { path, state } of after.files) {
    const file = known.get(path);
    if (!file || !sameState(file.state, state)) throw changedMeanwhile(path);
    known.delete(path);
  }
  for (const path of known.keys()) throw changedMeanwhile(path);
}

function modelFile({ path, size }: FoundFile, hashed: ReadonlyMap<string, HashedFile>): ModelFile {
  const sha256 = hashed.get(path)?.sha256;
  if (sha256 === undefined) throw new TypeError(`“${path}” was not hashed.`);
  return { path, size, sha256 };
}
