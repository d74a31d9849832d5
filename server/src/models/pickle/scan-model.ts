import { closeSync, createReadStream, createWriteStream, fstatSync, openSync, readSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createInflate } from 'node:zlib';
import type { ModelFile } from '#schemas/domain/model-version.ts';
import type { PickleFile, PickleReport } from '#schemas/domain/pickle-report.ts';
import { type ByteSource, bytesSource } from './byte-reader.ts';
import { formOf, headBytes, isPickleName } from './recognize.ts';
import { type PickleName, scanPickles, unreadable, worst } from './scan-bytes.ts';
import { openZip, type ZipMember } from './zip.ts';

export interface ScanOptions {
  readonly signal?: AbortSignal | undefined;
}

/** Unpacked, an archive in an archive, or a bomb. */
const largestUnpacked = 16 * 1024 ** 3;
const inMemory = 32 * 1024 * 1024;
const deepest = 2;

/**
 * Says what the pickles among a model’s files would import, without unpickling any. Looks into zip archives (PyTorch,
 * Keras, `.npz`), numpy’s object arrays, joblib’s files, gzip and zlib; files are recognised by what is in them, so that
 * another name hides nothing. What can’t be looked into and has the name of a pickle is `unreadable`.
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
  const descriptor = openSync(file, 'r');
  try {
    const source = fileSource(descriptor);
    const head = Buffer.alloc(headBytes);
    const form = formOf(head.subarray(0, source.read(head, 0)));
    if (form === 'zip') return await scanZip(name, file, course);
    if (form === 'gzip' || form === 'zlib') {
      const unpack = form === 'gzip' ? createGunzip() : createInflate();
      return await scanStream(name, createReadStream(file).pipe(unpack), course);
    }
    return await scanSource(name, source, { form, signal: course.signal });
  } finally {
    closeSync(descriptor);
  }
}

async function scanSource(
  name: PickleName,
  source: ByteSource,
  { form, signal }: { form: ReturnType<typeof formOf>; signal: AbortSignal | undefined },
): Promise<PickleFile[]> {
  if (form === 'opaque') {
    const isWanted = isPickleName(name.member ?? name.path);
    return isWanted ? [unreadable(name, 'It is packed in a way that is not looked into.')] : [];
  }
  if (form === 'numpy') {
    const start = objectsOf(source);
    if (start === null) return [];
    return listed(await scanPickles(name, source, { isMarked: true, start, signal }));
  }
  return listed(await scanPickles(name, source, { isMarked: form === 'pickle', signal }));
}

function listed(file: PickleFile | null): PickleFile[] {
  return file === null ? [] : [file];
}

/** Where the pickle of a numpy file’s objects begins; null where its elements are plain. */
function objectsOf(source: ByteSource): number | null {
  const head = Buffer.alloc(64 * 1024);
  const length = source.read(head, 0);
  const wide = (head[6] ?? 1) >= 2;
  const start = wide ? 12 : 10;
  const size = wide ? head.readUInt32LE(8) : head.readUInt16LE(8);
  const header = head.toString('latin1', start, Math.min(length, start + size));
  // `descr` is `'|O'`, or a list of fields of which one may be.
  return /['"][<>|=]?O\d*['"]/.test(header) ? start + size : null;
}

async function scanZip(name: PickleName, file: string, course: Course): Promise<PickleFile[]> {
  if (course.depth >= deepest) return [unreadable(name, 'It is an archive in an archive in an archive.')];
  const found: PickleFile[] = [];
  try {
    for await (const member of openZip(file)) {
      course.signal?.throwIfAborted();
      const place = { path: name.path, member: name.member === null ? member.name : `${name.member}/${member.name}` };
      found.push(...(await scanMember(place, member, course)));
    }
  } catch (error) {
    course.signal?.throwIfAborted();
    found.push(unreadable(name, `The archive is damaged: ${error instanceof Error ? error.message : String(error)}`));
  }
  return found;
}

async function scanMember(name: PickleName, member: ZipMember, course: Course): Promise<PickleFile[]> {
  if (member.isEncrypted) return [unreadable(name, 'It is encrypted.')];
  return scanStream(name, await member.open(), course);
}

/** Scans what has to be unpacked: small things in memory, others by way of a file that is gone afterwards. */
async function scanStream(name: PickleName, stream: Readable, course: Course): Promise<PickleFile[]> {
  const folder = await mkdtemp(join(tmpdir(), 'mlops-scan-'));
  const file = join(folder, 'unpacked');
  try {
    const head = await unpack(stream, file);
    if (head !== null) return await scanHead(name, head, course);
    return await scanFile(name, file, { ...course, depth: course.depth + 1 });
  } catch (error) {
    course.signal?.throwIfAborted();
    return [unreadable(name, `It can’t be unpacked: ${error instanceof Error ? error.message : String(error)}`)];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The bytes, where they are few; else they are in the file. */
async function unpack(stream: Readable, file: string): Promise<Buffer | null> {
  const chunks: Buffer[] = [];
  let size = 0;
  const spill = new Transform({
    transform(chunk: Buffer, _, done) {
      size += chunk.length;
      if (size > largestUnpacked) done(new Error('it is larger than 16 GB'));
      else done(null, chunk);
    },
  });
  const source = stream.pipe(spill);
  stream.on('error', (error) => spill.destroy(error));
  const iterator: AsyncIterator<Buffer> = source[Symbol.asyncIterator]();
  for (;;) {
    const { done, value } = await iterator.next();
    if (done === true) return Buffer.concat(chunks);
    chunks.push(value);
    if (size > inMemory) break;
  }
  await pipeline(async function* () {
    yield* chunks;
    for (;;) {
      const { done, value } = await iterator.next();
      if (done === true) return;
      yield value;
    }
  }, createWriteStream(file));
  return null;
}

async function scanHead(name: PickleName, bytes: Buffer, course: Course): Promise<PickleFile[]> {
  const form = formOf(bytes);
  if (form === 'zip' || form === 'gzip' || form === 'zlib') {
    return isPickleName(name.member ?? name.path) ? [unreadable(name, 'It is an archive in an archive.')] : [];
  }
  const found = await scanSource(name, bytesSource(bytes), { form, signal: course.signal });
  return [...found, ...lambdaLayers(name, bytes)];
}

/** Keras keeps the code of Lambda layers in its configuration, as marshalled Python. */
function lambdaLayers(name: PickleName, bytes: Buffer): PickleFile[] {
  if (!/(?:^|\/)config\.json$/.test(name.member ?? '')) return [];
  const offset = bytes.toString('latin1').search(/"class_name"\s*:\s*"Lambda"/);
  if (offset < 0) return [];
  const detail = 'Loading the model makes a function of the Python code in it.';
  return [
    {
      ...name,
      verdict: 'dangerous',
      findings: [{ offset, opcode: '', name: 'keras Lambda layer', verdict: 'dangerous', detail }],
    },
  ];
}

function fileSource(descriptor: number): ByteSource {
  const { size } = fstatSync(descriptor);
  return { size, read: (buffer, offset) => readSync(descriptor, buffer, 0, buffer.length, offset) };
}
