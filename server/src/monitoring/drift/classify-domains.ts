import type { DomainClassifier, DriftReport } from '#schemas/domain/drift-report.ts';
import { type Features, trainBoostedTrees } from './boosted-trees.ts';
import { type CodedRows, halfOf } from './coded-rows.ts';
import { isOrdered } from './methods.ts';

/** Evidently’s threshold for the domain classifier of its text drift. */
const THRESHOLD = 0.55;
/** Rows of each side that the model is made from; more hardly change it. */
export const MOST_CLASSIFIED = 20_000;
export const FEWEST_CLASSIFIED = 100;
/** The 95th percentile of the normal distribution. */
const Z95 = 1.6449;
const SHOWN_COLUMNS = 5;

/**
 * Area under the ROC curve of a classifier that tells reference rows (0) from current ones (1), of all columns together: 0.5 where
 * it can’t, 1 where it always can. Two models are made, each from one half of the rows, and judged by the other half: the AUC is
 * the mean of the two. A column’s values are seen in up to a hundred ranges or 24 frequent values, at most three columns at once.
 *
 * As in Evidently, it is drift above 0.55, or in small samples above what 95 of 100 random classifiers reach: here by the
 * variance of Mann and Whitney’s U, (n + m + 1)/(12·n·m).
 */
export function classifyDomains(rows: CodedRows, threshold: number | null): DomainClassifier {
  const some = firstRows(rows, MOST_CLASSIFIED);
  const parts = [halfOf(some, 0), halfOf(some, 1)] as const;
  const [first, second] = [tablesOf(parts[0]), tablesOf(parts[1])];
  const models = [
    trainBoostedTrees(first.features, first.labels),
    trainBoostedTrees(second.features, second.labels),
  ] as const;
  const areas = [
    areaUnderCurve(models[1].scores(first.features), first.labels),
    areaUnderCurve(models[0].scores(second.features), second.labels),
  ] as const;
  const auc = (areas[0] + areas[1]) / 2;
  const { reference: n, current: m } = some.rows;
  const byChance = 0.5 + Z95 * Math.sqrt((n + m + 1) / (12 * n * m));
  const bar = threshold ?? Math.max(THRESHOLD, byChance);
  const gains = rows.columns.map((_, index) => (models[0].gains[index] ?? 0) + (models[1].gains[index] ?? 0));
  const drifted = auc > bar;
  return {
    auc,
    threshold: bar,
    drifted,
    verdict: drifted ? 'drift' : 'no-drift',
    reason: drifted ? null : reasonFor(threshold, byChance, bar),
    columns: tellingColumns(rows, gains),
  };
}

function reasonFor(threshold: number | null, byChance: number, bar: number): string | null {
  if (threshold !== null || bar === THRESHOLD) return null;
  return `So few rows give an AUC of up to ${byChance.toFixed(3)} by chance.`;
}

/** What can’t be classified, and why. */
export function unclassified(
  verdict: 'no-data' | 'could-not-check',
  reason: string,
  threshold: number | null,
): DomainClassifier {
  return { auc: null, threshold: threshold ?? THRESHOLD, drifted: null, verdict, reason, columns: [] };
}

/** A classifier that was asked for has a say: its drift is drift, and where it could not be made, there is no “no drift”. */
export function withClassifier(report: DriftReport, domainClassifier: DomainClassifier): DriftReport {
  const { verdict, drifted } = domainClassifier;
  const overrules = verdict === 'drift' || (report.verdict === 'no-drift' && verdict !== 'no-drift');
  return { ...report, ...(overrules ? { verdict, drifted } : {}), domainClassifier };
}

function firstRows(all: CodedRows, most: number): CodedRows {
  const take = (codes: CodedRows['half']) => ({
    reference: codes.reference.subarray(0, most),
    current: codes.current.subarray(0, most),
  });
  return {
    rows: { reference: Math.min(most, all.rows.reference), current: Math.min(most, all.rows.current) },
    columns: all.columns.map((column) => ({ ...column, codes: take(column.codes) })),
    half: take(all.half),
  };
}

function tablesOf({ rows, columns }: CodedRows): { features: Features; labels: Uint8Array } {
  const labels = new Uint8Array(rows.reference + rows.current).fill(1, rows.reference);
  const features = columns.map(({ codes, size, column }) => {
    const both = new Uint8Array(labels.length);
    both.set(codes.reference);
    both.set(codes.current, rows.reference);
    return { codes: both, size, ordered: isOrdered(column.type) };
  });
  return { features: { rows: labels.length, columns: features }, labels };
}

/** Mann and Whitney’s U / (n·m): how often a row labelled 1 has a higher score than one labelled 0, ties counting half. */
export function areaUnderCurve(scores: Float64Array, labels: Uint8Array): number {
  const zeros = scores.filter((_, row) => labels[row] === 0).sort();
  const ones = scores.filter((_, row) => labels[row] !== 0).sort();
  let [below, upTo, wins] = [0, 0, 0];
  for (const score of ones) {
    while (below < zeros.length && (zeros[below] ?? 0) < score) below += 1;
    while (upTo < zeros.length && (zeros[upTo] ?? 0) <= score) upTo += 1;
    wins += (below + upTo) / 2;
  }
  return wins / (zeros.length * ones.length);
}

function tellingColumns({ columns }: CodedRows, gains: readonly number[]): DomainClassifier['columns'] {
  const all = gains.reduce((sum, gain) => sum + gain, 0);
  if (all === 0) return [];
  return columns
    .map(({ column }, index) => ({ column: column.name, share: (gains[index] ?? 0) / all }))
    .sort((one, other) => other.share - one.share)
    .slice(0, SHOWN_COLUMNS);
}
