import type { Readable } from 'node:stream';
import type { Component } from '../platform/component.ts';
import { FailureError } from '../platform/failure.ts';

/** The bytes that are to be stored. They must not change while they are written. */
export interface BlobSource {
  /** Bytes. */
  readonly size: number;
  /** The bytes from `start` up to but not including `end`. May be called more than once. */
  open(start: number, end: number): Readable;
  /** A file with the same bytes, where there is one: a store on the same disk can clone it. */
  readonly path?: string;
}

export interface WriteOptions {
  readonly signal?: AbortSignal | undefined;
  /** Bytes stored so far, and of all: never fewer than told before, and at the end all of them. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
  /** What the bytes must have. Of others nothing is stored: it fails with `busy`, since they changed meanwhile. */
  readonly sha256?: string | undefined;
}

export interface ReadOptions {
  /** Offset of the first byte; 0 by default. */
  readonly start?: number | undefined;
  /** Offset behind the last byte; the end by default. */
  readonly end?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface StoredBlob {
  readonly key: string;
  /** Bytes. */
  readonly size: number;
}

/**
 * Keeps blobs under keys (see {@link requireKey}). Fails with `not-found` (no such blob, bucket or container),
 * `permission`, `unreachable`, `remote` (the other side answered with an error or nonsense), `busy` (a full disk or
 * quota, too many requests), `input` (a wrong key), and the signal's AbortError.
 */
export interface ArtifactStore extends Component {
  /** Where it is, for a person: without credentials. */
  readonly uri: string;
  /** Null where there is none. */
  stat(key: string, signal?: AbortSignal): Promise<{ readonly size: number } | null>;
  /**
   * Stores a blob whole or not at all, in place of another of that key. Large ones go in parts, several at a time; a
   * call for the same bytes goes on where an interrupted one stopped, if the store can.
   */
  write(key: string, source: BlobSource, options?: WriteOptions): Promise<void>;
  /** The bytes as they arrive. Resolves when it is known that the blob is there; the stream may still fail. */
  read(key: string, options?: ReadOptions): Promise<Readable>;
  /** Does nothing where there is none. */
  remove(key: string, signal?: AbortSignal): Promise<void>;
  /** All blobs whose keys begin with `prefix`, in no particular order. */
  list(prefix: string, signal?: AbortSignal): AsyncIterable<StoredBlob>;
  /** The file that holds a blob, where the store is a folder of this machine; it must not be changed. */
  pathOf?(key: string): string;
  /**
   * Makes a folder, on the disk of a store of this machine, for files that {@link adopt} is to take. Whoever asks removes
   * it; where they can't, it goes after a day.
   */
  makeStaging?(): Promise<string>;
  /** Moves a file of such a folder, whole and on the disk, to a key, in place of another blob. */
  adopt?(key: string, path: string): Promise<void>;
}

/** UTF-8 bytes: S3 and GCS take 1,024 with the prefix of the configuration. */
const longestKey = 900;
/** UTF-8 bytes: file systems take 255 for a name. */
const longestName = 240;
const forbidden = /[\p{Cc}\\<>:"|?*]/u;

/**
 * Refuses keys that one of the stores could not hold: fails with `input`. A key is names joined by `/`; a name has 1 to
 * 240 UTF-8 bytes in Unicode NFC, does not begin with a dot nor end with a dot or a space, and has none of
 * `\ < > : " | ? *` nor control characters; the whole has at most 900 bytes.
 */
export function requireKey(key: string): void {
  const problem = keyProblem(key);
  if (problem !== null) throw new FailureError('input', `Nothing can be stored as ${JSON.stringify(key)}: ${problem}.`);
}

function keyProblem(key: string): string | null {
  if (!key.isWellFormed() || key !== key.normalize('NFC')) return 'it is not Unicode in normal form C';
  if (Buffer.byteLength(key) > longestKey) return `it is longer than ${longestKey} bytes`;
  for (const name of key.split('/')) {
    if (name === '') return 'a part of it is empty';
    if (Buffer.byteLength(name) > longestName) return `a part of it is longer than ${longestName} bytes`;
    if (name.startsWith('.') || /[. ]$/.test(name))
      return 'a part of it begins or ends with a dot, or ends with a space';
    if (forbidden.test(name)) return 'it has a character that not every system takes';
  }
  return null;
}

/** The failure of reading what is not there. */
export function noSuchBlob(key: string, uri: string): FailureError {
  return new FailureError('not-found', `${uri} has no “${key}”.`, {
    remedy: 'It was never stored there, or somebody removed it. Check that this is the right store.',
  });
}

/** The failure of bytes that are not those that were announced. */
export function changedWhileStored(key: string): FailureError {
  return new FailureError('busy', `What was to be stored as “${key}” changed while it was read; nothing was stored.`, {
    remedy: 'Wait until nothing writes to those files any more, then try again.',
  });
}
