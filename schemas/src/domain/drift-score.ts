import type { DomainClassifier, DriftColumn, DriftVerdict } from './drift-report.ts';
import { fromJsonNumber } from './number.ts';

type Scored = Pick<DriftColumn, 'statistic' | 'pValue' | 'adjustedPValue' | 'threshold'>;

/**
 * How far a column is from its threshold, the same for every method: 1 right at it, more where it drifted. Of a distance it
 * is how many times the threshold it is; of a p-value ln p / ln threshold, so that p = threshold² gives 2. Null without figures.
 */
export function driftScore({ statistic, pValue, adjustedPValue, threshold }: Scored): number | null {
  if (statistic === null || threshold === null) return null;
  const score =
    pValue === null
      ? fromJsonNumber(statistic) / threshold
      : Math.log(adjustedPValue ?? pValue) / Math.log(Math.min(threshold, 1));
  if (Number.isNaN(score)) return null;
  // ln 1 is negative zero over a negative number.
  return score === 0 ? 0 : score;
}

/** What needs a look comes first: drift, then what nobody could tell. */
const ranks: Readonly<Record<DriftVerdict, number>> = {
  drift: 0,
  'could-not-check': 1,
  'no-data': 2,
  'no-drift': 3,
};

/** Orders columns by what needs a look most: the verdict, then the score, then as they were. */
export function compareDrift(a: DriftColumn, b: DriftColumn): number {
  const [first, second] = [driftScore(a) ?? -1, driftScore(b) ?? -1];
  return ranks[a.verdict] - ranks[b.verdict] || (first === second ? 0 : second - first);
}

/** A verdict in a person's words. */
export const verdictText: Readonly<Record<DriftVerdict, string>> = {
  drift: 'Drift',
  'no-drift': 'No drift',
  'no-data': 'No data',
  'could-not-check': 'Could not check',
};

/** The verdict on a data set in one sentence, with how many of its columns drifted. */
export function driftSentence({
  verdict,
  share,
  drifted,
}: {
  readonly verdict: DriftVerdict;
  readonly share: number | null;
  /** Columns that drifted. */
  readonly drifted: number;
}): string {
  const columns = drifted === 1 ? '1 column' : `${drifted} columns`;
  const part = share === null ? '' : ` (${Math.round(share * 100)} % of those that could be compared)`;
  switch (verdict) {
    case 'drift':
      if (drifted === 0) return 'The data drifted, though no column did by itself.';
      return `The data drifted: ${columns}${part}.`;
    case 'no-drift':
      return drifted === 0 ? 'No column drifted.' : `No drift of the whole: ${columns} drifted${part}.`;
    case 'no-data':
      return 'There are too few values to tell.';
    case 'could-not-check':
      return drifted === 0
        ? 'It could not be told: not all columns could be checked.'
        : `It could not be told: ${columns} drifted, but not all could be checked.`;
  }
}

/** What a classifier of all columns says, in a sentence. */
export function classifierSentence({ auc, drifted, threshold, columns, reason }: DomainClassifier): string {
  if (auc === null) return `All columns together: ${reason ?? ''}`;
  const can = drifted ? 'a model tells the two sides apart' : 'no model tells the two sides apart';
  const telling = columns.slice(0, 3).map(({ column, share }) => `${column} (${roundPercent(share)})`);
  const by = drifted && telling.length > 0 ? `, most by ${telling.join(', ')}` : '';
  const area = `AUC ${auc.toFixed(3)}, drift above ${Number(threshold.toFixed(3))}`;
  return [`All columns together: ${can} (${area})${by}.`, reason].filter((part) => part !== null).join(' ');
}

/** A share in whole per cent, below one of them with one digit. */
export function roundPercent(share: number): string {
  const value = share * 100;
  return `${value < 1 ? Number(value.toPrecision(1)) : Math.round(value)} %`;
}
