import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { PickleReport } from '#schemas/domain/pickle-report.ts';
import { judgePickles } from '#server/models/pickle/pickle-policy.ts';
import { scanModel } from '#server/models/pickle/scan-model.ts';

async function scan(files: Readonly<Record<string, Uint8Array | string>>): Promise<PickleReport> {
  const folder = await mkdtemp(join(tmpdir(), 'mlops-pickles-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  for (const [path, content] of Object.entries(files)) await writeFile(join(folder, path), content);
  return scanModel(
    folder,
    Object.keys(files).map((path) => ({ path })),
  );
}

const bytes = (...parts: (number | string | Uint8Array)[]): Buffer =>
  Buffer.concat(
    parts.map((part) => {
      if (typeof part === 'number') return Buffer.from([part]);
      return typeof part === 'string' ? Buffer.from(part, 'latin1') : Buffer.from(part);
    }),
  );
const short = (text: string) => bytes(0x8c, text.length, text);
const proto = (version: number) => bytes(0x80, version);
const stop = '.';

/** A zip archive of stored or deflated members; `crc` false writes wrong checksums, which PyTorch does not look at. */
function zip(members: Readonly<Record<string, Buffer>>, { deflated = false, crc = true } = {}): Buffer {
  const locals: Buffer[] = [];
  const central: Buffer[] = [];
  let offset = 0;
  for (const [name, content] of Object.entries(members)) {
    const data = deflated ? deflateRawSync(content) : content;
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(deflated ? 8 : 0, 4);
    common.writeUInt32LE(crc ? crc32(content) : 1, 10);
    common.writeUInt32LE(data.length, 14);
    common.writeUInt32LE(content.length, 18);
    common.writeUInt16LE(Buffer.byteLength(name), 22);
    const local = Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), common, Buffer.from(name), data]);
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE(offset, 10);
    central.push(Buffer.concat([Buffer.from('PK\x01\x02\x14\x00', 'latin1'), common, tail, Buffer.from(name)]));
    locals.push(local);
    offset += local.length;
  }
  const directory = Buffer.concat(central);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 0, 'latin1');
  end.writeUInt16LE(central.length, 8);
  end.writeUInt16LE(central.length, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...locals, directory, end]);
}

const system = bytes(
  proto(2),
  'cposix\nsystem\n',
  'X',
  [2, 0, 0, 0].map((n) => String.fromCharCode(n)).join(''),
  'ls',
  0x85,
  'R',
  stop,
);
/** A file of numpy with elements as `descr` says. */
function npy(descr: string, data: Uint8Array): Buffer {
  const header = `{'descr': ${descr}, 'fortran_order': False, 'shape': (1,), }\n`;
  return bytes(0x93, 'NUMPY', 1, 0, header.length & 0xff, header.length >> 8, header, data);
}
/** What joblib writes before the bytes of an array, which pickle itself would take for opcodes. */
function arrayOf(count: number, rest: Uint8Array, padding: Uint8Array = bytes()): Buffer {
  const attributes = [
    ...[short('shape'), bytes('K', count, 0x85)],
    ...[short('dtype'), bytes('cnumpy\ndtype\n', short('u1'), 0x85, 'R')],
    ...(padding.length > 0 ? [short('numpy_array_alignment_bytes'), bytes('K\x10')] : []),
  ];
  const wrapper = bytes('cjoblib.numpy_pickle\nNumpyArrayWrapper\n', ')', 0x81);
  return bytes(proto(4), wrapper, '}(', ...attributes, 'ub', padding, rest);
}
const swapped = (content: Buffer, from: string, to: string) =>
  Buffer.from(content.toString('latin1').replace(from, to), 'latin1');
const stackGlobal = (module: string, name: string) => bytes(proto(4), short(module), short(name), 0x93, stop);

const attacks: readonly (readonly [string, Readonly<Record<string, Uint8Array | string>>, string])[] = [
  ['a call in protocol 0', { 'm.pkl': "cos\nsystem\n(S'ls'\ntR." }, 'os.system'],
  ['a call in protocol 2', { 'm.pkl': system }, 'posix.system'],
  ['INST', { 'm.pkl': "(S'ls'\nios\nsystem\n." }, 'os.system'],
  ['OBJ', { 'm.pkl': "(cos\nsystem\nS'ls'\no." }, 'os.system'],
  ['a name from the stack', { 'm.pkl': stackGlobal('subprocess', 'Popen') }, 'subprocess.Popen'],
  [
    'a name from the memo',
    { 'm.pkl': bytes(proto(4), short('os'), 0x94, '0', short('system'), 0x94, '0', 'h\x00', 'h\x01', 0x93, stop) },
    'os.system',
  ],
  [
    'a name that was doubled',
    { 'm.pkl': bytes(proto(4), short('exec'), '0', short('builtins'), short('exec'), 0x93, stop) },
    'builtins.exec',
  ],
  ['a name that nobody can follow', { 'm.pkl': bytes(proto(4), 'Pa\nPb\n', 0x93, stop) }, 'hidden import'],
  [
    'a name with dots (getattr in disguise)',
    { 'm.pkl': stackGlobal('collections', 'abc.sys.modules') },
    'collections.abc.sys.modules',
  ],
  ['eval', { 'm.pkl': stackGlobal('builtins', 'eval') }, 'builtins.eval'],
  ['eval of Python 2', { 'm.pkl': 'c__builtin__\neval\n.' }, '__builtin__.eval'],
  ['getattr', { 'm.pkl': stackGlobal('builtins', 'getattr') }, 'builtins.getattr'],
  ['an import', { 'm.pkl': stackGlobal('importlib', 'import_module') }, 'importlib.import_module'],
  ['pip', { 'm.pkl': stackGlobal('pip', 'main') }, 'pip.main'],
  ['runpy', { 'm.pkl': stackGlobal('runpy', '_run_code') }, 'runpy._run_code'],
  [
    'asyncio',
    { 'm.pkl': stackGlobal('asyncio.unix_events', '_UnixSubprocessTransport') },
    'asyncio.unix_events._UnixSubprocessTransport',
  ],
  [
    'a function of a library for tests',
    { 'm.pkl': stackGlobal('numpy.testing._private.utils', 'runstring') },
    'numpy.testing._private.utils.runstring',
  ],
  ['an attribute getter', { 'm.pkl': stackGlobal('operator', 'methodcaller') }, 'operator.methodcaller'],
  ['a profiler', { 'm.pkl': stackGlobal('cProfile', 'run') }, 'cProfile.run'],
  ['a debugger', { 'm.pkl': stackGlobal('bdb', 'Bdb') }, 'bdb.Bdb'],
  ['a timer of code', { 'm.pkl': stackGlobal('timeit', 'timeit') }, 'timeit.timeit'],
  [
    'a module below one that is harmful',
    { 'm.pkl': stackGlobal('multiprocessing.util', 'spawnv_passfds') },
    'multiprocessing.util.spawnv_passfds',
  ],
  ['another pickle', { 'm.pkl': stackGlobal('pickle', 'loads') }, 'pickle.loads'],
  ['another name than a pickle has', { 'model.bin': system }, 'posix.system'],
  ['no name at all that says so, in protocol 0', { weights: "cos\nsystem\n(S'ls'\ntR." }, 'os.system'],
  ['damage behind the harm', { 'm.pkl': bytes(system.subarray(0, -1), 0xff) }, 'posix.system'],
  ['an end that is missing', { 'm.pkl': system.subarray(0, -1) }, 'posix.system'],
  ['a second pickle behind a harmless one', { 'm.pkl': bytes(proto(2), 'N.', system) }, 'posix.system'],
  ['a pickle within its bytes', { 'm.pkl': bytes(proto(4), 'C', system.length, system, stop) }, 'posix.system'],
  [
    'an archive of PyTorch',
    { 'm.pt': zip({ 'archive/data.pkl': system, 'archive/data/0': Buffer.alloc(8) }) },
    'posix.system',
  ],
  [
    'an archive that is compressed',
    { 'm.pt': zip({ 'archive/data.pkl': system }, { deflated: true }) },
    'posix.system',
  ],
  ['an archive with wrong checksums', { 'm.pt': zip({ 'archive/data.pkl': system }, { crc: false }) }, 'posix.system'],
  ['a member of another name', { 'm.pt': zip({ 'archive/notes.txt': system }) }, 'posix.system'],
  ['gzip', { 'm.joblib': gzipSync(system) }, 'posix.system'],
  ['zlib', { 'm.joblib': deflateSync(system) }, 'posix.system'],
  ['objects of numpy', { 'm.npy': bytes(0x93, 'NUMPY', 1, 0, 20, 0, "{'descr': '|O'}    \n", system) }, 'posix.system'],
  [
    'a layer of Keras',
    { 'm.keras': zip({ 'config.json': Buffer.from('{"layers": [{"class_name": "Lambda"}]}') }) },
    'keras Lambda layer',
  ],
  ['objects of numpy, spelt otherwise', { 'm.npy': npy("'\\x4f'", system) }, 'posix.system'],
  ['objects of numpy in a field', { 'm.npy': npy("[('a', 'object')]", system) }, 'posix.system'],
  [
    'what joblib would take for an array',
    { 'm.pkl': arrayOf(17, bytes('cos\nsystem\n(tR0N', stop, stop)) },
    'os.system',
  ],
  [
    'what joblib would take for padding',
    { 'm.pkl': arrayOf(1, bytes(0, stop), bytes('(cos\nsystem\n(tR', Buffer.alloc(60, '0'))) },
    'os.system',
  ],
  ['code behind an array', { 'm.joblib': arrayOf(3, bytes(0, 0, 0, 'cos\nsystem\n(tR', stop)) }, 'os.system'],
  ['a class that is changed', { 'm.pkl': bytes('ccollections\nOrderedDict\n', '}b', stop) }, 'changed class'],
  [
    'a hundred others before it',
    {
      'm.pkl': bytes(
        proto(4),
        ...Array.from({ length: 150 }, (_, index) => bytes(`cacme\nA${index}\n0`)),
        'cos\nsystem\n.',
      ),
    },
    'os.system',
  ],
  ['harm behind a long line', { weights: bytes("S'", 'a'.repeat(2_000_000), "'\n0cos\nsystem\n(tR.") }, 'os.system'],
  ['a harmless pickle before it, in a file of no name', { weights: bytes('N.', 'cos\nsystem\n(tR.') }, 'os.system'],
  ['a member with the name of a folder', { 'm.npz': zip({ 'a/': system }) }, 'posix.system'],
  ['an archive in an archive', { 'm.zip': zip({ 'inner.bin': zip({ 'data.pkl': system }) }) }, 'posix.system'],
  ['gzip without an end', { 'm.joblib': gzipSync(bytes(system, Buffer.alloc(500))).subarray(0, -12) }, 'posix.system'],
  [
    'a layer of Keras, spelt otherwise',
    { 'm.keras': zip({ 'config.json': Buffer.from('{"class_name": "\\u004cambda"}') }) },
    'keras Lambda layer',
  ],
  [
    'a function that Keras would import',
    {
      'm.keras': zip({
        'config.json': Buffer.from('{"module": "os", "class_name": "function", "config": "system"}'),
      }),
    },
    'os.system',
  ],
  [
    'a layer in HDF5',
    { 'm.h5': bytes(0x89, 'HDF\r\n\x1a\n', Buffer.alloc(5_000_000), '{"class_name": "Lambda"}') },
    'keras Lambda layer',
  ],
  [
    'a name of control characters',
    { 'm.pkl': bytes(proto(4), short('o\x08os'), short('system'), 0x93, stop) },
    'o\bos.system',
  ],
];

describe('a pickle that would do harm', () => {
  for (const [what, files, name] of attacks) {
    it(`is found, and named, by ${what}`, async () => {
      const report = await scan(files);
      expect(report.verdict).toBe('dangerous');
      const findings = report.files.flatMap((file) => file.findings).filter(({ verdict }) => verdict === 'dangerous');
      expect(findings.map((finding) => finding.name)).toContain(name);
      expect(judgePickles(report, 'scan')).toMatchObject({ safe: false, detail: expect.stringContaining('dangerous') });
    });
  }
});

describe('what can’t be judged', () => {
  it.each([
    ['an extension code', bytes(proto(2), 0x82, 1, stop), 'suspicious'],
    ['a class that nobody knows', stackGlobal('acme.models', 'Churn'), 'suspicious'],
    ['a pickle that ends in the middle', bytes(proto(4), short('a')), 'unreadable'],
    ['an opcode that there is not', bytes(proto(4), 0xff, stop), 'unreadable'],
    ['a length beyond the file', bytes(proto(4), 'B', 0xff, 0xff, 0xff, 0x7f, stop), 'unreadable'],
    ['a stack that is empty', bytes(proto(4), 'R', stop), 'unreadable'],
    ['xz', bytes(0xfd, '7zXZ\x00'), 'unreadable'],
    ['lzma', bytes(']\x00\x00\x80\x00'), 'unreadable'],
    ['7z', bytes('7z', 0xbc, 0xaf, 0x27, 0x1c), 'unreadable'],
    ['a damaged archive', zip({ 'data.pkl': system }).subarray(0, 40), 'unreadable'],
    ['an empty file', Buffer.alloc(0), 'unreadable'],
    ['a memo that is numbered as Python reads but does not write', "S'a'\np1_0\n.", 'unreadable'],
    ['an array of no size', swapped(arrayOf(1, bytes(0, stop)), 'shape', 'share'), 'unreadable'],
    ['a beginning that fills the memory', Buffer.alloc(1_000_001, '('), 'unreadable'],
    ['an archive behind something else', bytes('#!/bin/sh\n', zip({ 'config.json': Buffer.from('{}') })), 'unreadable'],
    ['a file of numpy without its contents', bytes(0x93, 'NUMPY', 1, 0, 200, 0, "{'descr': '|O'"), 'unreadable'],
    ['a partial function', stackGlobal('functools', 'partial'), 'suspicious'],
  ])('is not called safe: %s', async (_, content, verdict) => {
    const report = await scan({ 'm.pkl': content });
    expect(report.verdict).toBe(verdict);
    expect(judgePickles(report, 'scan').safe).toBe(false);
  });
});

describe('what is packed in unknown ways', () => {
  it('is told of, whatever its name, unless the name is that of data', async () => {
    const packed = { weights: bytes(']\x00\x00\x80\x00'), 'a.bin': bytes('BZh9'), 'b.csv.bz2': bytes('BZh9') };
    const { verdict, files } = await scan(packed);
    expect(verdict).toBe('unreadable');
    expect(files.map(({ path }) => path)).toEqual(['weights', 'a.bin']);
  });
});

describe('what is no pickle', () => {
  it('is left alone', async () => {
    const report = await scan({
      'requirements.txt': 'cloudpickle==3\nnumpy\n',
      'README.md': '# Model\n',
      'weights.bin': Buffer.from(Float32Array.from({ length: 1_000 }, Math.sin).buffer),
      'plain.npy': npy("'<f8'", Buffer.alloc(16)),
      'fields.npy': npy("[('a', '<f8'), ('when', '<M8[ns]'), ('point', '<f4', (2,))]", Buffer.alloc(24)),
      'model.h5': bytes(0x89, 'HDF\r\n\x1a\n', 'Lambda "class_name": "Dense"'),
      'model.keras': zip({
        'config.json': Buffer.from('{"module": "keras.layers", "class_name": "Dense", "config": {"name": "Lambda"}}'),
      }),
      'rows.csv.xz': bytes(0xfd, '7zXZ\x00'),
      'data.zip': zip({ 'a.csv': Buffer.from('a,b\n1,2\n') }),
      'notes.gz': gzipSync('compressed text\n'),
    });
    expect(report).toEqual({ verdict: null, files: [] });
    expect(judgePickles(report, 'forbid').safe).toBe(true);
  });
});

describe('any bytes', () => {
  it('are scanned to an answer', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), fc.boolean(), async (content, isMarked) => {
        const report = await scan({ 'm.pkl': isMarked ? bytes(proto(4), content) : content });
        expect(
          report.verdict === null || ['safe', 'suspicious', 'unreadable', 'dangerous'].includes(report.verdict),
        ).toBe(true);
      }),
      { numRuns: 150 },
    );
  });

  it('never hide a call by a change elsewhere', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 40 }), async (tail) => {
        expect((await scan({ 'm.pkl': bytes(system.subarray(0, -1), tail) })).verdict).toBe('dangerous');
      }),
      { numRuns: 60 },
    );
  });
});
