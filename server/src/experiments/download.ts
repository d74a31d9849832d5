import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { lstat, mkdir, realpath } from 'node:fs/promises';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { errorCode } from '../platform/error-code.ts';
import { FailureError } from '../platform/failure.ts';
import { unwritable, writeFileWhole } from '../platform/write-file.ts';
import type { ArtifactInfo, ArtifactSource } from './artifact-source.ts';

export interface DownloadOptions {
  /** Of the run's artifacts; empty is all of them. */
  readonly path: string;
  /** Absolute. A file is written to this very path, the files of a folder below it. */
  readonly target: string;
  /** Replace files that are there; without it, one with other contents is an `input` failure. */
  readonly overwrite: boolean;
  readonly signal?: AbortSignal;
  /** `files` of `total` are done. */
  readonly onProgress?: (progress: { path: string; files: number; total: number; bytes: number }) => void;
}

/**
 * Copies a file or a folder of artifacts. Never writes outside of `target`: names that lead out of it, and links within
 * it that do, are `input` failures. Every file appears whole or not at all; those done before a failure stay.
 */
export async function downloadArtifacts(
  source: ArtifactSource,
  options: DownloadOptions,
): Promise<{ files: number; bytes: number }> {
  const { path, target, signal, onProgress } = options;
  const root = path === '' || (await source.stat(path, signal)).isDirectory;
  const places = root ? await placesBelow(source, options) : [{ path, file: resolve(target) }];
  if (!options.overwrite) await refuseOthers(source, places, signal);
  let bytes = 0;
  for (const [files, place] of places.entries()) {
    onProgress?.({ path: place.path, files, total: places.length, bytes });
    if (root) await makeFolderWithin(resolve(target), dirname(place.file));
    const stream = await source.read(place.path, signal);
    try {
      bytes += (await writeFileWhole(place.file, stream, signal)).bytes;
    } finally {
      stream.destroy();
    }
  }
  return { files: places.length, bytes };
}

interface Place {
  readonly path: string;
  readonly file: string;
}

const deepest = 100;

async function placesBelow(source: ArtifactSource, options: DownloadOptions): Promise<Place[]> {
  const target = resolve(options.target);
  const files: Place[] = [];
  const visit = async (folder: string, depth: number): Promise<void> => {
    if (depth > deepest) throw new FailureError('input', `The artifacts are nested more than ${deepest} folders deep.`);
    for (const entry of await source.list(folder, options.signal)) {
      options.signal?.throwIfAborted();
      if (entry.isDirectory) await visit(entry.path, depth + 1);
      else files.push({ path: entry.path, file: placeOf(entry, options.path, target) });
    }
  };
  await visit(options.path, 0);
  return files;
}

function placeOf(entry: ArtifactInfo, from: string, target: string): string {
  const start = from === '' ? '' : `${from.replace(/\/+$/, '')}/`;
  const parts = entry.path.slice(start.length).split('/');
  const isInside = entry.path.startsWith(start) && parts.every(isPlainName);
  if (!isInside) throw leadsOut(entry.path);
  return join(target, ...parts);
}

function isPlainName(name: string): boolean {
  if (name === '' || name === '.' || name === '..' || name.includes('\0')) return false;
  return process.platform !== 'win32' || !/[\\/:*?"<>|]|[. ]$|^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i.test(name);
}

/** Makes a folder whose every part is within `target`, whatever links lie there. */
async function makeFolderWithin(target: string, folder: string): Promise<void> {
  await mkdir(target, { recursive: true }).catch((error: unknown) => {
    throw unwritable(target, error);
  });
  const realTarget = await realpath(target);
  let current = realTarget;
  for (const part of relative(target, folder).split(sep)) {
    if (part === '') continue;
    current = join(current, part);
    await mkdir(current).catch((error: unknown) => {
      if (errorCode(error) !== 'EEXIST') throw unwritable(current, error);
    });
    const real = await realpath(current);
    if (real !== realTarget && !real.startsWith(realTarget + sep)) throw leadsOut(folder);
    current = real;
  }
}

function leadsOut(path: string): FailureError {
  return new FailureError(
    'input',
    `“${path}” leads out of the folder to download to, or is no name this system knows.`,
    {
      remedy: 'Download the other files one by one, or to another place.',
    },
  );
}

async function refuseOthers(source: ArtifactSource, places: readonly Place[], signal?: AbortSignal): Promise<void> {
  for (const { path, file } of places) {
    const present = await lstat(file).catch(() => null);
    if (present === null) continue;
    if (present.isFile() && (await haveSameContents(source, path, { file, ...(signal ? { signal } : {}) }))) continue;
    throw new FailureError('input', `${file} is there already, with other contents.`, {
      remedy: 'Choose another place, or move that file away.',
    });
  }
}

async function haveSameContents(
  source: ArtifactSource,
  path: string,
  options: { file: string; signal?: AbortSignal },
): Promise<boolean> {
  const stream = await source.read(path, options.signal);
  try {
    return (await digest(stream)) === (await digest(createReadStream(options.file)));
  } finally {
    stream.destroy();
  }
}

async function digest(stream: AsyncIterable<Uint8Array>): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of stream) hash.update(chunk);
  return hash.digest('hex');
}
