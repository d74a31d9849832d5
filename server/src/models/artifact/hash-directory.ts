import { availableParallelism } from 'node:os';
import type { ModelFile } from '#schemas/domain/model-version.ts';
import { batchesOf } from './batches.ts';
import { changedMeanwhile } from './file-failures.ts';
import { sameState } from './file-state.ts';
import { hashWhole } from './hash-file.ts';
import { hashInThreads } from './hash-threads.ts';
import { type FoundFile, type Walk, walkDirectory } from './walk-directory.ts';

/** What OpenSSF Model Signing leaves out, at the top level alone: unsigned, so no part of a version either. */
export const ignoredByDefault: readonly string[] = ['model.sig', '.git', '.gitattributes', '.github', '.gitignore'];

/** Threads take some 40 ms to start: what is hashed sooner than that needs none. */
const ALONE_BYTES = 16 * 1024 * 1024;
const ALONE_FILES = 256;

/** While some wait for the disk, or for a core that others use too, as many again can hash. */
const THREADS_PER_CORE = 2;
/** Each takes 12 MB of memory, and no disk is faster than eight of them. */
const MAX_THREADS = 8;

export interface HashOptions {
  readonly signal?: AbortSignal;
  /** Bytes hashed so far, and of all files; a few times a second. */
  readonly onProgress?: (done: number, total: number) => void;
  /** Paths relative to the directory, with `/`, that are passed over with all below them; {@link ignoredByDefault}. */
  readonly ignore?: readonly string[];
}

export interface HashedDirectory {
  /** In code-point order of `path`, which is the name on the disk: its normalisation is kept. */
  readonly files: readonly ModelFile[];
  /** Paths that were passed over: they are no part of the model. */
  readonly ignored: readonly string[];
}

/**
 * SHA-256 of every regular file below a directory, as it was at one time: over all cores, with memory that does not grow
 * with the files. Fails with `not-found`, `permission`, `unreachable`, `input` (links, sockets, names that not every
 * system can hold, no files at all) and `busy` (a file was changed, added or removed meanwhile); rejects with the
 * signal's reason once it is aborted.
 */
export async function hashDirectory(directory: string, options: HashOptions = {}): Promise<HashedDirectory> {
  const { signal, onProgress, ignore = ignoredByDefault } = options;
  const walk = await walkDirectory(directory, ignore, signal);
  const total = walk.files.reduce((sum, { size }) => sum + size, 0);
  const onBytes = onProgress && ((done: number) => onProgress(done, total));
  const small = total <= ALONE_BYTES && walk.files.length <= ALONE_FILES;
  const digests = await (small ? hashHere : hashOverCores)(walk.files, { signal, onBytes });
  requireSame(walk, await walkDirectory(directory, ignore, signal));
  onBytes?.(total);
  return { files: walk.files.map((file) => modelFile(file, digests)), ignored: walk.ignored };
}

interface Watch {
  readonly signal: AbortSignal | undefined;
  readonly onBytes: ((done: number) => void) | undefined;
}

async function hashHere(files: readonly FoundFile[], { signal }: Watch): Promise<Map<string, string>> {
  const digests = new Map<string, string>();
  for (const file of files) {
    signal?.throwIfAborted();
    digests.set(file.path, await hashWhole(file));
  }
  return digests;
}

function hashOverCores(files: readonly FoundFile[], { signal, onBytes }: Watch): Promise<Map<string, string>> {
  const threads = Math.min(availableParallelism() * THREADS_PER_CORE, MAX_THREADS, batchesOf(files).length);
  return hashInThreads(files, { threads, signal, onBytes });
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

function modelFile({ path, size }: FoundFile, digests: ReadonlyMap<string, string>): ModelFile {
  const sha256 = digests.get(path);
  if (sha256 === undefined) throw new TypeError(`“${path}” was not hashed.`);
  return { path, size, sha256 };
}
