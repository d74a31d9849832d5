import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ByteReader, bytesSource, EndOfBytes } from '#server/models/pickle/byte-reader.ts';
import { type ReadPickle, readPickle } from '#server/models/pickle/read-pickle.ts';

function read(content: Uint8Array | string): ReadPickle & { readonly end: number } {
  const reader = new ByteReader(bytesSource(typeof content === 'string' ? Buffer.from(content, 'latin1') : content));
  const scan = readPickle(reader);
  for (;;) {
    const next = scan.next();
    if (next.done === true) return { ...next.value, end: reader.position };
  }
}

const told = (content: Uint8Array | string) => read(content).findings.map(({ name, verdict }) => `${name} ${verdict}`);

describe('reading a pickle', () => {
  it('tells where, by what and what it imports, and stops behind the end', () => {
    const { findings, damage, end } = read('cacme\nA\n(cos\nsystem\nt.rest');
    expect(findings).toEqual([
      { offset: 0, opcode: 'GLOBAL', name: 'acme.A', verdict: 'suspicious', detail: expect.any(String) },
      { offset: 9, opcode: 'GLOBAL', name: 'os.system', verdict: 'dangerous', detail: expect.any(String) },
    ]);
    expect(damage).toBeNull();
    expect(end).toBe(22);
  });

  it('tells each name once, however often it is imported', () => {
    expect(told('cacme\nA\n0cacme\nA\n0cacme\nB\n.')).toEqual(['acme.A suspicious', 'acme.B suspicious']);
  });

  it('says nothing of what is harmless', () => {
    expect(read('ccollections\nOrderedDict\n)R.')).toMatchObject({ findings: [], damage: null });
  });

  it.each([
    ['PUT and GET', "S'os'\np7\n0S'system'\np8\n0g7\ng8\n\x93."],
    ['BINPUT and BINGET', '\x8c\x02osq\x070\x8c\x06systemq\x080h\x07h\x08\x93.'],
    [
      'LONG_BINPUT and LONG_BINGET',
      '\x8c\x02osr\x00\x01\x00\x000\x8c\x06systemr\x01\x01\x00\x000j\x00\x01\x00\x00j\x01\x01\x00\x00\x93.',
    ],
    ['MEMOIZE, which counts what is there', "S'x'\np0\n0\x8c\x02os\x940\x8c\x06system\x940h\x01h\x02\x93."],
    ['a place that is used again', '\x8c\x03foo\x94q\x000\x8c\x02osq\x000\x8c\x06systemq\x010h\x00h\x01\x93.'],
    ['DUP and POP', '\x8c\x02os\x8c\x06system20\x93.'],
    ['POP of a mark', '\x8c\x02os\x8c\x06system(0\x93.'],
    ['POP_MARK', '\x8c\x02os\x8c\x06system(K\x01K\x021\x93.'],
  ])('follows names through %s', (_, content) => {
    expect(told(content)).toEqual(['os.system dangerous']);
  });

  it('takes names of Python 2, by their quotes or length', () => {
    expect(told('S\'os\'\nS"system"\n\x93.')).toEqual(['os.system dangerous']);
    expect(told('U\x02osT\x06\x00\x00\x00system\x93.')).toEqual(['os.system dangerous']);
  });

  it('passes over texts and bytes of any length', () => {
    const length = Buffer.alloc(4);
    length.writeUInt32LE(700_000);
    const filler = Buffer.alloc(700_000, 'cos\nsystem\n');
    for (const code of ['X', 'B', 'T']) {
      const content = Buffer.concat([Buffer.from(code), length, filler, Buffer.from('0cacme\nA\n.')]);
      expect(read(content)).toMatchObject({ findings: [{ offset: 700_006, name: 'acme.A' }], damage: null });
    }
  });

  it('names extensions by their number', () => {
    expect(told('\x83\x02\x01.')).toEqual(['extension 258 suspicious']);
  });

  it('looks into bytes that are pickles, also as protocols before 3 write them', () => {
    expect(told('C\x0e\x80\x04cos\nsystem\n..')).toEqual(['os.system dangerous']);
    expect(told('X\x0f\x00\x00\x00\xc2\x80\x04cos\nsystem\n..')).toEqual(['os.system dangerous']);
  });

  it.each([
    ['nothing', '', { isCut: true }],
    ['half a length', 'X\x01', { isCut: true }],
    ['no end', 'N', { isCut: true }],
    ['an end without a value', '.', { isCut: false }],
    ['an unknown opcode', 'N\xff', { isCut: false }],
    ['a tuple without a mark', 'Nt.', { isCut: false }],
    ['a name that is a number', 'K\x01K\x01\x93.', { isCut: false, isLimit: false }],
    ['a memo as Python reads it but never writes it', 'Np 1\n.', { isLimit: true }],
  ])('says what is wrong with %s', (_, content, damage) => {
    expect(read(content).damage).toMatchObject(damage);
  });

  it('ends with the same findings wherever reading in pieces cuts it', () => {
    fc.assert(
      fc.property(fc.integer({ min: 262_100, max: 262_160 }), (length) => {
        const header = Buffer.from('B\x00\x00\x00\x00', 'latin1');
        header.writeUInt32LE(length, 1);
        const content = [
          header,
          Buffer.alloc(length),
          Buffer.from('0\x8c\x02os\x8c\x06system\x93cacme\nA\n.', 'latin1'),
        ];
        expect(told(Buffer.concat(content))).toEqual(['os.system dangerous', 'acme.A suspicious']);
      }),
      { numRuns: 30 },
    );
  });

  it('keeps what was imported before any change behind it', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), (rest) => {
        expect(told(Buffer.concat([Buffer.from('cos\nsystem\n'), rest]))[0]).toBe('os.system dangerous');
      }),
    );
  });
});

describe('the reader of bytes', () => {
  it('gives lines up to any length, of which it keeps the beginning', () => {
    const reader = new ByteReader(bytesSource(Buffer.from(`${'a'.repeat(600_000)}\nnext\n`)));
    expect(reader.line()).toBe('a'.repeat(1_000));
    expect(reader.line()).toBe('next');
    expect(() => reader.line()).toThrow(EndOfBytes);
  });

  it('goes back and forth', () => {
    const reader = new ByteReader(bytesSource(Uint8Array.from({ length: 600_000 }, (_, index) => index % 251)));
    reader.skip(599_999);
    expect(reader.byte()).toBe(599_999 % 251);
    reader.moveTo(3);
    expect([...reader.bytes(3)]).toEqual([3, 4, 5]);
    expect(reader.unsigned(4)).toBe(6 + 7 * 2 ** 8 + 8 * 2 ** 16 + 9 * 2 ** 24);
    expect(() => reader.skip(600_000)).toThrow(EndOfBytes);
  });
});
