import type { Readable } from 'node:stream';

export interface ArtifactInfo {
  /** Relative to the run's artifact root, with `/`. */
  readonly path: string;
  readonly isDirectory: boolean;
  /** Bytes; null for a directory or where the store does not say. */
  readonly size: number | null;
}

/**
 * The artifacts of one run, for reading. Paths are relative to its artifact root; one that leaves it (`..`, absolute,
 * through a symlink) is an `input` failure. Other failures: `not-found`, `unreachable`, `permission`, `unsupported`
 * (a scheme we can't read yet, named in the message).
 */
export interface ArtifactSource {
  /** The direct children of a folder, folders first, then by name. */
  list(path: string, signal?: AbortSignal): Promise<readonly ArtifactInfo[]>;
  stat(path: string, signal?: AbortSignal): Promise<ArtifactInfo>;
  read(path: string, signal?: AbortSignal): Promise<Readable>;
}
