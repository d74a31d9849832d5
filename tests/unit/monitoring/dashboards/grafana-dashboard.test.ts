import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { dashboardText, dashboardUid, toGrafanaDashboard } from '#server/monitoring/dashboards/grafana-dashboard.ts';
import { runbookAddress } from '#server/monitoring/dashboards/plan-dashboard.ts';
import { monitor } from './documents.ts';

const options = { workspace: 'churn', runbookBase: 'https://example.com/runbooks' };

interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly targets?: readonly { readonly expr: string; readonly legendFormat: string }[];
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly fieldConfig?: { readonly defaults: Readonly<Record<string, unknown>> };
  readonly options?: Readonly<Record<string, unknown>>;
}

const templating = z.object({ templating: z.object({ list: z.array(z.record(z.string(), z.unknown())) }) });
const variable = (document = monitor()) => templating.parse(toGrafanaDashboard(document, options)).templating.list[0];
const panels = (document = monitor()): readonly Panel[] =>
  JSON.parse(dashboardText(toGrafanaDashboard(document, options))).panels;
const titled = (title: string, document = monitor()) => panels(document).find((panel) => panel.title === title);

describe('a dashboard', () => {
  test('has what Grafana asks of the classic model, and neither id nor version, which Grafana gives', () => {
    const dashboard = toGrafanaDashboard(monitor(), options);
    expect(dashboard).toMatchObject({ title: 'Churn', schemaVersion: 39, tags: ['churn', 'mlops'] });
    expect(dashboard).not.toHaveProperty('id');
    expect(dashboard).not.toHaveProperty('version');
  });

  test('shows each metric with its unit and its bounds as thresholds', () => {
    expect(titled('latency-p99')).toMatchObject({
      type: 'timeseries',
      datasource: { type: 'prometheus', uid: '$' + '{datasource}' },
      targets: [{ expr: 'histogram_quantile(0.99, sum by (le) (rate(latency_bucket[5m])))', legendFormat: '__auto' }],
      fieldConfig: {
        defaults: {
          unit: 's',
          thresholds: {
            mode: 'absolute',
            steps: [
              { color: 'green', value: null },
              { color: 'red', value: 0.3 },
            ],
          },
        },
      },
    });
    expect(titled('requests')?.fieldConfig?.defaults.thresholds).toEqual({
      mode: 'absolute',
      steps: [
        { color: 'red', value: null },
        { color: 'green', value: 1 },
        { color: 'red', value: 500 },
      ],
    });
  });

  test('asks drift and performance by the names that a check exports', () => {
    expect(titled('Share of drifted columns')?.targets?.[0]?.expr).toBe('mlops_drift_share{monitor="churn-drift"}');
    expect(titled('auc')?.targets?.map(({ expr }) => expr)).toEqual([
      'mlops_performance{monitor="churn-drift",metric="auc"}',
      'mlops_performance_interval_low{monitor="churn-drift",metric="auc",slice=""}',
      'mlops_performance_interval_high{monitor="churn-drift",metric="auc",slice=""}',
    ]);
    expect(titled('Time since the last check')?.targets?.[0]?.expr).toBe(
      'time() - mlops_check_timestamp_seconds{monitor="churn-drift"}',
    );
  });

  test('links runbooks, and a condition can’t break its table or begin a link', () => {
    const content = titled('What to do')?.options?.content;
    expect(content).toContain('<https://example.com/runbooks/drift.md>');
    const bad = monitor({ alerts: [{ name: '](x) | <b>$evil', when: 'drift.share > 1', channel: 'team' }] });
    const row = String(titled('What to do', bad)?.options?.content).split('\n')[2];
    expect(row).toBe('| &#93;&#40;x&#41; &#124; &lt;b&gt;&#36;evil | warning | drift.share &gt; 1 |');
  });

  test('takes the data source by name where the document has one, else lets people choose', () => {
    expect(variable()).toMatchObject({ type: 'datasource', query: 'prometheus', regex: '', current: {} });
    const named = monitor({ dashboard: { datasource: 'Prom (EU)/1' } });
    expect(variable(named)).toMatchObject({
      regex: '/^Prom \\(EU\\)\\/1$/',
      current: { text: 'Prom (EU)/1', value: 'Prom (EU)/1' },
    });
  });
});

describe('small differences', () => {
  test('a document gives the same text each time', () => {
    expect(dashboardText(toGrafanaDashboard(monitor(), options))).toBe(
      dashboardText(toGrafanaDashboard(monitor(), options)),
    );
  });

  test('a new metric in front changes the place of others, and nothing else of them', () => {
    const metrics = monitor().metrics ?? [];
    const before = panels();
    const after = panels(monitor({ metrics: [{ name: 'errors', query: 'errors_total' }, ...metrics] }));
    const others = after.filter(({ title }) => title !== 'errors');
    expect(others.map(({ gridPos: _, ...panel }) => panel)).toEqual(before.map(({ gridPos: _, ...panel }) => panel));
  });

  test('panels never overlap and have ids of their own, however many there are', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.string({ minLength: 1 }), { maxLength: 40 }), (names) => {
        const all = panels(monitor({ metrics: names.map((name) => ({ name, query: 'up' })) }));
        expect(new Set(all.map(({ id }) => id)).size).toBe(all.length);
        const cells = all.flatMap(({ gridPos: { x, y, w, h } }) =>
          Array.from({ length: w * h }, (_, cell) => `${x + (cell % w)} ${y + Math.floor(cell / w)}`),
        );
        expect(new Set(cells).size).toBe(cells.length);
      }),
      { numRuns: 20 },
    );
  });
});

test('uids are stable, of at most 40 characters, and differ by workspace and monitor', () => {
  expect(dashboardUid('churn', 'churn-drift')).toBe(dashboardUid('churn', 'churn-drift'));
  const long = 'a'.repeat(63);
  const uids = [dashboardUid('', long), dashboardUid('churn', long), dashboardUid('churn', `${long.slice(1)}b`)];
  expect(new Set(uids).size).toBe(3);
  for (const uid of uids) expect(uid).toMatch(/^[a-zA-Z0-9_-]{1,40}$/);
});

test('a runbook is an address or a path below the base, and no other scheme', () => {
  expect(runbookAddress('drift.md', 'https://example.com/runbooks')).toBe('https://example.com/runbooks/drift.md');
  expect(runbookAddress('https://other.example/x', 'https://example.com/')).toBe('https://other.example/x');
  expect(runbookAddress('drift.md', null)).toBeNull();
  expect(runbookAddress('javascript:alert(1)', 'https://example.com/')).toBeNull();
  expect(runbookAddress(undefined, 'https://example.com/')).toBeNull();
});
