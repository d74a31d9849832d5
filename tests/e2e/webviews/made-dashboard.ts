import type {
  DashboardChart,
  DashboardChartData,
  DashboardDescription,
  readDashboardChart,
} from '#schemas/protocol/dashboards.ts';
import type { ParsedParamsOf } from '#schemas/protocol/request.ts';

const chart = (id: string, parts: Partial<DashboardChart> = {}): DashboardChart => ({
  id,
  group: id.startsWith('drift') ? 'drift' : id.startsWith('performance') ? 'performance' : 'metrics',
  title: id.slice(id.indexOf(':') + 1),
  description: 'Good is at most 0.3.',
  ...{ minimum: null, maximum: null, unit: null },
  ...parts,
});

/** A dashboard with every kind of chart; `metric:broken` and `metric:gone` are for what goes wrong. */
export function madeDashboard(): DashboardDescription {
  return {
    ...{ monitor: 'churn-drift', title: 'Churn', description: 'The monitor churn-drift of churn@champion.' },
    charts: [
      chart('drift:share', { title: 'Share of drifted columns', maximum: 0.3, unit: 'percentunit' }),
      chart('drift:statistic', { title: 'Drift by column' }),
      chart('performance:auc', { minimum: 0.8 }),
      chart('metric:latency-p99', { maximum: 0.3, unit: 's' }),
      chart('metric:gone'),
      chart('metric:broken'),
    ],
    alerts: [
      {
        ...{ name: 'drift.share >= 0.3', when: 'drift.share >= 0.3', severity: 'critical', channels: ['team'] },
        runbook: 'https://example.com/runbooks/drift.md',
      },
      {
        name: 'slow',
        when: 'metrics.latency-p99 > 0.3',
        severity: 'warning',
        channels: ['team', 'mail'],
        runbook: null,
      },
    ],
  };
}

const wave = (index: number, offset: number) => Number((0.2 + 0.15 * Math.sin(index / 9 + offset)).toFixed(4));

/** Values of one chart over the time that was asked for. */
export function madeChartData({ chart: id, from, to }: ParsedParamsOf<typeof readDashboardChart>): DashboardChartData {
  const step = (to - from) / 60;
  const x = Array.from({ length: 61 }, (_, index) => from + index * step);
  const series = (name: string, offset: number) => ({ name, x, y: x.map((_, index) => wave(index, offset)) });
  if (id === 'metric:gone') return { series: [], left: 0, step, warnings: [] };
  if (id === 'metric:latency-p99') {
    const old = series('pod=b', 2);
    return {
      series: [series('pod=a', 0), { ...old, x: x.slice(0, 30), y: old.y.slice(0, 30) }],
      ...{ left: 3, step, warnings: ['PromQL warning: 2 series were left out.'] },
    };
  }
  const names = id === 'drift:statistic' ? ['tenure (psi)', 'plan (chisquare)', 'age (ks)'] : [id];
  return { series: names.map(series), left: 0, step, warnings: [] };
}
