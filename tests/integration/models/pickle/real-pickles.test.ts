import { beforeAll, describe, expect, it } from 'vitest';
import { ByteReader, bytesSource } from '#server/models/pickle/byte-reader.ts';
import { judgeGlobal } from '#server/models/pickle/globals.ts';
import { type Argument, opcodes } from '#server/models/pickle/opcodes.ts';
import { readPickle } from '#server/models/pickle/read-pickle.ts';
import { scanModel } from '#server/models/pickle/scan-model.ts';
import { type RealPickles, randomPickles, realPickles } from '../../../testbeds/pickles.ts';

let real: RealPickles;
let programs: readonly Buffer[];
beforeAll(async () => {
  real = await realPickles();
  programs = await randomPickles();
}, 120_000);

/** pickletools gives a number of bytes, or one of its own marks: to the line's end, or a length before the data. */
function argumentOf(kind: string | null, size: number): Argument {
  if (kind === null) return { type: 'none' };
  if (size === -1) return { type: kind === 'stringnl_noescape_pair' ? 'lines' : 'line' };
  const lengthBytes = ({ [-2]: 1, [-3]: 4, [-4]: 4, [-5]: 8 } as const)[size];
  if (lengthBytes !== undefined) return { type: 'data', lengthBytes };
  if (size === 1 || size === 2 || size === 4 || size === 8) return { type: 'fixed', bytes: size };
  throw new Error(`${kind} of ${size} bytes is not known.`);
}

describe('the table of opcodes', () => {
  it('is that of Python', () => {
    const theirs = real.opcodes.map(([code, name, kind, size]) => ({
      ...{ byte: code.charCodeAt(0), name },
      argument: argumentOf(kind, size),
    }));
    const ours = [...opcodes].map(([byte, opcode]) => ({ byte, ...opcode }));
    const ordered = (table: typeof ours) => table.toSorted((a, b) => a.byte - b.byte);
    expect(ordered(ours)).toEqual(ordered(theirs));
  });
});

describe('pickles that Python and its libraries wrote', () => {
  it('import what unpickling them looks up, no more and no less', async () => {
    const names = Object.entries(real.names);
    expect(names.length).toBeGreaterThan(250);
    const seen: Record<string, readonly string[] | null> = {};
    for (const [path] of names) {
      const { verdict, files } = await scanModel(real.folder, [{ path }]);
      const findings = files.flatMap((file) => file.findings.map(({ name, verdict: worth }) => `${name} ${worth}`));
      seen[path] = verdict === null ? null : [...new Set(findings)].sort();
    }
    expect(seen).toEqual(Object.fromEntries(names.map(([path, looked]) => [path, looked && worthTelling(looked)])));
  });

  it('are safe where they are models, tables and arrays of known libraries', async () => {
    const own = /^(?:functions|nested|own|objects|legacy|archive)\b/;
    const paths = Object.keys(real.names).filter((path) => !own.test(path));
    const { verdict } = await scanModel(
      real.folder,
      paths.map((path) => ({ path })),
    );
    expect(verdict).toBe('safe');
  });
});

describe('programs that make Python look up os.system', () => {
  it('are dangerous, or nobody can follow them', () => {
    expect(programs.length).toBeGreaterThan(100);
    const missed = programs.filter((program) => !isCaught(program));
    expect(missed.map((program) => program.toString('latin1'))).toEqual([]);
  });
});

function isCaught(program: Buffer): boolean {
  const scan = readPickle(new ByteReader(bytesSource(program)));
  for (;;) {
    const { done, value } = scan.next();
    if (done === true)
      return value.damage?.isLimit === true || value.findings.some((one) => one.verdict === 'dangerous');
  }
}

function worthTelling(names: readonly (readonly [string, string])[]): readonly string[] {
  const told = names.flatMap(([module, name]) => {
    const { verdict } = judgeGlobal(module, name);
    return verdict === 'safe' ? [] : [`${module}.${name} ${verdict}`];
  });
  return [...new Set(told)].sort();
}
