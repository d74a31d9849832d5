import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { monitorReport } from '#schemas/domain/monitor-report.ts';
import { MonitorHistory } from '#server/monitoring/monitor-history.ts';
import { runMlops } from '../cli/run-mlops.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'monitor-'));
  const data = (shift: number) => [
    'age,plan',
    ...rows(200, (row) => `${(row % 50) + shift},${row % 3 === 0 ? 'pro' : 'free'}`),
  ];
  await write('train.csv', data(0));
  await write('live.csv', data(40));
  const scored = rows(100, (row) => `${row},${row % 2},${row % 10 === 0 ? 1 - (row % 2) : row % 2}`);
  await write('scored.csv', ['id,prediction,label', ...scored]);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const rows = (count: number, of: (row: number) => string) => Array.from({ length: count }, (_, row) => of(row));
const write = (name: string, lines: readonly string[]) => writeFile(join(folder, name), `${lines.join('\n')}\n`);

async function monitor(name: string, ...lines: string[]): Promise<string> {
  const file = `${name}.mlops.yaml`;
  await write(file, ['apiVersion: mlops/v1', 'kind: Monitor', `metadata: {name: ${name}}`, ...lines]);
  return file;
}

async function check(file: string, ...args: string[]) {
  const { stdout, stderr, code } = await runMlops(['monitor', 'check', file, '--json', ...args], { cwd: folder });
  expect(stderr).toBe('');
  return { code, report: monitorReport.parse(JSON.parse(stdout)) };
}

const drift = (current: string) => `drift: {reference: train.csv, current: ${current}, share: 0.5}`;
const performance = (minimum: number) =>
  `performance: {predictions: scored.csv, labels: scored.csv, metrics: [{name: accuracy, minimum: ${minimum}}]}`;

describe('mlops monitor check', () => {
  test('finds all well', async () => {
    const { code, report } = await check(await monitor('well', drift('train.csv'), performance(0.8)));
    expect(report.checks).toMatchObject([
      { kind: 'drift', name: 'drift', value: 0, maximum: 0.5, state: 'ok' },
      { kind: 'drift', name: 'age', state: 'ok', labels: { method: 'ks' } },
      { kind: 'drift', name: 'plan', state: 'ok' },
      { kind: 'performance', name: 'accuracy', value: 0.9, minimum: 0.8, state: 'ok' },
    ]);
    expect(report).toMatchObject({ state: 'ok', drift: { verdict: 'no-drift' } });
    expect(code).toBe(0);
  });

  test('finds drift and a bad model, and its alerts', async () => {
    const alerts =
      'alerts: [{name: drifts, when: drift.share >= 0.5, channel: nobody}, {when: performance.accuracy < 0.5, channel: nobody}]';
    const { code, report } = await check(await monitor('bad', drift('live.csv'), performance(0.95), alerts));
    expect(report.checks.filter(({ state }) => state === 'out-of-bounds').map(({ name }) => name)).toEqual([
      'drift',
      'age',
      'accuracy',
    ]);
    expect(report.alerts).toMatchObject([{ name: 'drifts', state: 'firing' }, { state: 'inactive' }]);
    expect(code).toBe(1);
  });

  test('goes on where one part can’t be checked', async () => {
    const { code, report } = await check(await monitor('half', drift('gone.csv'), performance(0.8)));
    expect(report).toMatchObject({
      state: 'could-not-check',
      drift: null,
      checks: [
        {
          name: 'drift',
          state: 'could-not-check',
          reason: 'There is no file gone.csv. Look for its name and the folder.',
        },
        { name: 'accuracy', state: 'ok' },
      ],
    });
    expect(code).toBe(2);
  });

  test('that checks nothing says so', async () => {
    const { code, stderr } = await runMlops(['monitor', 'check', await monitor('idle')], { cwd: folder });
    expect({ code, stderr }).toEqual({ code: 2, stderr: 'idle: no-data, it checks nothing.\n' });
  });

  test('wants a name where a file has several monitors', async () => {
    const two = ['a', 'b'].map(
      (name) => `kind: Monitor\napiVersion: mlops/v1\nmetadata: {name: ${name}}\n${drift('train.csv')}`,
    );
    await write('two.mlops.yaml', [two.join('\n---\n')]);
    expect((await check('two.mlops.yaml', '--name', 'b')).report.monitor).toBe('b');
    const { code, stderr } = await runMlops(['monitor', 'check', 'two.mlops.yaml'], { cwd: folder });
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining('has 2 Monitor documents: a, b') });
  });

  test('shows a table to people', async () => {
    const { stdout, stderr, code } = await runMlops(
      ['monitor', 'check', await monitor('shown', drift('live.csv'), performance(0.8))],
      {
        cwd: folder,
      },
    );
    expect(stdout).toMatch(/CHECK +NAME +VALUE +BOUNDS +STATE/);
    expect(stdout).toMatch(/performance +accuracy +0\.9 \(0\.8\d+ to 0\.9\d+\) +≥ 0\.8 +ok/);
    expect(stderr).toBe('shown: out-of-bounds, 4 checks, 2 not ok.\n');
    expect(code).toBe(1);
  });

  test('keeps a history that several processes write', async () => {
    const file = await monitor('kept', drift('live.csv'));
    const [first, second] = await Promise.all([check(file), check(file)]);
    const history = new MonitorHistory(folder);
    const key = { file, name: 'kept' };
    try {
      expect(history.mainSeries(key, 10)).toHaveLength(2);
      expect(history.mainSeries(key, 1)).toMatchObject([{ value: 0.5, state: 'out-of-bounds' }]);
      expect([first.report.at, second.report.at]).toContain(history.latest(key)?.at);
      expect(history.series(key, { kind: 'drift', name: 'age' }, 10)).toMatchObject([
        { state: 'out-of-bounds' },
        { state: 'out-of-bounds' },
      ]);
      expect(history.latest({ file, name: 'other' })).toBeNull();
    } finally {
      history.close();
    }
  });
});

describe('mlops monitor cronjob', () => {
  test('writes a CronJob that runs as no root and never twice at once', async () => {
    const file = await monitor('hourly', 'schedule: "0 * * * *"', drift('live.csv'));
    const args = [
      'monitor',
      'cronjob',
      file,
      '--image',
      'ghcr.io/acme/churn:1',
      '--secret',
      'keys',
      '--claim',
      'state',
      '-o',
      'job.yaml',
    ];
    expect((await runMlops([...args, '--json'], { cwd: folder })).code).toBe(0);
    const job: unknown = parse(await readFile(join(folder, 'job.yaml'), 'utf8'));
    const container = {
      image: 'ghcr.io/acme/churn:1',
      workingDir: '/workspace',
      command: ['mlops', 'monitor', 'check', file, '--name', 'hourly', '--json'],
      envFrom: [{ secretRef: { name: 'keys' } }],
      securityContext: { readOnlyRootFilesystem: true, allowPrivilegeEscalation: false },
    };
    expect(job).toMatchObject({
      apiVersion: 'batch/v1',
      kind: 'CronJob',
      metadata: { name: 'monitor-hourly' },
      spec: {
        schedule: '0 * * * *',
        concurrencyPolicy: 'Forbid',
        jobTemplate: {
          spec: {
            backoffLimit: 0,
            template: {
              spec: {
                restartPolicy: 'Never',
                securityContext: { runAsNonRoot: true },
                containers: [container],
                volumes: [{ name: 'tmp' }, { name: 'state', persistentVolumeClaim: { claimName: 'state' } }],
              },
            },
          },
        },
      },
    });
  });

  test('needs a schedule, and a document in the workspace', async () => {
    const image = ['--image', 'x'];
    const unscheduled = await runMlops(['monitor', 'cronjob', await monitor('never', drift('live.csv')), ...image], {
      cwd: folder,
    });
    expect(unscheduled).toMatchObject({ code: 2, stderr: expect.stringContaining('has no schedule') });
    const outside = await runMlops(['monitor', 'cronjob', '../elsewhere.mlops.yaml', ...image], { cwd: folder });
    expect(outside).toMatchObject({ code: 2, stderr: expect.stringContaining('is not in the workspace') });
  });
});
