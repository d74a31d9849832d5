/**
 * Exponential moving average as TensorBoard draws it: `last = w · last + (1 − w) · y`, divided by `1 − w^n` so that the
 * start is not drawn towards 0 (the bias correction of Adam, Kingma and Ba 2015, section 3). What is not finite stays in
 * its place and takes no part. `weight` from 0 (as is) to below 1.
 */
export function smooth(values: readonly number[], weight: number): number[] {
  if (weight <= 0) return [...values];
  let last = 0;
  let count = 0;
  return values.map((value) => {
    if (!Number.isFinite(value)) return value;
    last = last * weight + (1 - weight) * value;
    count += 1;
    return last / (1 - weight ** count);
  });
}
