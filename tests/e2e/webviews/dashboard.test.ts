import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { describeDashboard, readDashboardChart } from '#schemas/protocol/dashboards.ts';
import { openDashboardPush, openExternal, type PanelState, panelDataChanged } from '#schemas/protocol/webview.ts';
import { accessibilityProblems } from './accessibility.ts';
import { FakeHost } from './fake-host.ts';
import { type OpenOptions, type OpenPanel, WebviewHarness } from './harness.ts';
import type { ThemeName } from './themes.ts';

let harness: WebviewHarness;
let panel: OpenPanel;
beforeAll(async () => {
  harness = await WebviewHarness.start();
});
afterAll(() => harness?.stop());

const state: PanelState = {
  ...{ panel: 'dashboard', folder: '/ws', file: '/ws/churn.mlops.yaml', name: 'churn-drift', title: 'churn-drift' },
};

function hostWithTrouble(): FakeHost {
  const host = new FakeHost({ state });
  host.brokenCharts.set('metric:broken', {
    reason: 'remote',
    message: 'prometheus.example:9090 answered with a web page (HTML) instead of data.',
    remedy: 'Check the address and its path prefix; a login page or another service may answer there.',
  });
  return host;
}

async function open(host: FakeHost, options: Partial<OpenOptions> = {}): Promise<void> {
  panel = await harness.open({ width: 1400, height: 900, ...options, host });
}

async function close(): Promise<void> {
  expect(panel.problems).toEqual([]);
  await panel.close();
}

const tile = (name: string) => panel.page.getByRole('region', { name, exact: true });
const canvas = (name: string) => tile(name).getByRole('img', { name: /over time/ });

describe.each<ThemeName>(['dark', 'light', 'highContrast'])('%s theme', (theme) => {
  test('axe finds nothing, the policy forbids nothing: charts, no data, failures, a table, alerts', async () => {
    await open(hostWithTrouble(), { theme, saved: { view: { tables: ['performance:auc'] } } });
    await canvas('latency-p99').waitFor();
    await tile('broken').getByRole('alert').waitFor();
    await tile('gone').getByText('No data').waitFor();
    await tile('auc').getByRole('table').waitFor();
    expect(await accessibilityProblems(panel.page)).toEqual([]);
    await close();
  });
});

describe('the dashboard', () => {
  test('says of each series what it is now, and whether that is within its bounds', async () => {
    await open(hostWithTrouble());
    await canvas('latency-p99').waitFor();
    const values = tile('latency-p99')
      .getByRole('list', { name: /^Current values/ })
      .getByRole('listitem');
    const [a = '', b = '', more = ''] = await values.allInnerTexts();
    expect(a.replace(/\s+/g, ' ')).toMatch(/^pod=a 0\.\d+ s within its bounds$/);
    expect(b.replace(/\s+/g, ' ')).toBe('pod=b no data since 12 hours ago');
    expect(more).toBe('3 more series are not shown: narrow the query.');
    await tile('latency-p99').getByText('PromQL warning: 2 series were left out.').waitFor();
    await tile('auc').getByText('out of bounds').waitFor();
    await close();
  });

  test('a chart that can’t be read says why, keeps no other from being shown, and is tried again', async () => {
    const host = hostWithTrouble();
    await open(host);
    await tile('broken').getByText('instead of data').waitFor();
    await canvas('latency-p99').waitFor();
    host.brokenCharts.clear();
    await tile('broken').getByText('Try again').click();
    await canvas('broken').waitFor();
    await close();
  });

  test('another time, and new data, are read by every chart', async () => {
    const host = new FakeHost({ state });
    await open(host);
    await canvas('latency-p99').waitFor();
    const before = host.askedFor(readDashboardChart).length;
    expect(before).toBe(host.dashboard.charts.length);
    await panel.page.getByLabel('Time', { exact: true }).selectOption('7d');
    await expect.poll(() => host.askedFor(readDashboardChart).length).toBe(2 * before);
    const { from, to } = readDashboardChart.params.parse(host.askedFor(readDashboardChart).at(-1));
    expect(to - from).toBe(7 * 24 * 3_600_000);
    await panel.tell(panelDataChanged, { tracker: null, revision: null });
    await expect.poll(() => host.askedFor(describeDashboard).length).toBe(2);
    await expect.poll(() => host.askedFor(readDashboardChart).length).toBe(3 * before);
    await close();
  });

  test('values as a table, runbooks and Grafana', async () => {
    const host = new FakeHost({ state });
    await open(host);
    await canvas('auc').waitFor();
    await panel.page.getByRole('button', { name: 'Values of auc as a table' }).click();
    await tile('auc').getByRole('columnheader', { name: 'performance:auc' }).waitFor();
    await panel.page.getByRole('button', { name: 'Open runbook of drift.share >= 0.3' }).click();
    await expect.poll(() => host.askedFor(openExternal)).toEqual([{ url: 'https://example.com/runbooks/drift.md' }]);
    await panel.page.getByText('Bring to Grafana…').click();
    await expect
      .poll(() => host.askedFor(openDashboardPush))
      .toEqual([{ file: '/ws/churn.mlops.yaml', name: 'churn-drift' }]);
    await close();
  });

  test('a document that can’t be read is told, and read again', async () => {
    const host = new FakeHost({ state });
    host.failures.set(describeDashboard.method, {
      ...{
        reason: 'not-found',
        message: 'The monitor /ws/churn.mlops.yaml can’t be read.',
        remedy: 'Look for its name.',
      },
    });
    await open(host);
    await panel.page.getByText('can’t be read.').waitFor();
    host.failures.clear();
    await panel.page.getByText('Try again').click();
    await canvas('latency-p99').waitFor();
    await close();
  });
});
