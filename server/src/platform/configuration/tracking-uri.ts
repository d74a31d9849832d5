import { posix, resolve, win32 } from 'node:path';
import type { Credential } from '../credentials.ts';

/** Where a tracking URI leads. */
export type TrackingTarget =
  | { readonly type: 'sqlite'; readonly path: string }
  | { readonly type: 'file'; readonly path: string }
  /** `url` ends without a slash and holds a static prefix where the server has one; never credentials. */
  | { readonly type: 'rest'; readonly url: string }
  | { readonly type: 'none' };

export interface ParsedTrackingUri {
  /** mlflow-sqlite, mlflow-file, mlflow-rest, wandb, neptune, databricks, mlflow-postgresql, … */
  readonly backend: string;
  readonly target: TrackingTarget;
  /** What may be shown: the URI as written, without user and password. */
  readonly uri: string;
  /** Scheme, host and port of a server; null for what is on disk. */
  readonly origin: string | null;
  /** The `user:password@` of the URI. */
  readonly credential: Credential | null;
  /** Set where `target` is `none`. */
  readonly problem: { readonly attention: 'unsupported' | 'fix-configuration'; readonly message: string } | null;
}

/** Parses any form of MLflow's tracking URI. `base` is the absolute folder that relative paths start from. */
export function parseTrackingUri(
  text: string,
  base: string,
  platform: NodeJS.Platform = process.platform,
): ParsedTrackingUri {
  const uri = text.trim();
  if (uri === '') return wrong(uri, 'The tracking URI is empty.');
  const windowsDrive = /^[A-Za-z]:[\\/]/.test(uri);
  if (isNetworkPath(uri)) return unsupported(uri, 'mlflow-file', networkShares);
  const scheme = windowsDrive ? null : (/^([A-Za-z][A-Za-z0-9+.-]*):/.exec(uri)?.[1]?.toLowerCase() ?? null);
  if (/^(databricks|databricks-uc|uc)$/i.test(uri)) return otherScheme(uri, 'databricks');
  if (scheme === null) return localPath(uri, base, platform);
  const family = scheme.split('+')[0] ?? scheme;
  if (family === 'http' || family === 'https') return server(uri);
  if (family === 'sqlite') return sqlite(uri, base, platform);
  if (family === 'file') return fileUri(uri, base, platform);
  return otherScheme(uri, family);
}

const networkShares = 'Network shares can’t be read here: map the share to a drive or mount it, and name that path.';

const databases: ReadonlyMap<string, string> = new Map([
  ['postgres', 'PostgreSQL'],
  ['postgresql', 'PostgreSQL'],
  ['mysql', 'MySQL'],
  ['mariadb', 'MariaDB'],
  ['mssql', 'SQL Server'],
  ['oracle', 'Oracle'],
]);

const laterTrackers: ReadonlyMap<string, { backend: string; name: string }> = new Map([
  ['wandb', { backend: 'wandb', name: 'Weights & Biases' }],
  ['wandb-offline', { backend: 'wandb-offline', name: 'Weights & Biases' }],
  ['neptune', { backend: 'neptune', name: 'Neptune' }],
  ['neptune-export', { backend: 'neptune-export', name: 'Neptune' }],
  ['neptune-offline', { backend: 'neptune-offline', name: 'Neptune' }],
]);

function otherScheme(uri: string, family: string): ParsedTrackingUri {
  const database = databases.get(family);
  if (database !== undefined) {
    return unsupported(
      uri,
      `mlflow-${family}`,
      `${database} is read through a server: start \`mlflow server --backend-store-uri …\` and name its http address.`,
    );
  }
  const later = laterTrackers.get(family);
  if (later !== undefined)
    return unsupported(uri, later.backend, `${later.name} is not supported yet in this version.`);
  if (family === 'databricks' || family.startsWith('databricks-') || family === 'uc') {
    return unsupported(uri, 'databricks', 'Databricks-managed tracking is not supported yet in this version.');
  }
  return wrong(
    uri,
    `“${family}:” is no tracking URI we know. Known are sqlite:///mlflow.db, file:///…/mlruns, a path, and http(s)://….`,
  );
}

function server(uri: string): ParsedTrackingUri {
  let url: URL;
  try {
    url = new URL(uri);
  } catch {
    return wrong(withoutUserInfo(uri), `“${withoutUserInfo(uri)}” is no valid address.`);
  }
  const credential = userInfo(url);
  url.username = '';
  url.password = '';
  url.hash = '';
  url.search = '';
  const shown = url.href.replace(/\/+$/, '');
  return {
    backend: 'mlflow-rest',
    target: { type: 'rest', url: shown },
    uri: shown,
    origin: url.origin,
    credential,
    problem: null,
  };
}

function userInfo(url: URL): Credential | null {
  if (url.username === '' && url.password === '') return null;
  return { type: 'basic', username: decode(url.username), password: decode(url.password) };
}

// SQLAlchemy's form: three slashes before a relative path, four before an absolute one.
function sqlite(uri: string, base: string, platform: NodeJS.Platform): ParsedTrackingUri {
  const path = /^[^:]+:\/\/\/([^?]*)/.exec(uri)?.[1];
  if (path === undefined) {
    return wrong(
      uri,
      `“${withoutUserInfo(uri)}” names no file. Write sqlite:///mlflow.db or sqlite:////absolute/path.db.`,
    );
  }
  if (path === '' || path === ':memory:') return wrong(uri, 'A database in memory can’t be read by another process.');
  if (isNetworkPath(path)) return unsupported(uri, 'mlflow-sqlite', networkShares);
  return local('mlflow-sqlite', { type: 'sqlite', path: absolute(path, base, platform) }, uri);
}

function fileUri(uri: string, base: string, platform: NodeJS.Platform): ParsedTrackingUri {
  const rest = uri.slice(uri.indexOf(':') + 1).split(/[?#]/)[0] ?? '';
  const authority = /^\/\/([^/]*)/.exec(rest)?.[1];
  if (authority !== undefined && authority !== '' && authority.toLowerCase() !== 'localhost') {
    return unsupported(uri, 'mlflow-file', networkShares);
  }
  const path = decode(authority === undefined ? rest : rest.slice(2 + authority.length));
  if (path === '') return wrong(uri, 'The file: URI names no path.');
  if (/^\/{2}/.test(path)) return unsupported(uri, 'mlflow-file', networkShares);
  // file:///C:/x has a slash before the drive.
  const plain = /^\/[A-Za-z]:[\\/]/.test(path) ? path.slice(1) : path;
  return local('mlflow-file', { type: 'file', path: absolute(plain, base, platform) }, uri);
}

function localPath(path: string, base: string, platform: NodeJS.Platform): ParsedTrackingUri {
  const full = absolute(path, base, platform);
  if (/\.(db|sqlite3?)$/i.test(path)) return local('mlflow-sqlite', { type: 'sqlite', path: full }, path);
  return local('mlflow-file', { type: 'file', path: full }, path);
}

function local(backend: string, target: TrackingTarget, uri: string): ParsedTrackingUri {
  return { backend, target, uri, origin: null, credential: null, problem: null };
}

function unsupported(uri: string, backend: string, message: string): ParsedTrackingUri {
  const problem = { attention: 'unsupported' as const, message };
  return { backend, target: { type: 'none' }, uri: withoutUserInfo(uri), origin: null, credential: null, problem };
}

function wrong(uri: string, message: string): ParsedTrackingUri {
  const problem = { attention: 'fix-configuration' as const, message };
  return {
    backend: 'unknown',
    target: { type: 'none' },
    uri: withoutUserInfo(uri),
    origin: null,
    credential: null,
    problem,
  };
}

// `\\host\share` and `//host/share`: reading one on Windows sends the user's hash to that host.
function isNetworkPath(path: string): boolean {
  return /^(\\\\|\/\/)[^\\/]/.test(path);
}

function absolute(path: string, base: string, platform: NodeJS.Platform): string {
  if (/^[A-Za-z]:[\\/]/.test(path)) return win32.normalize(path);
  if (platform === process.platform) return resolve(base, path);
  return (platform === 'win32' ? win32 : posix).resolve(base, path);
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** A URI without the `user:password@` before its host, valid or not. */
export function withoutUserInfo(uri: string): string {
  return uri.replace(/^([A-Za-z][A-Za-z0-9+.-]*:\/\/)[^/?#]*@/, '$1');
}
