import { createReadStream, type Dirent, type Stats } from 'node:fs';
import { readdir, realpath, stat } from 'node:fs/promises';
import { join, resolve, sep } from 'node:path';
import type { Readable } from 'node:stream';
import { FailureError } from '../../../platform/failure.ts';
import type { ArtifactInfo, ArtifactRoot, ArtifactSource } from '../../artifact-source.ts';
import { artifactPath, noSuchArtifact, sortArtifacts } from '../shared/artifact-path.ts';
import { artifactFolders, schemeOf, unsupportedScheme } from './location.ts';

/** Opens the artifacts of a run in a folder of this machine; see {@link ArtifactRoot} for where it looks. */
export function openLocalArtifacts(root: ArtifactRoot): ArtifactSource {
  let found: Promise<string | null> | null = null;
  const folder = async (): Promise<string | null> => {
    found ??= findFolder(root);
    const answer = await found;
    // Artifacts may still be logged: an absent folder is looked for again.
    if (answer === null) found = null;
    return answer;
  };
  return {
    async list(path, signal) {
      signal?.throwIfAborted();
      const inside = artifactPath(path);
      const top = await folder();
      if (top === null && inside === '') return [];
      const { real, stats } = await locate(top, inside);
      if (!stats.isDirectory()) throw new FailureError('input', `“${inside}” is a file, not a folder.`);
      const entries = await readdir(real, { withFileTypes: true });
      signal?.throwIfAborted();
      const infos = await Promise.all(entries.map((entry) => describe(top ?? real, inside, entry)));
      return sortArtifacts(infos.filter((info) => info !== null));
    },

    async stat(path, signal) {
      signal?.throwIfAborted();
      const inside = artifactPath(path);
      const top = await folder();
      if (top === null && inside === '') return { path: '', isDirectory: true, size: null };
      const { stats } = await locate(top, inside);
      return info(inside, stats);
    },

    async read(path, signal): Promise<Readable> {
      signal?.throwIfAborted();
      const inside = artifactPath(path);
      const { real, stats } = await locate(await folder(), inside);
      if (!stats.isFile()) throw new FailureError('input', `“${inside}” is no file that can be read.`);
      return createReadStream(real, signal ? { signal } : {});
    },
  };
}

async function findFolder(root: ArtifactRoot): Promise<string | null> {
  const folders = artifactFolders(root);
  const scheme = root.uri === null ? null : schemeOf(root.uri);
  const elsewhere = scheme !== null && scheme !== 'file';
  for (const folder of folders) {
    const real = await realpath(folder).catch(() => null);
    // MLflow makes an empty folder beside a run whose artifacts go to a cloud: it tells nothing.
    if (real !== null && !(elsewhere && (await isEmpty(real)))) return real;
  }
  if (elsewhere) throw unsupportedScheme(scheme);
  const wanted = folders[0];
  // MLflow makes the folder with the first artifact: while the project it would lie in is here, there is none yet.
  if (wanted === undefined || (await exists(resolve(wanted, '../../../..')))) return null;
  throw new FailureError('not-found', `The artifacts of this run lie in ${wanted}, which is not on this machine.`, {
    remedy: 'Copy the folder here, or open the store on the machine that has it.',
  });
}

async function locate(top: string | null, inside: string): Promise<{ real: string; stats: Stats }> {
  if (top === null) throw noSuchArtifact(inside);
  try {
    const real = await realpath(join(top, inside));
    if (real !== top && !real.startsWith(top.endsWith(sep) ? top : top + sep)) throw leaves(inside);
    return { real, stats: await stat(real) };
  } catch (error) {
    throw asFailure(error, inside);
  }
}

/** null for what is listed but can't be shown: a broken link, one that leaves the root, something vanished meanwhile. */
async function describe(top: string, folder: string, entry: Dirent): Promise<ArtifactInfo | null> {
  const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
  if (entry.isDirectory()) return { path, isDirectory: true, size: null };
  if (!entry.isFile() && !entry.isSymbolicLink()) return null;
  const found = await locate(top, path).catch(() => null);
  return found === null ? null : info(path, found.stats);
}

function info(path: string, stats: Stats): ArtifactInfo {
  const isDirectory = stats.isDirectory();
  return { path, isDirectory, size: isDirectory ? null : stats.size };
}

function leaves(path: string): FailureError {
  return new FailureError('input', `“${path}” is a link that leads out of the run’s artifacts.`);
}

function asFailure(error: unknown, path: string): unknown {
  if (!(error instanceof Error) || !('code' in error)) return error;
  if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return noSuchArtifact(path);
  if (error.code === 'EACCES' || error.code === 'EPERM') {
    return new FailureError('permission', `The artifact “${path}” can’t be read: access is denied.`, { cause: error });
  }
  return new FailureError('corrupt', `The artifact “${path}” can’t be read: ${error.message}`, { cause: error });
}

async function isEmpty(folder: string): Promise<boolean> {
  return (await readdir(folder).catch(() => [])).length === 0;
}

function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
