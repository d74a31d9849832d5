import type { DriftColumn } from '#schemas/domain/drift-report.ts';
import type { MonitorCheck, MonitorReport } from '#schemas/domain/monitor-report.ts';
import { checkState } from '#schemas/domain/monitor-report.ts';
import { fromJsonNumber } from '#schemas/domain/number.ts';
import { exported, numberText, quoted, sliceText } from './prometheus-names.ts';

interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number | null;
}

/**
 * What a check found, in Prometheus' text format 0.0.4, for node_exporter's textfile collector or a Pushgateway. What is
 * not known has no sample: a gap, never a zero that would look like “no drift”. The check's own state and time are
 * always there.
 */
export function toPrometheusText(report: MonitorReport): string {
  return [...stateFamilies(report), ...driftFamilies(report), ...performanceFamilies(report)].join('');
}

function stateFamilies({ monitor, state, at }: MonitorReport): string[] {
  const states = checkState.options.map((name) => ({
    labels: { monitor, state: name },
    value: Number(name === state),
  }));
  return [
    family(exported.state, '1 for the state that the last check ended with.', states),
    family(exported.checkedAt, 'When the last check began.', [{ labels: { monitor }, value: at / 1_000 }]),
  ];
}

function driftFamilies({ monitor, drift }: MonitorReport): string[] {
  if (!drift) return [];
  const whole = (value: number | null): Sample[] => [{ labels: { monitor }, value }];
  const columns = (pick: (column: DriftColumn) => number | null): Sample[] =>
    drift.columns.map((column) => ({
      labels: { monitor, column: column.column, method: column.method ?? '' },
      value: pick(column),
    }));
  const missing = new Map(drift.columns.map((column) => [column.column, column.missing?.current ?? null]));
  return [
    family(exported.driftShare, 'Share of the compared columns that drifted.', whole(drift.share)),
    family(exported.driftDetected, '1 where the data set drifted.', whole(flag(drift.drifted))),
    family(exported.driftRows, 'Rows that were compared.', [
      { labels: { monitor, sample: 'reference' }, value: drift.rows.reference },
      { labels: { monitor, sample: 'current' }, value: drift.rows.current },
    ]),
    family(
      exported.driftStatistic,
      'Distance of a column, or the statistic of its test.',
      columns(({ statistic }) => (statistic === null ? null : fromJsonNumber(statistic))),
    ),
    family(
      exported.driftPValue,
      'p-value of a column, corrected where a correction is set.',
      columns(({ pValue, adjustedPValue }) => adjustedPValue ?? pValue),
    ),
    family(
      exported.driftThreshold,
      'Where drift of a column begins.',
      columns(({ threshold }) => threshold),
    ),
    family(
      exported.columnDrifted,
      '1 where a column drifted.',
      columns(({ drifted }) => flag(drifted)),
    ),
    family(
      exported.columnMissing,
      'Share of missing values of a column in the current data.',
      [...missing].map(([column, value]) => ({ labels: { monitor, column }, value })),
    ),
  ];
}

function performanceFamilies({ monitor, checks }: MonitorReport): string[] {
  const measured = checks.filter(({ kind }) => kind === 'performance');
  const samples = (pick: (check: MonitorCheck) => MonitorCheck['value']): Sample[] =>
    measured.map((check) => {
      const value = pick(check);
      const labels = { monitor, metric: check.name, slice: sliceText(check.labels) };
      return { labels, value: value === null ? null : fromJsonNumber(value) };
    });
  return [
    family(
      exported.performance,
      'How good the model is.',
      samples(({ value }) => value),
    ),
    family(
      exported.performanceLow,
      'Lower bound of the 95 % interval.',
      samples(({ interval }) => interval?.low ?? null),
    ),
    family(
      exported.performanceHigh,
      'Upper bound of the 95 % interval.',
      samples(({ interval }) => interval?.high ?? null),
    ),
  ];
}

/** All samples of one metric, the only group of that name; nothing where there is none. */
function family(name: string, help: string, samples: readonly Sample[]): string {
  const lines = new Map<string, string>();
  for (const { labels, value } of samples) {
    if (value === null) continue;
    const pairs = Object.entries(labels).map(([label, text]) => `${label}=${quoted(text)}`);
    const series = `${name}{${pairs.join(',')}}`;
    // A series twice would make Prometheus refuse the whole file: of two, the first is told.
    if (!lines.has(series)) lines.set(series, `${series} ${numberText(value)}\n`);
  }
  if (lines.size === 0) return '';
  return `# HELP ${name} ${help}\n# TYPE ${name} gauge\n${[...lines.values()].join('')}`;
}

function flag(value: boolean | null): number | null {
  return value === null ? null : Number(value);
}
