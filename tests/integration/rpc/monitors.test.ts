import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, it, onTestFinished } from 'vitest';
import type { MonitorReport } from '#schemas/domain/monitor-report.ts';
import {
  checkMonitor,
  getMonitor,
  listMonitors,
  monitorFilesChanged,
  monitorsChanged,
} from '#schemas/protocol/monitoring.ts';
import { MonitorHistory } from '#server/monitoring/monitor-history.ts';
import { type BackendClient, startBackend } from '../experiments/backend-client.ts';

let parent: string;
let folder: string;
let count = 0;
let backend: BackendClient;

const monitor = (name: string, current: string, rest = '') => `apiVersion: mlops/v1
kind: Monitor
metadata: {name: ${name}}
drift: {reference: train.csv, current: ${current}}
${rest}`;

const table = (shift: number) =>
  `${['age,plan', ...Array.from({ length: 200 }, (_, i) => `${20 + (i % 40) + shift},${i % 3 === 0 ? 'free' : 'pro'}`)].join('\n')}\n`;

function start(): BackendClient {
  const client = startBackend(folder);
  onTestFinished(() => client.dispose());
  return client;
}

/** The monitors once they are as a test waits for: told of, or asked anew. */
async function until<T>(read: () => Promise<T>, fits: (value: T) => boolean): Promise<T> {
  for (;;) {
    const next = backend.next(monitorsChanged);
    const value = await read();
    if (fits(value)) return value;
    await next;
  }
}

beforeAll(async () => {
  parent = await mkdtemp(join(tmpdir(), 'mlops-rpc-monitors-'));
});
afterAll(() => rm(parent, { recursive: true, force: true }));

beforeEach(async () => {
  count += 1;
  folder = join(parent, `${count}`);
  await mkdir(folder);
  await writeFile(join(folder, 'train.csv'), table(0));
  await writeFile(join(folder, 'same.csv'), table(0));
  await writeFile(join(folder, 'moved.csv'), table(25));
  await writeFile(join(folder, 'a.mlops.yaml'), monitor('steady', 'same.csv', 'schedule: "0 0 1 1 *"\n'));
  await writeFile(join(folder, 'b.mlops.yaml'), monitor('moving', 'moved.csv'));
  backend = start();
});

it('are listed before anything was checked, and nothing is written for those without a schedule', async () => {
  await rm(join(folder, 'a.mlops.yaml'));
  const list = await backend.ask(listMonitors, {});
  expect(list).toMatchObject({
    monitors: [
      { name: 'moving', file: 'b.mlops.yaml', line: 0, state: 'never-checked', nextRun: null, hasDrift: true },
    ],
    ...{ total: 1, outOfBounds: 0, runner: { state: 'none', timeZone: 'UTC' } },
  });
  expect(await readdir(folder)).not.toContain('.mlops');
  expect(await backend.ask(getMonitor, { file: 'b.mlops.yaml', name: 'moving' })).toEqual({ report: null });
});

it('are checked now, and keep what came of it with its parts', async () => {
  expect(await backend.ask(checkMonitor, { file: 'a.mlops.yaml', name: 'steady' })).toEqual({ state: 'ok' });
  expect(await backend.ask(checkMonitor, { file: 'b.mlops.yaml', name: 'moving' })).toEqual({ state: 'out-of-bounds' });
  const list = await backend.ask(listMonitors, {});
  expect(list.monitors.map(({ state, values }) => [state, values])).toEqual([
    ['ok', [0]],
    ['out-of-bounds', [0.5]],
  ]);
  expect(list).toMatchObject({ outOfBounds: 1, runner: { state: 'here' } });
  expect(list.monitors[0]?.nextRun).toBeGreaterThan(Date.now());
  const { report } = await backend.ask(getMonitor, { file: 'b.mlops.yaml', name: 'moving' });
  expect(report?.checks.map(({ name, state }) => [name, state])).toEqual([
    ['drift', 'out-of-bounds'],
    ['age', 'out-of-bounds'],
    ['plan', 'ok'],
  ]);
});

it('say why they could not be checked, never that all is well', async () => {
  await writeFile(join(folder, 'b.mlops.yaml'), monitor('moving', 'gone.csv'));
  expect(await backend.ask(checkMonitor, { file: 'b.mlops.yaml', name: 'moving' })).toEqual({
    state: 'could-not-check',
  });
  const { report } = await backend.ask(getMonitor, { file: 'b.mlops.yaml', name: 'moving' });
  expect(report?.checks[0]).toMatchObject({ state: 'could-not-check', reason: expect.stringContaining('gone.csv') });
  expect((await backend.ask(listMonitors, {})).monitors[1]).toMatchObject({
    ...{ state: 'could-not-check', values: [null], reason: expect.stringContaining('gone.csv') },
  });
  await expect(backend.ask(checkMonitor, { file: 'b.mlops.yaml', name: 'other' })).rejects.toThrow(
    'There is no monitor other',
  );
});

it('come and go with their files, and say what is wrong with one', async () => {
  expect((await backend.ask(listMonitors, {})).total).toBe(2);
  await rm(join(folder, 'a.mlops.yaml'));
  await writeFile(join(folder, 'b.mlops.yaml'), monitor('moving', 'same.csv', 'shedule: daily\n'));
  await backend.tell(monitorFilesChanged, {});
  const list = await until(
    () => backend.ask(listMonitors, {}),
    ({ total }) => total === 1,
  );
  expect(list.monitors).toMatchObject([
    { name: 'moving', state: 'invalid', reason: expect.stringContaining('shedule') },
  ]);
});

it('show what another process checked, and tell of it', async () => {
  await backend.ask(listMonitors, {});
  const other = new MonitorHistory(folder);
  onTestFinished(() => other.close());
  const report: MonitorReport = {
    ...{ monitor: 'moving', model: null, at: Date.now(), state: 'no-data', checks: [], alerts: [], drift: null },
  };
  other.append({ file: 'b.mlops.yaml', name: 'moving' }, report);
  const list = await until(
    () => backend.ask(listMonitors, {}),
    ({ monitors }) => monitors[1]?.state === 'no-data',
  );
  expect(list.monitors[1]).toMatchObject({ checkedAt: report.at, values: [null] });
});

it('have their schedules run by one of several', async () => {
  await until(
    () => backend.ask(listMonitors, {}),
    ({ runner }) => runner.state === 'here',
  );
  const first = backend;
  backend = start();
  // It has tried for itself by the time that a check is over.
  await backend.ask(checkMonitor, { file: 'a.mlops.yaml', name: 'steady' });
  expect((await backend.ask(listMonitors, {})).runner.state).toBe('elsewhere');
  await backend.dispose();
  await first.dispose();
  backend = start();
  await until(
    () => backend.ask(listMonitors, {}),
    ({ runner }) => runner.state === 'here',
  );
});
