import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { moveByKey } from '#webviews/shared/grid-keys.ts';
import { columnsInView, type GridColumn, layoutColumns, scrollToShow } from '#webviews/shared/grid-layout.ts';
import { GridPool } from '#webviews/shared/grid-pool.ts';
import { isSame } from '#webviews/shared/same.ts';
import { nextSort } from '#webviews/shared/sort.ts';

const column = (id: string, width: number, frozen = false): GridColumn => ({ id, label: id, width, frozen });

describe('layout', () => {
  test('puts frozen columns first; the widest gives way in a narrow panel', () => {
    const columns = [column('check', 30, true), column('name', 220, true), column('auc', 90)];
    expect(layoutColumns(columns, 1_000)).toMatchObject({ frozenWidth: 250, totalWidth: 340 });
    expect(layoutColumns(columns, 300).frozen.map(({ width }) => width)).toEqual([30, 135]);
  });

  test('shows every column that is in sight', () => {
    const widths = fc.array(fc.integer({ min: 40, max: 300 }), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(widths, fc.nat(5_000), fc.integer({ min: 100, max: 1_500 }), (all, scrollLeft, width) => {
        const layout = layoutColumns(
          [column('name', 100, true), ...all.map((one, index) => column(`${index}`, one))],
          width,
        );
        const shown = new Set(columnsInView(layout, { scrollLeft, width, overscan: 0 }));
        for (const placed of layout.scrolling) {
          const inSight =
            placed.left + placed.width > scrollLeft + layout.frozenWidth && placed.left < scrollLeft + width;
          expect(shown.has(placed)).toBe(inSight);
        }
      }),
    );
  });

  test('scrolls no further than it takes', () => {
    const view = { scroll: 100, size: 200, before: 28 };
    expect(scrollToShow({ start: 150, size: 24 }, view)).toBe(100);
    expect(scrollToShow({ start: 100, size: 24 }, view)).toBe(72);
    expect(scrollToShow({ start: 400, size: 24 }, view)).toBe(224);
  });
});

describe('keys', () => {
  const bounds = { rows: 100, columns: 5, page: 10 };
  const key = (name: string, ctrlKey = false) => ({ key: name, ctrlKey, metaKey: false });

  test.each([
    ['ArrowUp', false, { row: -1, column: 2 }],
    ['ArrowDown', false, { row: 1, column: 2 }],
    ['ArrowDown', true, { row: 99, column: 2 }],
    ['Home', false, { row: 0, column: 0 }],
    ['End', true, { row: 99, column: 4 }],
    ['PageDown', false, { row: 10, column: 2 }],
  ])('%s (ctrl %s) leads to %o', (name, ctrl, position) => {
    expect(moveByKey({ row: 0, column: 2 }, key(name, ctrl), bounds)).toEqual(position);
  });

  test('never lead out of the grid', () => {
    const names = fc.constantFrom(
      'ArrowUp',
      'ArrowDown',
      'ArrowLeft',
      'ArrowRight',
      'PageUp',
      'PageDown',
      'Home',
      'End',
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(names, fc.boolean())), (pressed) => {
        let at = { row: 0, column: 0 };
        for (const [name, ctrl] of pressed) at = moveByKey(at, key(name, ctrl), bounds) ?? at;
        expect(at.row >= -1 && at.row < 100 && at.column >= 0 && at.column < 5).toBe(true);
      }),
    );
  });

  test('that lead nowhere are left to others', () => {
    expect(moveByKey({ row: 0, column: 0 }, key('s'), bounds)).toBeNull();
  });
});

describe('element pool', () => {
  const items = (from: number, count: number) => Array.from({ length: count }, (_, index) => from + index);

  test('gives each item in sight an element of its own, always as many as before', () => {
    const pool = new GridPool();
    fc.assert(
      fc.property(fc.nat(10_000), fc.integer({ min: 1, max: 50 }), fc.boolean(), (from, count, moving) => {
        const placed = pool.arrange(items(from, count), { moving, own: from + 3 });
        expect(new Set(placed.map(({ slot }) => slot)).size).toBe(count);
        expect(placed.map(({ item }) => item).toSorted((a, b) => a - b)).toEqual(items(from, count));
      }),
    );
  });

  test('moves no element while things move, and puts them right when they rest', () => {
    const pool = new GridPool();
    const before = pool.arrange(items(0, 16), { moving: false, own: -1 }).map(({ slot }) => slot);
    expect(pool.arrange(items(5, 16), { moving: true, own: -1 }).map(({ slot }) => slot)).toEqual(before);
    expect(pool.arrange(items(5, 16), { moving: false, own: -1 }).map(({ item }) => item)).toEqual(items(5, 16));
  });
});

test('a column sorts one way, the other, not at all; shift adds', () => {
  const auc = { column: 'auc', descendingFirst: true, add: false };
  const once = nextSort([], auc);
  expect(once).toEqual([{ column: 'auc', descending: true }]);
  expect(nextSort(once, auc)).toEqual([{ column: 'auc', descending: false }]);
  expect(nextSort(nextSort(once, auc), auc)).toEqual([]);
  const both = nextSort(once, { column: 'name', descendingFirst: false, add: true });
  expect(both.map(({ column: id }) => id)).toEqual(['auc', 'name']);
  expect(nextSort(both, { column: 'name', descendingFirst: false, add: false })).toEqual([
    { column: 'name', descending: true },
  ]);
});

test.each([
  [[1, 2], [1, 2], true],
  [{ a: 1 }, { a: 1 }, true],
  [new Set(['a']), new Set(['a']), true],
  [new Set(['a']), new Set(['b']), false],
  [{ a: 1 }, { b: 1 }, false],
  [null, {}, false],
  [[], {}, false],
])('%o and %o: the same is %s', (a, b, same) => {
  expect(isSame(a, b)).toBe(same);
});
