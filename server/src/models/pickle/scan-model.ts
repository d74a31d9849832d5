import { closeSync, createReadStream, fstatSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import type { ModelFile } from '#schemas/domain/model-version.ts';
import type { PickleFile, PickleReport } from '#schemas/domain/pickle-report.ts';
import { type ByteSource, bytesSource } from './byte-reader.ts';
import { isKerasConfig, lambdaLayer, mentionsLambda, scanKerasConfig } from './keras-config.ts';
import { objectsOf } from './numpy-header.ts';
import { endsAsZip, type Form, formOf, headBytes, isDataName, isPickleName } from './recognize.ts';
import { isSurelyNone, type PickleName, scanPickles, unreadable, worst } from './scan-bytes.ts';
import { inflated, messageOf, readBeginning, spooled } from './unpack.ts';
import { openZip, type ZipMember } from './zip.ts';

export interface ScanOptions {
  readonly signal?: AbortSignal | undefined;
}

/** Archives in archives are followed so far. */
const deepest = 3;
/** A zip archive's end, with the longest comment. */
const tailBytes = 22 + 65_535;

/**
 * Says what the pickles among a model’s files would import, without unpickling any. Looks into zip archives (PyTorch,
 * Keras, `.npz`), numpy’s object arrays, joblib’s files, gzip and zlib, and for Lambda layers of Keras; files are recognised by what is in them, so that
 * another name hides nothing. What can’t be looked into is `unreadable`.
 */
export async function scanModel(
  directory: string,
  files: readonly Pick<ModelFile, 'path'>[],
  { signal }: ScanOptions = {},
): Promise<PickleReport> {
  const found: PickleFile[] = [];
  for (const { path } of files) {
    signal?.throwIfAborted();
    found.push(...(await scanFile({ path, member: null }, join(directory, path), { depth: 0, signal })));
  }
  return { verdict: worst(found.map(({ verdict }) => verdict)), files: found };
}

interface Course {
  readonly depth: number;
  readonly signal: AbortSignal | undefined;
}

async function scanFile(name: PickleName, file: string, course: Course): Promise<PickleFile[]> {
  let descriptor: number;
  try {
    descriptor = openSync(file, 'r');
  } catch (error) {
    return [unreadable(name, `It can’t be opened: ${messageOf(error)}`)];
  }
  try {
    return await scanOpened(name, { file, source: fileSource(descriptor) }, course);
  } finally {
    closeSync(descriptor);
  }
}

interface Opened {
  readonly file: string;
  readonly source: ByteSource;
}

async function scanOpened(name: PickleName, { file, source }: Opened, course: Course): Promise<PickleFile[]> {
  const form = formIn(source);
  if (form === 'zip') return scanZip(name, file, course);
  if (form === 'gzip' || form === 'zlib') return scanStream(name, inflated(createReadStream(file), form), course);
  const found = await scanSource(name, source, { form, signal: course.signal });
  // Keras and others look for an archive from the end, so that it may begin as something else.
  return isZipAtEnd(source) ? [...found, ...(await scanZip(name, file, course))] : found;
}

function formIn(source: ByteSource): Form {
  const head = Buffer.alloc(headBytes);
  return formOf(head.subarray(0, source.read(head, 0)));
}

function isZipAtEnd(source: ByteSource): boolean {
  const tail = Buffer.alloc(Math.min(tailBytes, source.size));
  return endsAsZip(tail.subarray(0, source.read(tail, source.size - tail.length)));
}

async function scanSource(
  name: PickleName,
  source: ByteSource,
  { form, signal }: { readonly form: Form; readonly signal: AbortSignal | undefined },
): Promise<PickleFile[]> {
  if (form === 'opaque') {
    const isData = isDataName(name.member ?? name.path);
    return isData ? [] : [unreadable(name, 'It is packed in a way that is not looked into.')];
  }
  if (form === 'hdf5') return (await hasLambda(source, signal)) ? [lambdaLayer(name)] : [];
  if (form === 'numpy') {
    const start = objectsOf(source);
    return start === null ? [] : listed(await scanPickles(name, source, { isMarked: true, start, signal }));
  }
  return listed(await scanPickles(name, source, { isMarked: form === 'pickle', signal }));
}

function listed(file: PickleFile | null): PickleFile[] {
  return file === null ? [] : [file];
}

/** Files of Keras before its version 3 have the configuration somewhere among the numbers. */
async function hasLambda(source: ByteSource, signal: AbortSignal | undefined): Promise<boolean> {
  const chunk = Buffer.allocUnsafe(4 * 1024 * 1024);
  const overlap = 1024;
  for (let offset = 0; offset < source.size; offset += chunk.length - overlap) {
    if (mentionsLambda(chunk.subarray(0, source.read(chunk, offset)))) return true;
    await turn();
    signal?.throwIfAborted();
  }
  return false;
}

async function scanZip(name: PickleName, archive: string | Buffer, course: Course): Promise<PickleFile[]> {
  const found: PickleFile[] = [];
  try {
    for await (const member of openZip(archive)) {
      course.signal?.throwIfAborted();
      const place = { path: name.path, member: name.member === null ? member.name : `${name.member}/${member.name}` };
      found.push(...(await scanMember(place, member, course)));
    }
  } catch (error) {
    course.signal?.throwIfAborted();
    found.push(unreadable(name, `The archive is damaged: ${messageOf(error)}`));
  }
  return found;
}

async function scanMember(name: PickleName, member: ZipMember, course: Course): Promise<PickleFile[]> {
  if (member.isEncrypted) return [unreadable(name, 'It is encrypted.')];
  try {
    return await scanStream(name, await member.open(), course);
  } catch (error) {
    course.signal?.throwIfAborted();
    return [unreadable(name, `It can’t be unpacked: ${messageOf(error)}`)];
  }
}

/** Scans what has to be unpacked; where that fails, what there was before. */
async function scanStream(name: PickleName, stream: Readable, course: Course): Promise<PickleFile[]> {
  try {
    if (course.depth >= deepest) return [unreadable(name, 'It is an archive within archives.')];
    const inner = { ...course, depth: course.depth + 1 };
    const { bytes, ...beginning } = await readBeginning(stream);
    if (beginning.isWhole) return withFailure(name, await scanBytes(name, bytes, inner), beginning.failure);
    if (isKerasConfig(name)) return [unreadable(name, 'A configuration of that size is not looked into.')];
    const isOdd = formOf(bytes) === 'unknown' && !isPickleName(name.member ?? name.path);
    if (isOdd && (await isSurelyNone(bytes, course.signal))) return [];
    const scan = async (file: string, failure: string | null) =>
      withFailure(name, await scanFile(name, file, inner), failure);
    return await spooled({ bytes, ...beginning }, scan, course.signal);
  } finally {
    stream.destroy();
  }
}

function withFailure(name: PickleName, found: PickleFile[], failure: string | null): PickleFile[] {
  return failure === null ? found : [...found, unreadable(name, `It can’t be unpacked: ${failure}`)];
}

async function scanBytes(name: PickleName, bytes: Buffer, course: Course): Promise<PickleFile[]> {
  const form = formOf(bytes);
  if (form === 'zip') return scanZip(name, bytes, course);
  if (form === 'gzip' || form === 'zlib') return scanStream(name, inflated(Readable.from([bytes]), form), course);
  const found = await scanSource(name, bytesSource(bytes), { form, signal: course.signal });
  return isKerasConfig(name) ? [...found, ...listed(scanKerasConfig(name, bytes))] : found;
}

function fileSource(descriptor: number): ByteSource {
  const { size } = fstatSync(descriptor);
  return { size, read: (buffer, offset) => readSync(descriptor, buffer, 0, buffer.length, offset) };
}
