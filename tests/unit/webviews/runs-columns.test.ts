import { describe, expect, test } from 'vitest';
import type { TableColumn } from '#schemas/protocol/experiments.ts';
import { defaultColumns, extendDefaults, pickableColumns } from '#webviews/runs/columns.ts';
import { filterName, rememberFilter, suggestFilters } from '#webviews/runs/filter-suggestions.ts';
import { Selection } from '#webviews/runs/selection.ts';

const column = (kind: TableColumn['kind'], key: string, more: Partial<TableColumn> = {}): TableColumn => ({
  id: `${kind}.${key}`,
  kind,
  key,
  runs: 10,
  numeric: kind === 'metric',
  varies: true,
  ...more,
});

const attributes = ['name', 'status', 'startTime', 'duration', 'experiment', 'id'].map((key) =>
  column('attribute', key),
);
const columns = [
  ...attributes,
  column('param', 'depth'),
  column('param', 'seed', { varies: false }),
  column('metric', 'val/loss', { runs: 9 }),
  column('metric', 'auc', { runs: 10 }),
  column('metric', 'system/cpu', { runs: 10 }),
  column('tag', 'stage'),
];

describe('columns', () => {
  test('shown first: what most runs have and what tells them apart', () => {
    expect(defaultColumns(columns)).toEqual([
      'attribute.name',
      'attribute.status',
      'attribute.startTime',
      'attribute.duration',
      'metric.auc',
      'metric.val/loss',
      'param.depth',
    ]);
  });

  test('stay in place when others come, and go when they are gone', () => {
    const shown = ['attribute.name', 'metric.gone', 'metric.val/loss'];
    const extended = extendDefaults(shown, columns);
    expect(extended.slice(0, 2)).toEqual(['attribute.name', 'metric.val/loss']);
    expect(extended).toContain('metric.auc');
    expect(extended).toContain('param.depth');
  });

  test('are found by words of kind and key, those that vary alone when asked for', () => {
    const found = (search: string, onlyVarying = false) =>
      pickableColumns(columns, { search, onlyVarying }).flatMap((group) => group.columns.map(({ id }) => id));
    expect(found('metric loss')).toEqual(['metric.val/loss']);
    expect(found('seed')).toEqual(['param.seed']);
    expect(found('seed', true)).toEqual([]);
    expect(found('')).not.toContain('attribute.name');
  });
});

describe('filter suggestions', () => {
  const suggest = (text: string, caret = text.length, history: string[] = []) =>
    suggestFilters({ text, caret, columns, history });

  test('begin with filters used before, then examples of this table', () => {
    const labels = suggest('', 0, ['metrics.auc > 1']).map(({ label }) => label);
    expect(labels[0]).toBe('metrics.auc > 1');
    expect(labels).toContain("params.depth = ''");
  });

  test('complete the name at the caret, quoted where it has to be', () => {
    expect(suggest('metrics.lo')[0]?.filter).toBe('metrics.`val/loss` ');
    expect(suggest("params.depth = '3' and au")[0]?.filter).toBe("params.depth = '3' and metrics.auc ");
  });

  test('say nothing inside of a value', () => {
    expect(suggest("params.depth = 'dep")).toEqual([]);
    expect(suggest('metrics.auc > 0')).toEqual([]);
  });

  test('names are those of MLflow', () => {
    expect(filterName(column('attribute', 'startTime'))).toBe('attributes.start_time');
    expect(filterName(column('attribute', 'duration'))).toBeNull();
  });

  test('are remembered once each, the last first', () => {
    expect(rememberFilter(['a', 'b'], ' b ')).toEqual(['b', 'a']);
    expect(rememberFilter(['a'], '  ')).toEqual(['a']);
    expect(rememberFilter(['a', 'b', 'c'], 'd', 3)).toEqual(['d', 'a', 'b']);
  });
});

test('a selection keeps the order in which runs were picked', () => {
  const ref = (runId: string) => ({ tracker: 'local', runId });
  const selection = new Selection()
    .toggle(ref('b'))
    .with([ref('a'), ref('b')])
    .toggle(ref('b'))
    .toggle(ref('c'));
  expect(selection.refs).toEqual([ref('a'), ref('c')]);
  expect(selection.has(ref('b'))).toBe(false);
});
