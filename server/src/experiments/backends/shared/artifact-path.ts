import { FailureError } from '../../../platform/failure.ts';
import type { ArtifactInfo } from '../../artifact-source.ts';

/**
 * A path below an artifact root in its plain form, `''` for the root itself. One that could leave the root (`..`,
 * absolute, a drive, a backslash, a NUL) is an `input` failure.
 */
export function artifactPath(path: string): string {
  const parts = path.split('/').filter((part) => part !== '' && part !== '.');
  const leaves =
    path.startsWith('/') || /^[A-Za-z]:/.test(parts[0] ?? '') || path.includes('\\') || path.includes('\0');
  if (leaves || parts.includes('..')) {
    throw new FailureError('input', `“${path}” is no path inside the run’s artifacts.`);
  }
  return parts.join('/');
}

export function parentOf(path: string): string {
  const slash = path.lastIndexOf('/');
  return slash < 0 ? '' : path.slice(0, slash);
}

/** Folders first, then by name. */
export function sortArtifacts(entries: readonly ArtifactInfo[]): readonly ArtifactInfo[] {
  return [...entries].sort(
    (a, b) => Number(b.isDirectory) - Number(a.isDirectory) || (a.path < b.path ? -1 : Number(a.path > b.path)),
  );
}

export function noSuchArtifact(path: string): FailureError {
  return new FailureError('not-found', `There is no artifact “${path}”.`);
}
