import type { DriftColumn } from '#schemas/domain/drift-report.ts';
import { compareDrift, driftScore } from '#schemas/domain/drift-score.ts';
import { csvLine } from '../../../platform/csv.ts';

const heads = [
  ...['column', 'type', 'verdict', 'score', 'method', 'statistic', 'error_bound', 'p_value', 'adjusted_p_value'],
  ...['threshold', 'missing_reference', 'missing_current', 'reason'],
];

/** The columns of a check as CSV, those that need a look first. */
export function* driftCsv(columns: readonly DriftColumn[]): Generator<string, void> {
  yield csvLine(heads);
  for (const one of columns.toSorted(compareDrift)) {
    const { missing } = one;
    yield csvLine([
      ...[one.column, one.type, one.verdict, driftScore(one), one.method, one.statistic, one.errorBound],
      ...[one.pValue, one.adjustedPValue, one.threshold, missing?.reference, missing?.current, one.reason],
    ]);
  }
}
