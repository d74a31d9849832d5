import type { DuckDBConnection } from '@duckdb/node-api';
import { FailureError } from '../../../platform/failure.ts';
import {
  type LabelledColumn,
  type LabelledData,
  MOST_CLASSES,
  MOST_SLICES,
  type Slicing,
} from '../../performance/labelled-data.ts';
import { measurePerformance } from '../../performance/measure-performance.ts';
import type { Performance, PerformanceRequest } from '../../performance/performance-request.ts';
import { doubleColumnsOf, readRows, streamChunks } from './read.ts';
import { type SessionOptions, withDuckDb } from './session.ts';
import { findSource, type Source } from './sources.ts';
import { name, text } from './sql.ts';
import { openTable, type Table } from './tables.ts';

/** More rows would take more memory than a check may have. */
const MOST_ROWS = 20_000_000;

/** Measures predictions in files by the labels in others. */
export async function measureFiles(
  request: PerformanceRequest,
  options: SessionOptions,
): Promise<readonly Performance[]> {
  const predictions = await findSource(request.predictions.path, request.predictions.folder);
  const labels = await findSource(request.labels.path, request.labels.folder);
  return withDuckDb(options, async (connection) => {
    const data = await readLabelled(connection, { predictions, labels }, request);
    return measurePerformance(data, request);
  });
}

interface Sources {
  readonly predictions: Source;
  readonly labels: Source;
}

async function readLabelled(
  connection: DuckDBConnection,
  sources: Sources,
  { settings }: PerformanceRequest,
): Promise<LabelledData> {
  const isOne = sources.predictions.files.join('\n') === sources.labels.files.join('\n');
  const predictions = await openTable(connection, 'predictions', sources.predictions);
  const labels = isOne ? predictions : await openTable(connection, 'labels', sources.labels);
  requireColumn(predictions, settings.prediction, sources.predictions);
  requireColumn(labels, settings.label, sources.labels);
  for (const column of settings.slices ?? []) requireColumn(predictions, column, sources.predictions);
  const join = isOne ? null : await joinOf(connection, { sources, predictions, labels }, settings);
  const label = `${join === null ? 'p' : 'l'}.${name(settings.label)}`;
  const slices = (settings.slices ?? []).map((column, index) => `p.${name(column)} AS s${index}`);
  const columns = [`p.${name(settings.prediction)} AS prediction`, `${label} AS label`, ...slices];
  await connection.run(`CREATE TEMP TABLE labelled AS SELECT ${columns.join(', ')} FROM predictions p ${join ?? ''}`);
  const [counts = {}] = await readRows(
    connection,
    `SELECT count(*) AS matched, count(${filled('label')}) AS labelled, count(*) FILTER (${complete}) AS rows FROM labelled`,
  );
  const rows = Number(counts.rows);
  if (rows > MOST_ROWS) {
    throw new FailureError('unsupported', `${rows} predictions are more than can be measured at once.`, {
      remedy: `Name fewer files: at most ${MOST_ROWS} rows.`,
    });
  }
  return {
    predicted: predictions.rows,
    matched: Number(join === null ? counts.labelled : counts.matched),
    rows,
    ...(await readColumns(connection, { rows, slices: settings.slices ?? [] })),
  };
}

function requireColumn(table: Table, column: string, { name: file }: Source): void {
  if (table.columns.some((one) => one.name === column)) return;
  const known = table.columns.slice(0, 10).map((one) => one.name);
  throw new FailureError('input', `${file} has no column ${column}.`, {
    remedy: `It has ${known.join(', ')}${table.columns.length > 10 ? ', …' : ''}.`,
  });
}

interface Joined {
  readonly sources: Sources;
  readonly predictions: Table;
  readonly labels: Table;
}

/** One label a key: of two different ones nobody knows which holds. */
async function joinOf(
  connection: DuckDBConnection,
  { sources, predictions, labels }: Joined,
  { join, label }: PerformanceRequest['settings'],
): Promise<string> {
  if (join === undefined) {
    throw new FailureError('input', 'Predictions and labels are in different files.', {
      remedy: 'Name the column that belongs them together in performance.join.',
    });
  }
  requireColumn(predictions, join, sources.predictions);
  requireColumn(labels, join, sources.labels);
  const key = name(join);
  const [double] = await readRows(
    connection,
    `SELECT CAST(${key} AS VARCHAR) AS key, count(DISTINCT ${name(label)}) AS values FROM labels
     WHERE ${key} IS NOT NULL GROUP BY ${key} HAVING count(DISTINCT ${name(label)}) > 1 ORDER BY 1 LIMIT 1`,
  );
  if (double) {
    throw new FailureError('input', `${sources.labels.name} has several labels for ${join} ${String(double.key)}.`, {
      remedy: 'Leave one label for each, such as the newest.',
    });
  }
  // As text: a file may hold as a number what the other holds as a string.
  const labelled = `(SELECT CAST(${key} AS VARCHAR) AS key, any_value(${name(label)}) AS ${name(label)} FROM labels
    WHERE ${name(label)} IS NOT NULL GROUP BY 1)`;
  return `JOIN ${labelled} l ON CAST(p.${key} AS VARCHAR) = l.key`;
}

/** NaN and infinities are missing, as everywhere here. */
function filled(column: string): string {
  return `CASE WHEN TRY_CAST(${column} AS DOUBLE) IS NULL OR isfinite(TRY_CAST(${column} AS DOUBLE)) THEN ${column} END`;
}

const complete = `WHERE ${filled('prediction')} IS NOT NULL AND ${filled('label')} IS NOT NULL`;

async function readColumns(
  connection: DuckDBConnection,
  { rows, slices }: { readonly rows: number; readonly slices: readonly string[] },
): Promise<Pick<LabelledData, 'label' | 'prediction' | 'slices'>> {
  const label = await look(connection, 'label');
  const prediction = await look(connection, 'prediction');
  const values: (readonly string[])[] = [];
  for (const index of slices.keys()) values.push(await frequentValues(connection, `s${index}`));
  const wanted = [
    ...[label, prediction].flatMap(({ column, isNumeric, classes }) => [
      isNumeric ? `coalesce(CAST(${column} AS DOUBLE), 'nan'::DOUBLE)` : `'nan'::DOUBLE`,
      coded(column, classes ?? []),
    ]),
    ...values.map((some, index) => coded(`s${index}`, some)),
  ];
  const read = wanted.map(() => new Float64Array(rows));
  let done = 0;
  await streamChunks(connection, `SELECT ${wanted.join(', ')} FROM labelled ${complete}`, (chunk) => {
    for (const [index, part] of doubleColumnsOf(chunk).entries()) read[index]?.set(part, done);
    done += chunk.rowCount;
  });
  const column = (looked: Looked, first: number): LabelledColumn => ({
    classes: looked.classes,
    isNumeric: looked.isNumeric,
    numbers: read[first] ?? new Float64Array(),
    codes: read[first + 1] ?? new Float64Array(),
  });
  return {
    label: column(label, 0),
    prediction: column(prediction, 2),
    slices: slices.map((of, index): Slicing => {
      return { column: of, values: values[index] ?? [], codes: read[4 + index] ?? new Float64Array() };
    }),
  };
}

interface Looked {
  readonly column: string;
  readonly isNumeric: boolean;
  readonly classes: readonly string[] | null;
}

async function look(connection: DuckDBConnection, column: string): Promise<Looked> {
  const [type = {}] = await readRows(connection, `SELECT typeof(${column}) AS type FROM labelled LIMIT 1`);
  const isNumeric = /INT|FLOAT|DOUBLE|DECIMAL/.test(String(type.type)) && !String(type.type).includes('[');
  const found = await readRows(
    connection,
    `SELECT DISTINCT CAST(${column} AS VARCHAR) AS value FROM labelled ${complete} LIMIT ${MOST_CLASSES + 1}`,
  );
  const classes = found.map(({ value }) => String(value)).sort();
  return { column, isNumeric, classes: classes.length > MOST_CLASSES ? null : classes };
}

async function frequentValues(connection: DuckDBConnection, column: string): Promise<readonly string[]> {
  const found = await readRows(
    connection,
    `SELECT CAST(${column} AS VARCHAR) AS value FROM labelled ${complete} AND ${column} IS NOT NULL
     GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT ${MOST_SLICES}`,
  );
  return found.map(({ value }) => String(value));
}

/** The place of a value in a list, −1 where it is none of them. */
function coded(column: string, values: readonly string[]): string {
  if (values.length === 0) return '-1::DOUBLE';
  const list = `[${values.map(text).join(', ')}]`;
  return `CAST(coalesce(list_position(${list}, CAST(${column} AS VARCHAR)), 0) - 1 AS DOUBLE)`;
}
