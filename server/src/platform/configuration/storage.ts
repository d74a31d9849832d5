import { isAbsolute, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { StorageEntry } from './document.ts';
import type { Environment } from './environment.ts';
import { expandAddress } from './expressions.ts';
import type { ResolvedService } from './resolved.ts';
import type { ResolvedStorage, StorageTarget } from './storage-target.ts';

interface Place {
  readonly root: string;
  readonly environment: Environment;
}

/**
 * Where models are kept: what the environment names (`s3://bucket/prefix`, `gs://…`, `wasbs://container@account…`,
 * `azure://account/container/prefix`, or a folder), else `mlops.yaml`, else a folder below the workspace's. Answers a
 * text that says what is wrong where nothing can be made of it.
 */
export function resolveStorage(
  service: ResolvedService | undefined,
  entry: StorageEntry | null,
  { root, environment }: Place,
): ResolvedStorage | string {
  if (service === undefined) return local(root, '.mlops/artifacts');
  if (service.problem !== null) return service.problem.message;
  const fromEntry = service.source === 'mlops.yaml' && entry !== null;
  const target = fromEntry ? targetOf(entry, { root, environment }) : targetOfUri(namedPath(environment), root);
  if (typeof target === 'string') return target;
  if (target.type === 'local') return { target, origin: null, consent: 'given' };
  const url = URL.parse(target.endpoint ?? ownEndpoint(target));
  if (url === null || !/^https?:$/.test(url.protocol)) return `“${target.endpoint}” is no web address.`;
  return { target, origin: url.origin, consent: service.source === 'environment' ? 'given' : 'ask' };
}

/** The address of the cloud's own service. */
export function ownEndpoint(target: Exclude<StorageTarget, { type: 'local' }>): string {
  if (target.type === 'gcs') return 'https://storage.googleapis.com';
  if (target.type === 'azure') return `https://${target.account}.blob.core.windows.net`;
  return target.region === null ? 'https://s3.amazonaws.com' : `https://s3.${target.region}.amazonaws.com`;
}

function local(root: string, path: string): ResolvedStorage {
  return { target: { type: 'local', path: resolve(root, path) }, origin: null, consent: 'given' };
}

function targetOf(entry: StorageEntry, { root, environment }: Place): StorageTarget | string {
  if (entry.type === 'local') return { type: 'local', path: resolve(root, entry.path) };
  const expanded = entry.endpoint === undefined ? null : expandAddress(entry.endpoint, environment);
  if (expanded !== null && !expanded.ok) return expanded.message;
  const endpoint = expanded === null ? null : expanded.text.replace(/\/+$/, '');
  const prefix = asPrefix(entry.prefix);
  const { bucket = '', container = '', account = '' } = entry;
  if (entry.type === 'azure') {
    if (!isAccount(account)) return `“${account}” is no name of a storage account.`;
    return container === '' ? 'It names no container.' : { type: 'azure', account, container, prefix, endpoint };
  }
  if (bucket === '') return 'It names no bucket.';
  if (entry.type === 'gcs') return { type: 'gcs', bucket, prefix, endpoint };
  if (entry.type !== 's3') return `There is no storage “${entry.type}”: write local, s3, gcs or azure.`;
  const region = entry.region ?? null;
  if (region !== null && !/^[a-z0-9-]+$/.test(region)) return `“${region}” is no region.`;
  return { type: 's3', bucket, prefix, region, endpoint, forcePathStyle: entry.forcePathStyle };
}

/** As it stands: what is before an @ is no user here. */
function namedPath(environment: Environment): string {
  const path = environment.get('ARTIFACT_STORAGE_PATH') ?? environment.get('MLFLOW_ARTIFACT_ROOT');
  return path?.value ?? '.mlops/artifacts';
}

/** What a URI or a path names. */
export function targetOfUri(uri: string, root: string): StorageTarget | string {
  const parts = /^([a-z][a-z0-9+.-]+):\/*([^/]*)\/?(.*)$/i.exec(uri);
  if (parts === null || isAbsolute(uri)) return { type: 'local', path: resolve(root, uri) };
  const [, scheme = '', place = '', rest = ''] = parts;
  const prefix = asPrefix(rest);
  switch (scheme.toLowerCase()) {
    case 'file':
      return { type: 'local', path: fileURLToPath(uri) };
    case 's3':
      return { type: 's3', bucket: place, prefix, region: null, endpoint: null, forcePathStyle: false };
    case 'gs':
    case 'gcs':
      return { type: 'gcs', bucket: place, prefix, endpoint: null };
    case 'azure': {
      const [container = '', ...below] = rest.split('/');
      return azure(place, container, asPrefix(below.join('/')));
    }
    case 'wasbs':
    case 'abfss': {
      const [container = '', host = ''] = place.split('@');
      return azure(host.split('.')[0] ?? '', container, prefix);
    }
    default:
      return `Models can’t be kept at “${uri}”: write a folder, s3://, gs:// or azure://.`;
  }
}

function azure(account: string, container: string, prefix: string): StorageTarget | string {
  if (!isAccount(account) || container === '') return 'Write azure://account/container/prefix.';
  return { type: 'azure', account, container, prefix, endpoint: null };
}

function isAccount(name: string): boolean {
  return /^[a-z0-9]{3,24}$/.test(name);
}

function asPrefix(text: string): string {
  const trimmed = text.replace(/^\/+|\/+$/g, '');
  return trimmed === '' ? '' : `${trimmed}/`;
}
