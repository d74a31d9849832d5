import { describe, expect, test, vi } from 'vitest';
import { RowWindows, type WindowAnswer, type WindowRequest } from '#webviews/runs/row-windows.ts';

interface Asked extends WindowRequest {
  readonly answer: (answer: WindowAnswer) => Promise<void>;
  readonly fail: (error: Error) => Promise<void>;
}

function setUp(total = 1_000) {
  const asked: Asked[] = [];
  const onChange = vi.fn();
  const onError = vi.fn();
  const windows = new RowWindows({
    fetch: (request) => {
      const answer = Promise.withResolvers<WindowAnswer>();
      const settled = async () => {
        await answer.promise.catch(() => undefined);
        await Promise.resolve();
      };
      asked.push({
        ...request,
        answer: async (value) => {
          answer.resolve(value);
          await settled();
        },
        fail: async (error) => {
          answer.reject(error);
          await settled();
        },
      });
      return answer.promise;
    },
    onChange,
    onError,
  });
  windows.reset(total);
  return { windows, asked, onChange, onError };
}

function page(
  start: number,
  columns: readonly string[],
  options: { revision?: number; prefix?: string; total?: number } = {},
): WindowAnswer {
  const { revision = 1, prefix = 'run', total = 1_000 } = options;
  return {
    total,
    revision,
    rows: Array.from({ length: 100 }, (_, index) => ({
      ref: { tracker: 'local', runId: `${prefix}-${start + index}` },
      status: 'FINISHED' as const,
      marks: { starred: false, hidden: false },
      cells: columns.map((id) => `${id} of ${start + index} at ${revision}`),
    })),
  };
}

test('reads the pages in sight, once', async () => {
  const { windows, asked } = setUp();
  windows.need(90, 130, ['name']);
  windows.need(95, 135, ['name']);
  expect(asked.map(({ start }) => start)).toEqual([0, 100]);
  await asked[1]?.answer(page(100, ['name']));
  expect(windows.row(120)?.cells.get('name')).toBe('name of 120 at 1');
  expect(windows.row(20)).toBeUndefined();
});

test('reads a column when it comes into sight, and keeps the others', async () => {
  const { windows, asked } = setUp();
  windows.need(0, 30, ['name']);
  await asked[0]?.answer(page(0, ['name']));
  windows.need(0, 30, ['name', 'auc']);
  expect(asked[1]?.columns).toEqual(['auc']);
  await asked[1]?.answer(page(0, ['auc']));
  expect(windows.row(3)?.cells.get('name')).toBe('name of 3 at 1');
  expect(windows.row(3)?.cells.get('auc')).toBe('auc of 3 at 1');
});

test('cancels what was scrolled past', () => {
  const { windows, asked } = setUp();
  windows.need(0, 30, ['name']);
  windows.need(800, 830, ['name']);
  expect(asked.map(({ signal }) => signal.aborted)).toEqual([true, false]);
});

describe('after a change', () => {
  test('shows the old until the new is there', async () => {
    const { windows, asked } = setUp();
    windows.need(0, 30, ['name']);
    await asked[0]?.answer(page(0, ['name']));
    windows.refresh();
    expect(windows.row(3)?.cells.get('name')).toBe('name of 3 at 1');
    await asked[1]?.answer(page(0, ['name'], { revision: 2, total: 1_001 }));
    expect(windows.row(3)?.cells.get('name')).toBe('name of 3 at 2');
    expect(windows.total).toBe(1_001);
  });

  test('never mixes cells of two revisions in a row', async () => {
    const { windows, asked } = setUp();
    windows.need(0, 30, ['name']);
    await asked[0]?.answer(page(0, ['name']));
    windows.need(0, 30, ['name', 'auc']);
    await asked[1]?.answer(page(0, ['auc'], { revision: 2, prefix: 'other' }));
    expect(windows.row(3)?.cells.has('name')).toBe(false);
    expect(asked[2]?.columns).toEqual(['name']);
    await asked[2]?.answer(page(0, ['name'], { revision: 2, prefix: 'other' }));
    expect([...(windows.row(3)?.cells.values() ?? [])]).toEqual(['auc of 3 at 2', 'name of 3 at 2']);
  });
});

test('tells of a failure, and asks again when needed again', async () => {
  const { windows, asked, onError } = setUp();
  windows.need(0, 30, ['name']);
  await asked[0]?.fail(new Error('unreachable'));
  expect(onError).toHaveBeenCalledOnce();
  windows.need(0, 31, ['name']);
  expect(asked).toHaveLength(2);
});

test('asks for many columns in parts, so that no answer is too large', () => {
  const { windows, asked } = setUp();
  windows.need(
    0,
    30,
    Array.from({ length: 130 }, (_, index) => `metric.${index}`),
  );
  expect(asked.map(({ columns }) => columns.length)).toEqual([60, 60, 10]);
});

test('forgets the pages used least', async () => {
  const { windows, asked } = setUp(100_000);
  for (let start = 0; start < 90 * 100; start += 100) {
    windows.need(start, start + 100, ['name']);
    await asked.at(-1)?.answer(page(start, ['name'], { total: 100_000 }));
  }
  expect(windows.row(0)).toBeUndefined();
  expect(windows.row(8_950)).toBeDefined();
});
