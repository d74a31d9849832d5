import { existsSync, statSync } from 'node:fs';
import { glob, open } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import { FailureError } from '../../../platform/failure.ts';
import { text } from './sql.ts';

type Format = 'parquet' | 'csv' | 'json';

/** Files that together are one table. */
export interface Source {
  /** As the person wrote it. */
  readonly name: string;
  readonly format: Format;
  /** Absolute paths. */
  readonly files: readonly string[];
}

const endings: readonly (readonly [RegExp, Format])[] = [
  [/\.(parquet|pq)$/i, 'parquet'],
  [/\.(json|jsonl|ndjson)(\.(gz|zst))?$/i, 'json'],
  [/\.(csv|tsv|txt)(\.(gz|zst))?$/i, 'csv'],
];

/** What pandas takes for missing in a CSV file, so that a column of numbers stays one. */
const missing = [
  '',
  '#N/A',
  '#N/A N/A',
  '#NA',
  '-1.#IND',
  '-1.#QNAN',
  '-NaN',
  '-nan',
  '1.#IND',
  '1.#QNAN',
  '<NA>',
  'N/A',
];
const missingToo = ['NA', 'NULL', 'NaN', 'None', 'n/a', 'nan', 'null'];

/** Finds the files of a path or glob. Fails with `not-found`, `input` or `unsupported` and says what to do. */
export async function findSource(name: string, folder: string): Promise<Source> {
  if (/^[a-z][a-z0-9+.-]+:\/\//i.test(name)) {
    throw new FailureError('unsupported', `Drift can’t be computed on ${name} in its place yet.`, {
      remedy: 'Download it first and name the file.',
    });
  }
  const path = isAbsolute(name) ? name : join(folder, name);
  if (existsSync(path)) {
    if (statSync(path).isDirectory()) {
      throw new FailureError('input', `${name} is a folder.`, { remedy: `Name its files, such as ${name}/*.parquet.` });
    }
    return { name, files: [path], format: await formatOf(path) };
  }
  const files: string[] = [];
  for await (const found of glob(isAbsolute(name) ? name : path)) files.push(found);
  const [first] = files.sort();
  if (first === undefined) {
    throw new FailureError('not-found', `There is no file ${name}.`, { remedy: 'Look for its name and the folder.' });
  }
  const formats = new Set(await Promise.all(files.map(formatOf)));
  if (formats.size > 1) {
    throw new FailureError('input', `The files of ${name} have several formats (${[...formats].join(', ')}).`, {
      remedy: 'Name files of one format.',
    });
  }
  return { name, files, format: await formatOf(first) };
}

async function formatOf(path: string): Promise<Format> {
  const known = endings.find(([pattern]) => pattern.test(path));
  if (known) return known[1];
  await using file = await open(path);
  const { buffer, bytesRead } = await file.read(Buffer.alloc(64), 0, 64, 0);
  const head = buffer.toString('latin1', 0, bytesRead);
  if (head.startsWith('PAR1')) return 'parquet';
  return /^\s*[[{]/.test(head) ? 'json' : 'csv';
}

/** The table function that reads a source. `whole`: types come from all rows instead of the first ones. */
export function readingSql({ format, files }: Source, options: { whole: boolean }): string {
  const list = `[${files.map((file) => text(literalPath(file))).join(', ')}]`;
  const several = files.length > 1 ? ', union_by_name = true' : '';
  const sampled = options.whole ? ', sample_size = -1' : '';
  if (format === 'parquet') return `read_parquet(${list}${several}, hive_partitioning = false)`;
  if (format === 'json')
    return `read_json(${list}${several}${sampled}, hive_partitioning = false, maximum_object_size = 67108864)`;
  const nulls = [...missing, ...missingToo].map(text).join(', ');
  return `read_csv(${list}${several}${sampled}, hive_partitioning = false, nullstr = [${nulls}])`;
}

/** A path whose special characters are no pattern. */
function literalPath(path: string): string {
  return path.replace(/[[*?]/g, (character) => `[${character}]`);
}

/** What DuckDB said of a source, as something a person can act on. */
export function unreadable({ name, format }: Source, error: unknown): FailureError {
  const said = (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? '';
  const plain = said.replace(/^(\w+ )*Error: /, '');
  const remedies: Readonly<Record<Format, string>> = {
    parquet: 'Write the file anew; it is damaged, cut off or no Parquet.',
    csv: 'Look at that place of the file: separators, quotes and encoding (UTF-8) have to be the same throughout.',
    json: 'It has to be a list of objects, or one object a line.',
  };
  return new FailureError('corrupt', `${name} can’t be read as ${format.toUpperCase()}: ${plain}`, {
    remedy: remedies[format],
    cause: error,
  });
}
