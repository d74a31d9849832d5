import { expect, it } from 'vitest';
import { chartOrder } from '#webviews/compare/chart-order.ts';

it('shows metrics with a course first and the machine’s own last', () => {
  const row = (key: string, stepped = false) => ({
    key,
    values: [1, 2],
    differs: true,
    ...(stepped ? { stepped } : {}),
  });
  const rows = [row('accuracy'), row('system/cpu', true), row('train/loss', true), row('f1'), row('auc', true)];
  expect(chartOrder(rows)).toEqual(['auc', 'train/loss', 'accuracy', 'f1', 'system/cpu']);
});
