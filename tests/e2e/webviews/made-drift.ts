import type { DriftDetails } from '#schemas/domain/drift-details.ts';
import type { DriftSummary, driftColumnDetails, ShownDriftColumn } from '#schemas/protocol/drift.ts';
import type { ParsedParamsOf } from '#schemas/protocol/request.ts';

export interface MadeDrift {
  summary: DriftSummary;
  columns: ShownDriftColumn[];
}

const plain = {
  ...{ adjustedPValue: null, errorBound: 0, reason: null, missing: { reference: 0, current: 0.012 } },
} as const;

/** One column that drifted and one that did not, by turns: numbers, then categories. */
export function madeColumn(index: number, parts: Partial<ShownDriftColumn> = {}): ShownDriftColumn {
  const isNumeric = index % 2 === 0;
  const statistic = isNumeric ? 0.4 / (1 + index / 10) : 0.01 + index / 1e6;
  const drifted = statistic >= 0.1;
  return {
    ...plain,
    column: isNumeric ? `tenure ${index}` : `plan ${index}`,
    type: isNumeric ? 'numeric' : 'categorical',
    method: isNumeric ? 'psi' : 'jensenshannon',
    ...{ statistic, pValue: null, threshold: 0.1, drifted, verdict: drifted ? 'drift' : 'no-drift' },
    ...parts,
  };
}

/** A check of so many columns. */
export function madeDrift(count: number, summary: Partial<DriftSummary> = {}): MadeDrift {
  const columns = Array.from({ length: count }, (_, index) => madeColumn(index));
  const drifted = columns.filter((one) => one.drifted).length;
  return { columns, summary: { ...madeSummary(columns, drifted), ...summary } };
}

/** A check of these columns. */
export function madeDriftOf(columns: ShownDriftColumn[], summary: Partial<DriftSummary> = {}): MadeDrift {
  const drifted = columns.filter((one) => one.drifted).length;
  return { columns, summary: { ...madeSummary(columns, drifted), ...summary } };
}

function madeSummary(columns: readonly ShownDriftColumn[], driftedColumns: number): DriftSummary {
  const drifted = driftedColumns > 0;
  return {
    at: Date.now() - 120_000,
    names: { reference: 'data/train.parquet', current: 'live/*.parquet' },
    rows: { reference: 120_000, current: 34_512 },
    leftOut: [{ column: 'seen_at', reason: 'Times move on by themselves: it is compared where it is named.' }],
    ...{ share: columns.length === 0 ? null : driftedColumns / columns.length, drifted },
    verdict: drifted ? 'drift' : 'no-drift',
    ...{ columns: columns.length, driftedColumns, leftOutTotal: 1 },
  };
}

const bell = (at: number, middle: number) => Math.round(4_000 * Math.exp(-((at - middle) ** 2) / 90));
const start = Date.UTC(2026, 0, 1);

export function detailsOfColumn(
  { columns, summary: { rows } }: MadeDrift,
  { column, timeColumn, whole }: ParsedParamsOf<typeof driftColumnDetails>,
): DriftDetails {
  const type = columns.find((one) => one.column === column)?.type ?? null;
  const bins = Array.from({ length: 60 }, (_, index) => index);
  const isNumeric = type !== 'categorical';
  const course = (side: 'reference' | 'current', name: string, level: number) => ({
    ...{ name, side },
    x: bins.map((at) => start + (at + (side === 'current' ? 60 : 0)) * 86_400_000),
    y: bins.map((at) => level * (1 + Math.sin(at / 6) / 8)),
  });
  const names = ['free', 'pro', 'team', '<img src=x onerror=alert(1)>'];
  return {
    ...{ column, type, rows, present: { reference: rows.reference, current: rows.current - 400 } },
    histogram: isNumeric
      ? {
          edges: [...bins, 60].map((at) => at * (whole ? 100 : 1)),
          reference: bins.map((at) => bell(at, 24)),
          current: bins.map((at) => Math.round(bell(at, 33) / 3.5)),
          outside: whole ? { reference: 0, current: 0 } : { reference: 12, current: 3 },
        }
      : null,
    categories: isNumeric
      ? null
      : {
          entries: names.map((name, index) => ({
            name,
            reference: 60_000 / (index + 1),
            current: 4_000 * (index + 1),
          })),
          rest: { values: 1_204, reference: 1_000, current: 220 },
        },
    figures: isNumeric
      ? ['Minimum', '5 %', 'Median', '95 %', 'Maximum', 'Mean', 'Standard deviation'].map((name, index) => ({
          ...{ name, reference: index * 10.5, current: index * 13.25 },
        }))
      : [],
    estimated: false,
    overTime:
      timeColumn === null
        ? null
        : {
            column: timeColumn,
            measure: isNumeric ? 'median' : 'share',
            courses: isNumeric
              ? [course('reference', 'Median', 24), course('current', 'Median', 33)]
              : names.flatMap((name, index) => [
                  course('reference', name, 0.5 / (index + 1)),
                  course('current', name, 0.1 * (index + 1)),
                ]),
          },
    timeColumns: ['seen_at'],
  };
}
