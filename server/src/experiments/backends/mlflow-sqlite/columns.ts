import { isNumberText } from '../../number-text.ts';
import type { FieldKind, FieldSummary } from '../../tracking-store.ts';
import { numberOrNull, text } from './rows.ts';

/** What is asked of the store's connection. */
interface Queried {
  readonly schema: { has(table: string, column?: string): boolean };
  rows(sql: string, ...parameters: string[]): readonly (readonly unknown[])[];
}

const tables = { param: 'params', metric: 'latest_metrics', tag: 'tags' } as const satisfies Record<FieldKind, string>;

/** So many runs tell of most keys that their values vary, or that they are no numbers. */
const sampledRuns = 200;

/**
 * Which params, metrics and tags some runs have. A few runs are looked at first; what they leave open, SQLite answers
 * without handing its rows out.
 */
export function fieldSummaries(database: Queried, runIds: readonly string[]): readonly FieldSummary[] {
  const others = database
    .rows('SELECT run_uuid FROM runs WHERE run_uuid NOT IN (SELECT value FROM json_each(?))', JSON.stringify(runIds))
    .map(([id]) => text(id));
  return (['param', 'metric', 'tag'] as const).flatMap((kind) => summariesOf({ database, runIds, kind }, others));
}

interface Question {
  readonly database: Queried;
  readonly runIds: readonly string[];
  readonly kind: FieldKind;
}

function summariesOf(question: Question, others: readonly string[]): FieldSummary[] {
  const { kind, runIds } = question;
  const counts = countRuns(question, others);
  const found = [...counts].map(([key, runs]) => ({ kind, key, runs, varies: false, numeric: true }));
  const samples = runIds.length > sampledRuns ? [runIds.slice(0, sampledRuns), runIds] : [runIds];
  for (const sample of samples) {
    const asked = { ...question, runIds: sample };
    const varying = keysThatVary(asked, keysOf(found.filter(({ varies }) => !varies)));
    for (const field of found) field.varies ||= varying.has(field.key);
    if (kind === 'metric') continue;
    const worded = keysWithWords(asked, keysOf(found.filter(({ numeric }) => numeric)));
    for (const field of found) field.numeric &&= !worded.has(field.key);
  }
  return found;
}

function keysOf(fields: readonly { readonly key: string }[]): string[] {
  return fields.map(({ key }) => key);
}

/** How many of the runs have each key. Where most are asked for, the others are counted instead: an index knows all. */
function countRuns({ database, runIds, kind }: Question, others: readonly string[]): ReadonlyMap<string, number> {
  const count = (where: string, ...ids: string[]) =>
    database
      .rows(`SELECT key, count(*) FROM ${tables[kind]} ${where} GROUP BY key`, ...ids)
      .map(([key, runs]): [string, number] => [text(key), numberOrNull(runs) ?? 0]);
  const those = (ids: readonly string[]) =>
    count('WHERE run_uuid IN (SELECT value FROM json_each(?))', JSON.stringify(ids));
  if (others.length > runIds.length) return new Map(those(runIds));
  const counts = new Map(count(''));
  for (const [key, runs] of those(others)) counts.set(key, (counts.get(key) ?? 0) - runs);
  return new Map([...counts].filter(([, runs]) => runs > 0));
}

// The plus has SQLite go by the runs, which lie together in the file; by key it would seek each value on its own.
const wanted = 'run_uuid IN (SELECT value FROM json_each(?)) AND +key IN (SELECT value FROM json_each(?))';

/** Those of the keys whose values differ among the runs. */
function keysThatVary({ database, runIds, kind }: Question, keys: readonly string[]): ReadonlySet<string> {
  if (keys.length === 0) return new Set();
  const differ = kind === 'metric' ? numbersDiffer(database) : "min(coalesce(value, '')) < max(coalesce(value, ''))";
  const rows = database.rows(
    `SELECT key FROM ${tables[kind]} WHERE ${wanted} GROUP BY key HAVING ${differ}`,
    JSON.stringify(runIds),
    JSON.stringify(keys),
  );
  return new Set(rows.map(([key]) => text(key)));
}

// NaN is stored as 0 with a mark, and equals NaN here.
function numbersDiffer(database: Queried): string {
  const marked = database.schema.has('latest_metrics', 'is_nan') ? 'is_nan OR ' : '';
  const isNan = `(${marked}typeof(value) NOT IN ('real', 'integer'))`;
  const number = `CASE WHEN NOT ${isNan} THEN value END`;
  return `min(${number}) < max(${number}) OR min(${isNan}) < max(${isNan})`;
}

// Digits with one point at most are numbers to SQLite already; what it can't tell is looked at here.
const unclear = `(value IS NULL OR value GLOB '*[^0-9.]*' OR value NOT GLOB '*[0-9]*' OR value GLOB '*.*.*')`;

/** A longer text is no number to anyone, and may be huge. */
const longestNumber = 10_000;

/** Those of the keys with a value that is no number. */
function keysWithWords({ database, runIds, kind }: Question, keys: readonly string[]): ReadonlySet<string> {
  if (keys.length === 0) return new Set();
  const rows = database.rows(
    `SELECT DISTINCT key, substr(coalesce(value, ''), 1, ${longestNumber}) FROM ${tables[kind]} WHERE ${wanted} AND ${unclear}`,
    JSON.stringify(runIds),
    JSON.stringify(keys),
  );
  return new Set(rows.filter(([, value]) => !isNumberText(text(value))).map(([key]) => text(key)));
}
