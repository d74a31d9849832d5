import { studentOutside } from './distributions.ts';

/** Of one sample: how many values, their mean and Σ(x − mean)². */
export interface Moments {
  readonly count: number;
  readonly mean: number;
  readonly squares: number;
}

/** Student's t of two samples with one variance, two-sided: `scipy.stats.ttest_ind`. Null where nothing varies. */
export function studentTest(reference: Moments, current: Moments): { statistic: number; pValue: number } | null {
  const degrees = reference.count + current.count - 2;
  if (degrees < 1) return null;
  const variance = (reference.squares + current.squares) / degrees;
  if (!(variance > 0)) return null;
  const error = Math.sqrt(variance * (1 / reference.count + 1 / current.count));
  const statistic = (reference.mean - current.mean) / error;
  return { statistic, pValue: studentOutside(statistic, degrees) };
}
