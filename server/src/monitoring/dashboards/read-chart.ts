import type { MonitorReport } from '#schemas/domain/monitor-report.ts';
import { fromJsonNumber, toJsonNumber } from '#schemas/domain/number.ts';
import type { DashboardChartData, DashboardSeries } from '#schemas/protocol/dashboards.ts';
import { FailureError } from '../../platform/failure.ts';
import type { PlannedPanel } from './plan-dashboard.ts';
import { sliceText } from './prometheus-names.ts';

export interface TimeRange {
  /** Unix milliseconds. */
  readonly from: number;
  readonly to: number;
}

export interface RangeSeries {
  readonly labels: Readonly<Record<string, string>>;
  /** Unix milliseconds, rising, and values, which may be NaN and infinite. */
  readonly points: readonly (readonly [time: number, value: number])[];
}

/** Asks Prometheus a query over a time. Fails where it can't be reached, refuses the query or answers something else. */
export type QueryRange = (
  query: string,
  range: TimeRange & { readonly stepMs: number },
  signal?: AbortSignal,
) => Promise<{ readonly series: readonly RangeSeries[]; readonly warnings: readonly string[] }>;

/** More lines can't be told apart. */
const mostSeries = 40;
const finestStepMs = 1_000;

/** A chart from Prometheus: what each of its queries gives, by the legend or the labels. */
export async function chartFromPrometheus(
  { queries }: Pick<PlannedPanel, 'queries'>,
  range: TimeRange & { readonly points: number },
  queryRange: QueryRange,
  signal?: AbortSignal,
): Promise<DashboardChartData> {
  if (queries.some(({ expr }) => expr.includes('${{'))) {
    throw new FailureError('unsupported', 'Its query holds an expression that only a check of the monitor fills in.');
  }
  const stepMs = stepOf(range);
  // Aligned, so that asking again a moment later gives the same points, and one more.
  const aligned = { from: Math.floor(range.from / stepMs) * stepMs, to: Math.ceil(range.to / stepMs) * stepMs, stepMs };
  const answers = await Promise.all(queries.map(({ expr }) => queryRange(expr, aligned, signal)));
  const series = answers.flatMap((answer, index) =>
    answer.series.map(
      ({ labels, points }): DashboardSeries => ({
        name: nameOf(queries[index]?.legend ?? '', labels),
        x: points.map(([time]) => time),
        y: points.map(([, value]) => toJsonNumber(value)),
      }),
    ),
  );
  const warnings = [...new Set(answers.flatMap((answer) => answer.warnings))];
  return { ...limited(series), step: stepMs, warnings };
}

/** A chart of drift or performance from earlier checks; what a check could not tell is a gap. */
export function chartFromHistory(
  { id }: Pick<PlannedPanel, 'id'>,
  reports: readonly MonitorReport[],
): DashboardChartData {
  const lines = new Map<string, Map<number, number>>();
  for (const report of reports) {
    for (const [name, value] of valuesOf(id, report)) {
      const line = lines.get(name) ?? new Map<number, number>();
      line.set(report.at, value);
      lines.set(name, line);
    }
  }
  const times = reports.map(({ at }) => at);
  const series = [...lines].map(
    ([name, line]): DashboardSeries => ({
      name,
      x: times,
      y: times.map((time) => toJsonNumber(line.get(time) ?? Number.NaN)),
    }),
  );
  return { ...limited(series), step: null, warnings: [] };
}

function valuesOf(id: string, { drift, checks }: MonitorReport): readonly (readonly [string, number])[] {
  const columns = drift?.columns ?? [];
  switch (id) {
    case 'drift:share':
      return drift?.share === undefined || drift.share === null ? [] : [['share', drift.share]];
    case 'drift:statistic':
      return columns.flatMap(({ column, method, statistic }) =>
        statistic === null ? [] : [[`${column} (${method ?? ''})`, fromJsonNumber(statistic)] as const],
      );
    case 'drift:columns':
      return columns.flatMap(({ column, drifted }) => (drifted === null ? [] : [[column, Number(drifted)] as const]));
    case 'drift:missing':
      return columns.flatMap(({ column, missing }) => (missing ? [[column, missing.current] as const] : []));
    default:
      return performanceOf(id, checks);
  }
}

function performanceOf(id: string, checks: MonitorReport['checks']): readonly (readonly [string, number])[] {
  return checks
    .filter(({ kind, name }) => kind === 'performance' && id === `performance:${name}`)
    .flatMap(({ name, labels, value, interval }) => {
      const slice = sliceText(labels);
      const whole = slice === '' && interval ? interval : null;
      return [
        ...(value === null ? [] : [[slice === '' ? name : `${name} ${slice}`, fromJsonNumber(value)] as const]),
        ...(whole === null ? [] : [['interval, low', fromJsonNumber(whole.low)] as const]),
        ...(whole === null ? [] : [['interval, high', fromJsonNumber(whole.high)] as const]),
      ];
    });
}

function stepOf({ from, to, points }: TimeRange & { readonly points: number }): number {
  const wanted = (to - from) / points;
  return Math.max(finestStepMs, Math.ceil(wanted / finestStepMs) * finestStepMs);
}

function limited(series: readonly DashboardSeries[]): Pick<DashboardChartData, 'series' | 'left'> {
  const sorted = series.toSorted((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  return { series: sorted.slice(0, mostSeries), left: Math.max(0, series.length - mostSeries) };
}

/** Grafana's legend filled in; without one, what tells the series from others. */
function nameOf(legend: string, labels: RangeSeries['labels']): string {
  if (legend !== '') return legend.replace(/\{\{\s*(\w+)\s*\}\}/g, (_, label: string) => labels[label] ?? '').trim();
  const { __name__: metric, ...rest } = labels;
  const pairs = Object.entries(rest).map(([label, value]) => `${label}=${value}`);
  return pairs.length === 0 ? (metric ?? 'value') : pairs.toSorted().join(', ');
}
