import { ownEndpoint, targetOfUri } from './storage.ts';
import type { ResolvedStorage } from './storage-target.ts';

/** Objects of a store that a URI names. */
export interface ObjectAddress {
  /** Its prefix is the folder before the first wildcard. */
  readonly storage: ResolvedStorage;
  /** Below the prefix: a key, or a glob. */
  readonly pattern: string;
}

const scheme = /^(s3|gs|gcs|azure|wasbs|abfss):\/\//i;

/** Whether a path names objects of a store instead of files. */
export function isObjectUri(path: string): boolean {
  return scheme.test(path);
}

/**
 * What `s3://bucket/live/*.parquet` and the like name. Address, region and style of the workspace's own storage hold for
 * its other buckets too. Answers a text that says what is wrong where nothing can be made of it.
 */
export function resolveObjects(uri: string, configured: ResolvedStorage | string): ObjectAddress | string {
  const cut = folderLength(uri);
  const target = targetOfUri(uri.slice(0, cut), '/');
  if (typeof target === 'string') return target;
  const pattern = uri.slice(cut).replace(/^\/+/, '');
  const isNowhere = 'bucket' in target && target.bucket === '';
  if (target.type === 'local' || pattern === '' || isNowhere)
    return `“${uri}” names no object: write ${uri.replace(/\/?$/, '/')}*.parquet.`;
  const own = typeof configured === 'string' ? null : configured;
  const known = own?.target;
  if (target.type === 's3' && known?.type === 's3') {
    const { region, endpoint, forcePathStyle } = known;
    return address({ ...target, region, endpoint, forcePathStyle }, own?.consent ?? 'ask', pattern);
  }
  if (known && known.type !== 'local' && known.type === target.type && isSameAccount(target, known)) {
    return address({ ...target, endpoint: known.endpoint }, own?.consent ?? 'ask', pattern);
  }
  return address(target, 'ask', pattern);
}

type Remote = Exclude<ResolvedStorage['target'], { type: 'local' }>;

function isSameAccount(target: Remote, known: Remote): boolean {
  return target.type !== 'azure' || (known.type === 'azure' && known.account === target.account);
}

/** The address comes from a file or a command line; where it leads to the configured server, that one's consent holds. */
function address(target: Remote, consent: ResolvedStorage['consent'], pattern: string): ObjectAddress | string {
  const url = URL.parse(target.endpoint ?? ownEndpoint(target));
  if (url === null || !/^https?:$/.test(url.protocol)) return `“${target.endpoint}” is no web address.`;
  return { storage: { target, origin: url.origin, consent: target.endpoint === null ? 'ask' : consent }, pattern };
}

/** Up to the slash before the name, or before the first part with a wildcard. */
function folderLength(uri: string): number {
  const wildcard = uri.search(/[*?[{]/);
  return uri.lastIndexOf('/', wildcard < 0 ? uri.length : wildcard) + 1;
}
