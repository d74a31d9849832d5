import { execFile, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { toPrometheusText } from '#server/monitoring/dashboards/prometheus-text.ts';
import { startHttpServer } from '../../../testbeds/http-server.ts';
import { startPrometheus } from '../../../testbeds/prometheus.ts';
import { report } from '../../../unit/monitoring/dashboards/reports.ts';
import { runMlops } from '../../cli/run-mlops.ts';

const run = promisify(execFile);
let folder: string;

const monitorYaml = `apiVersion: mlops/v1
kind: Monitor
metadata: {name: churn-drift}
model: churn@champion
drift: {reference: a.csv, current: b.csv}
metrics:
  - {name: targets, query: 'sum by (job) (up)', maximum: 0.5, for: 1s}
  - {name: "odd {{ name }}", query: absent(up), minimum: 1}
alerts:
  - {when: 'drift.share >= 0.3', channel: team, runbook: drift.md, keepFiringFor: 5m, labels: {"a-b": "{{ x }}"}}
  - {name: both, when: 'metrics.targets > 0 && drift.columns.tenure.drifted', channel: team, severity: critical}
  - {when: 'length(model.name) > 3', channel: team}
`;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mlops-rules-'));
  await writeFile(
    join(folder, 'mlops.yaml'),
    'apiVersion: mlops/v1\nkind: Workspace\nmetadata: {name: churn}\nalerting: {runbookBase: https://example.com/runbooks}\n',
  );
  await writeFile(join(folder, 'monitor.mlops.yaml'), monitorYaml);
});

afterAll(() => rm(folder, { recursive: true }));

const promtoolMetrics = async (metrics: string): Promise<{ code: number | null; said: string }> => {
  const child = spawn('/usr/bin/promtool', ['check', 'metrics'], { stdio: ['pipe', 'pipe', 'pipe'] });
  child.stdin.end(metrics);
  const closed = new Promise<number | null>((resolve) => child.once('close', resolve));
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return { code: await closed, said: out + err };
};

test('promtool accepts what a check exports, whatever its columns are called', async () => {
  expect(await promtoolMetrics(toPrometheusText(report('a "b"\\\nc {d}')))).toEqual({ code: 0, said: '' });
});

test('promtool accepts the rules; what they can’t hold is said on standard error', async () => {
  const { code, stderr, stdout } = await runMlops(['monitor', 'rules', 'monitor.mlops.yaml', '-o', 'rules.yml'], {
    cwd: folder,
  });
  expect({ code, stdout }).toEqual({ code: 0, stdout: '' });
  expect(stderr).toBe(
    '✓ rules.yml is written.\nleft out: length(model.name) > 3: Prometheus can’t express its condition: ' +
      '“length(model.name)” is no number that Prometheus has.\n',
  );
  const checked = await run('/usr/bin/promtool', ['check', 'rules', join(folder, 'rules.yml')]);
  expect(checked.stdout).toContain('SUCCESS: 8 rules found');
  const rules = await readFile(join(folder, 'rules.yml'), 'utf8');
  expect(rules).toContain('runbook_url: https://example.com/runbooks/drift.md');
  expect(rules).toContain('keep_firing_for: 5m');
  const older = await runMlops(['monitor', 'rules', 'monitor.mlops.yaml', '--no-keep-firing-for'], { cwd: folder });
  expect(older.stdout).not.toContain('keep_firing_for');
});

const alertsAnswer = z.object({
  data: z.object({
    alerts: z.array(
      z.object({
        labels: z.record(z.string(), z.string()),
        annotations: z.record(z.string(), z.string()),
        state: z.string(),
      }),
    ),
  }),
});

test('a real Prometheus loads the rules, and what a check exported makes them fire', { timeout: 30_000 }, async () => {
  await runMlops(['monitor', 'rules', 'monitor.mlops.yaml', '-o', 'live.yml'], { cwd: folder });
  await using exporter = await startHttpServer((_, response) => {
    response.setHeader('content-type', 'text/plain; version=0.0.4');
    response.end(toPrometheusText(report()));
  });
  await using prometheus = await startPrometheus({
    rules: join(folder, 'live.yml'),
    target: `127.0.0.1:${exporter.port}`,
  });
  const firing = async () => {
    const answer: unknown = await (await fetch(`${prometheus.url}/api/v1/alerts`)).json();
    return alertsAnswer.parse(answer).data.alerts.filter(({ state }) => state === 'firing');
  };
  while ((await firing()).length < 3) await delay(100);
  const alerts = await firing();
  expect(alerts.map(({ labels }) => labels.alertname).toSorted()).toEqual([
    'both',
    'drift.share >= 0.3',
    'targets out of bounds',
  ]);
  expect(alerts.find(({ labels }) => labels.alertname === 'drift.share >= 0.3')).toMatchObject({
    labels: { monitor: 'churn-drift', model: 'churn@champion', severity: 'warning', a_b: '{{ x }}' },
    annotations: {
      summary: 'churn-drift: drift.share >= 0.3',
      description: 'drift.share >= 0.3: 1',
      runbook_url: 'https://example.com/runbooks/drift.md',
    },
  });
});

test('the dashboard is written, the same each time, and a file without a monitor is an input error', async () => {
  const write = () =>
    runMlops(['monitor', 'dashboard', 'monitor.mlops.yaml', '-o', 'grafana.json', '--json'], { cwd: folder });
  const first = await write();
  expect({ ...first, stdout: JSON.parse(first.stdout) }).toEqual({
    code: 0,
    stderr: '',
    stdout: { written: join(folder, 'grafana.json') },
  });
  const before = await readFile(join(folder, 'grafana.json'), 'utf8');
  await write();
  expect(await readFile(join(folder, 'grafana.json'), 'utf8')).toBe(before);
  expect(JSON.parse(before)).toMatchObject({ uid: expect.stringMatching(/^mlops-churn-drift-[0-9a-f]{10}$/) });
  const wrong = await runMlops(['monitor', 'dashboard', 'mlops.yaml', '-o', 'x.json'], { cwd: folder });
  expect(wrong.code).toBe(2);
  expect(wrong.stderr).toContain('has no Monitor document');
});
