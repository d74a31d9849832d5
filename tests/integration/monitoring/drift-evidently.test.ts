import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { type DriftColumn, driftReport } from '#schemas/domain/drift-report.ts';
import { evidentlyPython, runPython } from '../../testbeds/python.ts';
import { runMlops } from '../cli/run-mlops.ts';

const SCRIPT = join(import.meta.dirname, '..', '..', 'testbeds', 'python', 'drift-files.py');
const DISTANCES = new Set(['psi', 'jensenshannon', 'wasserstein', 'kl_div', 'hellinger', 'ed']);
const METHODS = ['ks', 'anderson', 'cramer_von_mises', 'mannw', 't_test', 'chisquare', 'z', ...DISTANCES];

const answer = z.object({ score: z.number(), drifted: z.boolean(), threshold: z.number() });
const expectation = z.record(
  z.string(),
  z.record(z.string(), z.object({ chosen: z.string(), methods: z.record(z.string(), answer) })),
);

let folder: string;
let expected: z.infer<typeof expectation>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mlops-drift-'));
  await runPython(evidentlyPython(), [SCRIPT, folder]);
  expected = expectation.parse(JSON.parse(await readFile(join(folder, 'expected.json'), 'utf8')));
});

afterAll(() => rm(folder, { recursive: true }));

async function drift(pair: string, format: string, methods: readonly string[]) {
  const files = ['--reference', `${pair}/reference.${format}`, '--current', `${pair}/current.${format}`];
  const options = methods.flatMap((method) => ['--method', method]);
  const { stdout, stderr, code } = await runMlops(['drift', ...files, ...options, '--json'], { cwd: folder });
  expect(stderr).toBe('');
  return { code, report: driftReport.parse(JSON.parse(stdout)) };
}

function compare(ours: DriftColumn, theirs: z.infer<typeof answer>, exactness: number): void {
  const what = `${ours.column}, ${ours.method}`;
  const score = DISTANCES.has(ours.method ?? '') ? ours.statistic : ours.pValue;
  const allowed = Math.max(Math.abs(theirs.score) * exactness, 1e-13);
  expect(Math.abs(Number(score) - theirs.score), `${what}: ${score} for ${theirs.score}`).toBeLessThanOrEqual(allowed);
  expect(ours.threshold, what).toBe(theirs.threshold);
  expect(ours.drifted, what).toBe(theirs.drifted);
  expect(ours.errorBound, what).toBe(0);
}

describe.each(['small', 'large'])('%s tables', (pair) => {
  test.each(['parquet', 'csv', 'json'])('have the same methods, scores and verdicts by default: %s', async (format) => {
    const { report, code } = await drift(pair, format, []);
    const { single, ...common } = expected[pair] ?? {};
    const theirs = format === 'parquet' && single ? { ...common, single } : common;
    expect(report.columns.map(({ column }) => column)).toEqual(Object.keys(theirs));
    for (const ours of report.columns) {
      const their = theirs[ours.column];
      expect(ours.method, ours.column).toBe(their?.chosen);
      const score = their?.methods[their.chosen];
      // pandas writes no more than 15 decimals into JSON.
      if (score) compare(ours, score, format === 'json' ? 1e-6 : 1e-9);
    }
    const drifted = Object.values(theirs).filter(({ chosen, methods }) => methods[chosen]?.drifted).length;
    expect(report.share).toBeCloseTo(drifted / Object.keys(theirs).length, 12);
    expect(report.verdict).toBe(drifted / Object.keys(theirs).length >= 0.5 ? 'drift' : 'no-drift');
    expect(code).toBe(report.verdict === 'drift' ? 1 : 0);
  });

  test('have the same scores by every method', async () => {
    const { report } = await drift(pair, 'parquet', METHODS);
    let compared = 0;
    for (const ours of report.columns) {
      const theirs = expected[pair]?.[ours.column]?.methods[ours.method ?? ''];
      if (!theirs) continue;
      // Of 32-bit numbers, SciPy and Evidently add these two up in 32 bits.
      const rounded = ours.column === 'single' && (ours.method === 't_test' || ours.method === 'hellinger');
      compare(ours, theirs, rounded ? 1e-3 : 1e-9);
      compared += 1;
    }
    expect(compared).toBeGreaterThan(150);
  });
});
