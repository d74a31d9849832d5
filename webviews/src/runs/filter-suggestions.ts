import type { TableColumn } from '#schemas/protocol/experiments.ts';
import { format } from '../shared/format.ts';

export interface Suggestion {
  /** The whole filter after it was taken. */
  readonly filter: string;
  readonly label: string;
  readonly detail: string;
}

interface Context {
  readonly text: string;
  readonly caret: number;
  readonly columns: readonly TableColumn[];
  readonly history: readonly string[];
}

const most = 12;
const prefixes = { attribute: 'attributes', param: 'params', metric: 'metrics', tag: 'tags' } as const;
const attributeKeys: Readonly<Record<string, string>> = {
  name: 'run_name',
  status: 'status',
  startTime: 'start_time',
  id: 'run_id',
};
const quickAsWord = /^[\w.]+$/;

/** What might be meant at the caret: names that go on as what was typed, else filters used before and examples. */
export function suggestFilters({ text, caret, columns, history }: Context): Suggestion[] {
  if (text.trim() === '') {
    const used = history.map((filter) => ({ filter, label: filter, detail: 'used before' }));
    return [...used, ...examples(columns)].slice(0, most);
  }
  const word = /[\w./`"-]*$/.exec(text.slice(0, caret))?.[0] ?? '';
  const before = text.slice(0, caret - word.length);
  if (word === '' || inValue(before)) return [];
  const wanted = word.replaceAll(/[`"]/g, '').toLowerCase();
  const names = columns.flatMap((column) => {
    const name = filterName(column);
    return name !== null && matches(name, wanted) ? [{ column, name }] : [];
  });
  return names
    .filter(({ name }) => name !== word)
    .toSorted((a, b) => rank(a.name, wanted) - rank(b.name, wanted) || b.column.runs - a.column.runs)
    .slice(0, most)
    .map(({ column, name }) => ({
      filter: `${before}${name} ${text.slice(caret).trimStart()}`,
      label: name,
      detail: `${format.count(column.runs)} ${column.runs === 1 ? 'run' : 'runs'}`,
    }));
}

/** `metrics.lo` means any metric with `lo` in its key. */
function matches(name: string, wanted: string): boolean {
  const plain = name.replaceAll('`', '').toLowerCase();
  const dot = wanted.indexOf('.') + 1;
  return (
    plain.includes(wanted) ||
    (dot > 0 && plain.startsWith(wanted.slice(0, dot)) && plain.slice(dot).includes(wanted.slice(dot)))
  );
}

function rank(name: string, wanted: string): number {
  const plain = name.replaceAll('`', '').toLowerCase();
  if (plain.startsWith(wanted)) return 0;
  return plain.slice(plain.indexOf('.') + 1).startsWith(wanted) ? 1 : 2;
}

/** Whether what comes next is a value: after an operator, or inside of quotes. */
function inValue(before: string): boolean {
  const quotes = before.match(/'/g)?.length ?? 0;
  return quotes % 2 === 1 || /(?:[<>=]|\b(?:I?LIKE|IN|IS|NOT))\s*$/i.test(before);
}

/** A column as MLflow's filters name it; null for one they can't. */
export function filterName({ kind, key }: Pick<TableColumn, 'kind' | 'key'>): string | null {
  if (kind === 'attribute') return attributeKeys[key] ? `attributes.${attributeKeys[key]}` : null;
  return `${prefixes[kind]}.${quickAsWord.test(key) ? key : `\`${key}\``}`;
}

function examples(columns: readonly TableColumn[]): Suggestion[] {
  const metric = columns.filter(({ kind }) => kind === 'metric').toSorted((a, b) => b.runs - a.runs)[0];
  const param = columns.find(({ kind, varies }) => kind === 'param' && varies);
  const example = (filter: string, detail: string): Suggestion => ({ filter, label: filter, detail });
  return [
    ...(metric ? [example(`${filterName(metric)} > 0.9`, 'by a metric')] : []),
    ...(param ? [example(`${filterName(param)} = ''`, 'by a param, as text')] : []),
    example(`attributes.status = 'FINISHED'`, 'by status'),
    example(`attributes.run_name LIKE '%baseline%'`, 'by name'),
    example('tags.`mlflow.user` IS NOT NULL', 'that have a tag'),
  ];
}

/** The filters used last, newest first, each once. */
export function rememberFilter(history: readonly string[], filter: string, kept = 10): string[] {
  const text = filter.trim();
  if (text === '') return [...history];
  return [text, ...history.filter((other) => other !== text)].slice(0, kept);
}
