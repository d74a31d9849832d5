import { describe, expect, it } from 'vitest';
import { monitorItemView } from '#client/features/monitoring/items.ts';
import { MonitorsModel } from '#client/features/monitoring/model.ts';
import type { MonitorNode } from '#client/features/monitoring/nodes.ts';
import { isScheduled } from '#client/features/monitoring/scheduled.ts';
import { sparkBlocks } from '#client/features/monitoring/spark-blocks.ts';
import { toFailure } from '#client/platform/failures.ts';
import type { MonitorState, MonitorSummary } from '#schemas/protocol/monitoring.ts';
import { fakeServer, folder } from './fixtures.ts';

const time = { now: 1_800_000_000_000, locale: 'en' };
const runner = { state: 'here', reason: null, timeZone: 'UTC' };
const summary = (part: Partial<MonitorSummary> = {}): MonitorSummary => ({
  ...{ file: 'm.mlops.yaml', name: 'churn', line: 0, model: null, schedule: null, nextRun: null, state: 'ok' },
  ...{ lastState: 'ok', checkedAt: time.now - 7_200_000, reason: null, values: [0.1, 0.4], hasDrift: true },
  ...part,
});
const check = (name: string, part: object = {}) => ({
  ...{ kind: 'drift', name, labels: {}, value: 0.1, minimum: null, maximum: null, interval: null, unit: null },
  ...{ state: 'ok', reason: null, ...part },
});

function open(monitors: MonitorSummary[], report: object | null = null, part: object = {}) {
  const answers = {
    'monitoring/list': (params: unknown) => {
      const { start, count } = Object(params);
      const answer = { root: folder, total: monitors.length, outOfBounds: 1, runner };
      return { ...answer, ...part, monitors: monitors.slice(start, start + count) };
    },
    'monitoring/get': () => ({ report }),
  };
  const folders = () => [{ uri: folder, name: 'ws' }];
  return new MonitorsModel({ server: fakeServer(answers), folders, toFailure });
}
const views = (nodes: readonly MonitorNode[]) => nodes.map((node) => monitorItemView(node, time));

describe('the tree of monitors', () => {
  it('tells each state apart without colour, and why', async () => {
    const states: MonitorState[] = [
      ...(['ok', 'out-of-bounds', 'no-data', 'could-not-check', 'never-checked', 'checking', 'invalid'] as const),
    ];
    const items = views(await open(states.map((state, line) => summary({ state, line, name: `m${line}` }))).children());
    expect(new Set(items.map(({ icon }) => icon.id)).size).toBe(states.length);
    expect(items[0]?.description).toBe('▁█ · 2 hr. ago');
    expect(items[1]?.description).toBe('▁█ · 2 hr. ago · out of bounds');
    const [failed] = views(
      await open([summary({ state: 'could-not-check', reason: 'gone.csv is missing' })]).children(),
    );
    expect(failed?.description).toMatch(/^could not check · gone\.csv is missing/);
  });

  it('has nothing to unfold before a check, and no check for a document that is wrong', async () => {
    const items = views(
      await open([
        summary({ state: 'never-checked', lastState: null, checkedAt: null, values: [] }),
        summary({ state: 'invalid', name: null, line: 9, reason: 'kind: wrong' }),
      ]).children(),
    );
    expect(items.map(({ children }) => children)).toEqual(['none', 'none']);
    expect(items.map(({ context }) => context.includes('valid'))).toEqual([true, false]);
  });

  it('shows checks by kind, what is not well first, with values against bounds', async () => {
    const report = {
      ...{ monitor: 'churn', model: null, at: 1, state: 'out-of-bounds', left: 3 },
      checks: [
        check('age'),
        check('drift', { value: 0.5, maximum: 0.3, state: 'out-of-bounds' }),
        check('plan', { value: 0.9, state: 'out-of-bounds', maximum: 0.2, labels: { method: 'psi' } }),
        check('p99', { kind: 'metric', value: null, state: 'could-not-check', reason: 'Prometheus is down' }),
      ],
      alerts: [
        { name: 'moved', severity: 'critical', state: 'firing', labels: {}, since: 1, reason: null, runbook: null },
      ],
    };
    const model = open([summary()], report);
    const groups = await model.children((await model.children())[0]);
    expect(views(groups).map(({ label, description }) => `${label} ${description ?? ''}`)).toEqual([
      'Drift 1 of 2 columns drifted',
      'Metrics 0 of 1 out of bounds · could not check',
      'Alerts 1 firing',
      '3 more, all in the report of mlops monitor check ',
    ]);
    expect(views(await model.children(groups[0])).map(({ label, description }) => [label, description])).toEqual([
      ['Share of drifted columns', '0.5 · at most 0.3'],
      ['plan', '0.9 · at most 0.2 · psi'],
      ['age', '0.1'],
    ]);
    expect(views(await model.children(groups[1]))[0]?.description).toBe('could not check · Prometheus is down');
  });

  it('never counts no drift where the data could not be compared', async () => {
    const checks = [check('drift', { value: null, state: 'could-not-check', reason: 'gone.csv' })];
    const report = { monitor: 'churn', model: null, at: 1, state: 'could-not-check', left: 0, checks, alerts: [] };
    const model = open([summary()], report);
    const [drift] = views(await model.children((await model.children())[0]));
    expect(drift).toMatchObject({ description: 'could not check', children: 'expanded' });
  });

  it('says that schedules don’t run, and shows more of many', async () => {
    const many = Array.from({ length: 250 }, (_, n) => summary({ name: `m${n}` }));
    const model = open(many, null, { runner: { state: 'failed', reason: 'The disk is full.', timeZone: 'UTC' } });
    const first = await model.children();
    expect(views(first)[0]).toMatchObject({ label: 'Schedules don’t run', description: 'The disk is full.' });
    const last = first.at(-1);
    expect(last).toMatchObject({ kind: 'more', shown: 200, total: 250 });
    if (last?.kind === 'more') model.showMore(last.parentId);
    expect((await model.children()).filter(({ kind }) => kind === 'monitor')).toHaveLength(250);
  });

  it('counts only what was asked for, so that nothing is opened for a badge', async () => {
    const model = open([summary()]);
    expect(await model.outOfBounds()).toBe(0);
    model.start();
    expect(await model.outOfBounds()).toBe(1);
  });
});

it('draws values as blocks, with gaps, whatever their size', () => {
  expect(sparkBlocks([0, 5, null, 10])).toBe('▁▅·█');
  expect(sparkBlocks([3, 3])).toBe('▁▁');
  expect([sparkBlocks([]), sparkBlocks([1]), sparkBlocks([null, null])]).toEqual(['', '', '']);
});

it('sees a schedule in the Monitor document alone', () => {
  expect(isScheduled('kind: Monitor\nschedule: "0 * * * *"\n')).toBe(true);
  expect(isScheduled('kind: Pipeline\nschedule: "0 * * * *"\n---\nkind: Monitor\n')).toBe(false);
});
