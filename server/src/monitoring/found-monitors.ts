import { readFile, stat } from 'node:fs/promises';
import { relative, sep } from 'node:path';
import type { Document } from 'yaml';
import { monitorDocument } from '#schemas/config/monitor.ts';
import { mapConcurrently } from '../platform/concurrency.ts';
import { errorCode } from '../platform/error-code.ts';
import { toFailure } from '../platform/failure.ts';
import { parseDocuments, readAs } from '../platform/yaml-documents.ts';
import { readSchedule } from './schedule/schedule.ts';

/** A Monitor document of a folder, valid or not. */
export interface FoundMonitor {
  /** Relative to the folder, with slashes. */
  readonly file: string;
  readonly name: string | null;
  /** Of the document in its file, from 0. */
  readonly line: number;
  readonly model: string | null;
  readonly schedule: string | null;
  readonly hasDrift: boolean;
  /** Why it can't be checked, in one line; null for one that can. */
  readonly problem: string | null;
}

interface ReadFile {
  readonly stamp: string;
  readonly monitors: readonly FoundMonitor[];
}

const readAtOnce = 16;
const longestProblem = 300;

/** The Monitor documents of a folder. A file that did not change is not read again. */
export class FoundMonitors {
  readonly #folder: string;
  readonly #find: (signal: AbortSignal) => AsyncIterable<string>;
  #files = new Map<string, ReadFile>();

  /** `find`: absolute paths of the files that may hold some. */
  constructor(folder: string, find: (signal: AbortSignal) => AsyncIterable<string>) {
    this.#folder = folder;
    this.#find = find;
  }

  /** By file, then by place. */
  async read(signal: AbortSignal): Promise<readonly FoundMonitor[]> {
    const paths: string[] = [];
    for await (const path of this.#find(signal)) paths.push(path);
    const read = await mapConcurrently(paths, readAtOnce, async (path) => {
      signal.throwIfAborted();
      return [path, await this.#readFile(path)] as const;
    });
    this.#files = new Map(read);
    return [...this.#files.values()].flatMap(({ monitors }) => monitors);
  }

  async #readFile(path: string): Promise<ReadFile> {
    const file = relative(this.#folder, path).split(sep).join('/');
    try {
      const { mtimeMs, size } = await stat(path);
      const stamp = `${mtimeMs} ${size}`;
      const known = this.#files.get(path);
      return known?.stamp === stamp ? known : { stamp, monitors: monitorsOf(file, await readFile(path, 'utf8')) };
    } catch (error) {
      // It went meanwhile, or nobody may read it: whether there is a monitor in it is only known from before.
      const known = errorCode(error) === 'ENOENT' ? [] : (this.#files.get(path)?.monitors ?? []);
      return { stamp: '', monitors: known.map((one) => ({ ...one, problem: 'The file can’t be read.' })) };
    }
  }
}

/** The Monitor documents of a text. Since a file is checked as a whole, one that is wrong is so for all in it. */
export function monitorsOf(file: string, text: string): readonly FoundMonitor[] {
  if (!text.includes('Monitor')) return [];
  const documents = parseDocuments(text);
  const [broken] = documents.flatMap(({ errors }) => errors);
  const monitors = documents
    .filter((document) => document.get('kind') === 'Monitor')
    .map((document) => read(file, text, document));
  const problem = broken ? oneLine(broken.message) : (monitors.find((one) => one.problem !== null)?.problem ?? null);
  return monitors.map((monitor) => ({
    ...monitor,
    problem: problem ?? twice(monitor, monitors) ?? neverComes(monitor),
  }));
}

function read(file: string, text: string, document: Document.Parsed): FoundMonitor {
  const line = text.slice(0, document.contents?.range[0] ?? 0).split('\n').length - 1;
  const name = document.getIn(['metadata', 'name']);
  const place = { file, line, name: typeof name === 'string' ? name : null };
  const result = readable(document);
  if ('problem' in result) {
    return { ...place, model: null, schedule: null, hasDrift: false, problem: oneLine(result.problem) };
  }
  const { metadata, model = null, schedule = null, drift } = result.data;
  return { ...place, name: metadata.name, model, schedule, hasDrift: drift !== undefined, problem: null };
}

function readable(document: Document.Parsed): ReturnType<typeof readAs<typeof monitorDocument>> {
  try {
    return readAs(monitorDocument, document);
  } catch (error) {
    return { problem: toFailure(error).message };
  }
}

function twice({ name }: FoundMonitor, monitors: readonly FoundMonitor[]): string | null {
  const isTwice = monitors.filter((other) => other.name === name).length > 1;
  return isTwice ? `Several monitors of this file are called ${name}: give each a name of its own.` : null;
}

function neverComes({ schedule }: FoundMonitor): string | null {
  if (schedule === null || readSchedule(schedule, '') !== null) return null;
  return `schedule: “${schedule}” is no cron schedule.`;
}

function oneLine(message: string): string {
  return (message.split('\n', 1)[0] ?? '').replace(/^: |:$/g, '').slice(0, longestProblem);
}
