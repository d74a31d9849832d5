import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { driftReport } from '#schemas/domain/drift-report.ts';
import { monitorReport } from '#schemas/domain/monitor-report.ts';
import { evidentlyPython } from '../../testbeds/python.ts';
import { runMlops } from '../cli/run-mlops.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'detectors-'));
  const rows = (shift: number) =>
    Array.from({ length: 100 }, (_, row) => `${(row % 10) + shift},${row % 2 === 0 ? 'a' : 'b'}`);
  for (const [name, shift] of [
    ['train.csv', 0],
    ['live.csv', 5],
  ] as const)
    await writeFile(join(folder, name), `score,plan\n${rows(shift).join('\n')}\n`);
  // What a person would write: the distance of two means.
  await writeFile(
    join(folder, 'detect.py'),
    `import json, os
import pandas as pd
column = os.environ["MLOPS_COLUMN"]
reference, current = (pd.read_parquet(os.environ[name])[column] for name in ("MLOPS_REFERENCE", "MLOPS_CURRENT"))
print("comparing", len(reference), "with", len(current))
moved = abs(current.mean() - reference.mean())
print(json.dumps({"statistic": moved, "drifted": bool(moved > 1), "threshold": 1, "reason": f"The mean moved by {moved:g}."}))
`,
  );
  await writeFile(
    join(folder, 'detect.mjs'),
    `import { readFileSync } from 'node:fs';
const [reference, current] = ['MLOPS_REFERENCE', 'MLOPS_CURRENT'].map((name) => readFileSync(process.env[name]));
const parquet = [reference, current].every((file) => file.subarray(0, 4).toString() === 'PAR1');
console.log(JSON.stringify({ statistic: parquet ? 0 : 1, drifted: !parquet }));
`,
  );
}, 30_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

async function monitor(detector: string, used = 'own'): Promise<string> {
  const file = 'own.mlops.yaml';
  await writeFile(
    join(folder, file),
    `apiVersion: mlops/v1
kind: Monitor
metadata: {name: own}
drift:
  reference: train.csv
  current: live.csv
  columns: {score: {detector: ${used}}, plan: {}}
  detectors: {own: ${detector}}
`,
  );
  return file;
}

async function judged(detector: string, used?: string) {
  const { stdout, stderr } = await runMlops(['drift', '--monitor', await monitor(detector, used), '--json'], {
    cwd: folder,
  });
  expect(stderr).toBe('');
  const report = driftReport.parse(JSON.parse(stdout));
  return { report, column: report.columns.find(({ column }) => column === 'score') };
}

const node = JSON.stringify(process.execPath);

describe('a detector of one’s own', () => {
  test('in Python gets both samples as Parquet, and may talk before its answer', async () => {
    const { report, column } = await judged(`{run: '${evidentlyPython()} detect.py', timeout: 1m}`);
    expect(column).toMatchObject({
      ...{ method: null, detector: 'own', statistic: 5, threshold: 1, drifted: true, verdict: 'drift' },
      reason: 'The mean moved by 5.',
    });
    expect(report).toMatchObject({ share: 0.5, verdict: 'drift' });
  }, 30_000);

  test('in JavaScript says that nothing drifted; its row is a check of the monitor', async () => {
    const detector = `{run: '${node} detect.mjs'}`;
    expect((await judged(detector)).column).toMatchObject({ statistic: 0, drifted: false, verdict: 'no-drift' });
    const { stdout } = await runMlops(['monitor', 'check', await monitor(detector), '--json'], { cwd: folder });
    expect(monitorReport.parse(JSON.parse(stdout)).checks).toContainEqual(
      expect.objectContaining({ name: 'score', labels: { detector: 'own' }, value: 0, state: 'ok' }),
    );
  });

  test.each([
    ['fails', `{run: 'echo "no such model" >&2; exit 3'}`, 'The detector own failed (exit code 3): no such model'],
    ['is not there', `{run: 'no-such-program'}`, 'The detector own failed (exit code 127)'],
    ['takes too long', `{run: 'sleep 60', timeout: 300ms}`, 'The detector own took longer than 0.3 s and was ended.'],
    ['prints junk', `{run: 'echo hello'}`, 'The detector own did not print what was asked for'],
    ['prints half of it', `{run: 'echo "{\\"statistic\\": 1}"'}`, '(drifted: '],
    ['prints what is no number', `{run: 'echo "{\\"statistic\\": null, \\"drifted\\": false}"'}`, '(statistic: '],
  ])('that %s could not check', async (_, detector, reason) => {
    const { report, column } = await judged(detector);
    expect(column).toMatchObject({
      ...{ verdict: 'could-not-check', drifted: null, statistic: null },
      reason: expect.stringContaining(reason),
    });
    expect(report).toMatchObject({ verdict: 'could-not-check', drifted: null });
  });

  test('that nobody declared is told', async () => {
    const { column } = await judged(`{run: 'true'}`, 'other');
    expect(column).toMatchObject({ verdict: 'could-not-check', reason: 'There is no detector other among detectors.' });
  });

  test('leaves no copies behind', async () => {
    const temporary = await mkdtemp(join(folder, 'tmp-'));
    const args = [
      'drift',
      '--monitor',
      await monitor(`{run: 'ls "$(dirname "$MLOPS_CURRENT")" >&2; exit 1'}`),
      '--json',
    ];
    const { stdout } = await runMlops(args, { cwd: folder, env: { TMPDIR: temporary } });
    expect(stdout).toContain('reference.parquet');
    expect((await readdir(temporary)).filter((name) => name.startsWith('mlops-'))).toEqual([]);
  });
});
