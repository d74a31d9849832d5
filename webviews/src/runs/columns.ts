import type { TableColumn } from '#schemas/protocol/experiments.ts';

const firstAttributes = ['attribute.name', 'attribute.status', 'attribute.startTime', 'attribute.duration'];
const mostMetrics = 6;
const mostParams = 12;
const systemPrefix = 'system/';

const attributeLabels: Readonly<Record<string, string>> = {
  name: 'Name',
  status: 'Status',
  startTime: 'Started',
  duration: 'Duration',
  experiment: 'Experiment',
  id: 'Run ID',
};

/** The columns of a table that nobody chose any for: what most runs have and what tells runs apart. */
export function defaultColumns(columns: readonly TableColumn[]): string[] {
  const metrics = columns
    .filter(({ kind, key }) => kind === 'metric' && !key.startsWith(systemPrefix))
    .toSorted((a, b) => b.runs - a.runs)
    .slice(0, mostMetrics);
  const params = columns.filter(({ kind, varies }) => kind === 'param' && varies).slice(0, mostParams);
  return [...firstAttributes, ...metrics.map(({ id }) => id), ...params.map(({ id }) => id)];
}

/** As {@link defaultColumns} after a change, with what is shown left in its place. */
export function extendDefaults(shown: readonly string[], columns: readonly TableColumn[]): string[] {
  const known = new Set(columns.map(({ id }) => id));
  const kept = shown.filter((id) => known.has(id) || id.startsWith('attribute.'));
  const room = (kind: string, most: number) => Math.max(0, most - kept.filter((id) => id.startsWith(kind)).length);
  const added = defaultColumns(columns).filter((id) => !kept.includes(id));
  return [
    ...kept,
    ...added.filter((id) => id.startsWith('metric.')).slice(0, room('metric.', mostMetrics)),
    ...added.filter((id) => id.startsWith('param.')).slice(0, room('param.', mostParams)),
  ];
}

export function columnLabel({ kind, key }: Pick<TableColumn, 'kind' | 'key'>): string {
  return kind === 'attribute' ? (attributeLabels[key] ?? key) : key;
}

/** Kind and key of a column that may no longer be there. */
export function columnOfId(id: string): Pick<TableColumn, 'id' | 'kind' | 'key'> {
  const dot = id.indexOf('.');
  const kind = id.slice(0, dot);
  const known = kind === 'param' || kind === 'metric' || kind === 'tag' ? kind : 'attribute';
  return { id, kind: known, key: id.slice(dot + 1) };
}

/** A width that shows most values whole. */
export function defaultWidth({ id, kind, key }: Pick<TableColumn, 'id' | 'kind' | 'key'>): number {
  if (id === 'attribute.name') return 220;
  if (id === 'attribute.status') return 104;
  if (id === 'attribute.startTime') return 150;
  if (id === 'attribute.duration') return 96;
  if (id === 'attribute.id') return 260;
  if (kind === 'tag') return 160;
  return Math.max(96, Math.min(200, key.length * 7.5 + 44));
}

export interface ColumnGroup {
  readonly kind: TableColumn['kind'];
  readonly columns: readonly TableColumn[];
}

/** The columns that a person may pick from, in groups; `search` looks for each of its words in the keys. */
export function pickableColumns(
  columns: readonly TableColumn[],
  { search, onlyVarying }: { search: string; onlyVarying: boolean },
): ColumnGroup[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  const matching = columns.filter((column) => {
    if (column.id === 'attribute.name') return false;
    if (onlyVarying && !column.varies) return false;
    const text = `${column.kind} ${columnLabel(column)}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
  return (['attribute', 'metric', 'param', 'tag'] as const)
    .map((kind) => ({ kind, columns: matching.filter((column) => column.kind === kind) }))
    .filter((group) => group.columns.length > 0);
}
