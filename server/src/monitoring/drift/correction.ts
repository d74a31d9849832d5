/** How p-values of many columns are corrected for their number. */
export type Correction = 'none' | 'benjamini-hochberg' | 'bonferroni';

/**
 * P-values that can be compared with the threshold of one test: after Bonferroni, the chance of one false alarm among all is
 * bounded; after Benjamini and Hochberg (1995), the expected share of false ones among the alarms.
 */
export function adjusted(pValues: readonly number[], correction: Correction): readonly number[] {
  const count = pValues.length;
  if (correction === 'none') return pValues;
  if (correction === 'bonferroni') return pValues.map((p) => Math.min(1, p * count));
  const descending = pValues.map((p, index) => ({ p, index })).sort((a, b) => b.p - a.p);
  const result = [...pValues];
  let least = 1;
  for (const [position, { p, index }] of descending.entries()) {
    least = Math.min(least, (p * count) / (count - position));
    result[index] = least;
  }
  return result;
}
