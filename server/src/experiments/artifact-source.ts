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

/** Where the artifacts of a run may lie. */
export interface ArtifactRoot {
  /** As the tracker has it; null where it has none. */
  readonly uri: string | null;
  /** Absolute folder that a relative URI starts from. */
  readonly base: string;
  /**
   * Absolute folders to look in, in this order, where the URI's own folder is not on this machine: a store that was
   * copied from elsewhere, artifacts that a server kept beside its database.
   */
  readonly candidates: readonly string[];
}

/** Opens the artifacts of a run of a store on disk. Never fails: a source that can't be read says so when asked. */
export type OpenArtifacts = (root: ArtifactRoot) => ArtifactSource;
