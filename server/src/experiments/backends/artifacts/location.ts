import { isAbsolute, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { FailureError } from '../../../platform/failure.ts';
import type { ArtifactRoot } from '../../artifact-source.ts';
import { artifactPath } from '../shared/artifact-path.ts';

/** The folders that a run's artifacts may lie in, best first. Throws `unsupported` for what no folder can be. */
export function artifactFolders(root: ArtifactRoot): readonly string[] {
  const { uri, base, candidates } = root;
  if (uri === null || uri === '') return candidates;
  const scheme = schemeOf(uri);
  if (scheme === null) return [isAbsolute(uri) ? uri : resolve(base, uri), ...candidates];
  if (scheme === 'file') return [fileFolder(uri, base), ...candidates];
  if (scheme === 'mlflow-artifacts') return [...serverFolders(uri, base), ...candidates];
  if (candidates.length > 0) return candidates;
  throw unsupportedScheme(scheme);
}

/** The failure for artifacts in a place that is read through a server or a cloud's own client. */
export function unsupportedScheme(scheme: string): FailureError {
  const proxied = scheme === 'http' || scheme === 'https' || scheme === 'mlflow-artifacts';
  return new FailureError(
    'unsupported',
    proxied
      ? 'The artifacts of this run are kept by an MLflow server and are not beside the store.'
      : `Artifacts at ${scheme}: can’t be read directly yet.`,
    {
      remedy: proxied
        ? 'Name the server’s http address as the tracking URI.'
        : 'Start `mlflow server` with access to them and name its http address as the tracking URI.',
    },
  );
}

/** The scheme of a URI in lower case; null for a path, a Windows drive included. */
export function schemeOf(uri: string): string | null {
  if (/^[A-Za-z]:([\\/]|$)/.test(uri)) return null;
  return /^([A-Za-z][A-Za-z0-9+.-]+):/.exec(uri)?.[1]?.toLowerCase() ?? null;
}

function fileFolder(uri: string, base: string): string {
  const host = /^file:\/\/([^/]*)/i.exec(uri)?.[1] ?? '';
  // Opening a share on Windows sends the user's hash to its host.
  if (host !== '' && host.toLowerCase() !== 'localhost') {
    throw new FailureError('unsupported', `Artifacts on the network share of ${host} can’t be read.`, {
      remedy: 'Mount the share and name that path.',
    });
  }
  if (/^file:(?!\/)/i.test(uri)) return resolve(base, decode(uri.slice(5)));
  try {
    return fileURLToPath(uri.replace(/^file:\/*localhost(?=\/)/i, 'file://'));
  } catch (cause) {
    throw new FailureError('input', `“${uri}” is no valid file: URI.`, { cause });
  }
}

// By default a server keeps what it proxies in `mlartifacts` beside its database; older ones in `mlruns`.
function serverFolders(uri: string, base: string): readonly string[] {
  const path = artifactPath(decode(uri.replace(/^mlflow-artifacts:(\/\/[^/]*)?/i, '')).replace(/^\/+/, ''));
  return [join(base, 'mlartifacts', path), join(base, 'mlruns', path)];
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
