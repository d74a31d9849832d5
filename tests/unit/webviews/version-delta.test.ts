import { describe, expect, it } from 'vitest';
import { metricDelta } from '#webviews/versions/delta.ts';

describe('the change of a metric', () => {
  it.each([
    ['auc', '0.8', '0.9', true],
    ['auc', '0.9', '0.8', false],
    ['log_loss', '0.5', '0.4', true],
    ['log_loss', '0.4', '0.5', false],
    ['auc', '0.8', '0.8', null],
  ])('%s from %s to %s', (name, before, after, isBetter) => {
    expect(metricDelta(name, before, after)?.isBetter).toBe(isBetter);
  });

  it('is none where a value is missing or no number', () => {
    expect(metricDelta('auc', null, '1')).toBeNull();
    expect(metricDelta('auc', '1', null)).toBeNull();
    expect(metricDelta('auc', 'NaN', '1')).toBeNull();
    expect(metricDelta('auc', '1', 'Infinity')).toBeNull();
  });
});
