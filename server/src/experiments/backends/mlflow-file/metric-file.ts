import type { Stats } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { isAbsent, readBytes, type Stamp, sameStamp, stampOf } from '../../../platform/mlflow/files.ts';
import type { MetricHistory, MetricValue } from '../../tracking-store.ts';
import { type Extent, extend, HistoryBuilder, isLater, NO_POINTS, stepOf } from '../shared/points.ts';

/** What lists need of a metric, gathered in one pass over its file. */
export interface MetricSummary {
  /** null where the file holds no point. */
  readonly latest: MetricValue | null;
  readonly extent: Extent;
  /** Lines that are no points. */
  readonly malformed: number;
}

/** A summary that a grown file continues from. */
export interface SummarisedFile {
  readonly stamp: Stamp;
  /** With the last line, where it is whole. */
  readonly summary: MetricSummary;
  /** Of the bytes up to `end`, which lies behind a line break. */
  readonly settled: MetricSummary;
  readonly end: number;
  /** The last line is in doubt: look again even if nothing changed. */
  readonly provisional: boolean;
}

const NOTHING: MetricSummary = { latest: null, extent: NO_POINTS, malformed: 0 };

/**
 * Parses a line of a metric file: `timestamp value [step [dataset digest]]`. Lines of two fields are of old stores and
 * mean step 0. In longer ones the step is the third field however many follow: MLflow's own reader (3.17) says step 0
 * of lines with a dataset, and fails on a dataset whose name holds a space. null for what is no point.
 */
export function parseMetricLine(line: string): MetricValue | null {
  const first = line.indexOf(' ');
  if (first <= 0) return null;
  const second = line.indexOf(' ', first + 1);
  const timestamp = line.slice(0, first);
  const value = parseFloatOfPython(second < 0 ? line.slice(first + 1) : line.slice(first + 1, second));
  if (value === null || !INTEGER.test(timestamp)) return null;
  if (second < 0) return { timestamp: Number(timestamp), value, step: 0 };
  const third = line.indexOf(' ', second + 1);
  const step = third < 0 ? line.slice(second + 1) : line.slice(second + 1, third);
  return INTEGER.test(step) ? { timestamp: Number(timestamp), value, step: stepOf(step) } : null;
}

const INTEGER = /^-?\d+$/;

const NAMED_FLOATS: ReadonlyMap<string, number> = new Map([
  ['nan', Number.NaN],
  ['inf', Number.POSITIVE_INFINITY],
  ['infinity', Number.POSITIVE_INFINITY],
  ['-inf', Number.NEGATIVE_INFINITY],
  ['-infinity', Number.NEGATIVE_INFINITY],
]);

function parseFloatOfPython(text: string): number | null {
  const value = Number(text);
  if (Number.isFinite(value)) return text === '' ? null : value;
  // Past the largest double both languages say infinity.
  if (!Number.isNaN(value)) return value;
  return NAMED_FLOATS.get(text.toLowerCase()) ?? null;
}

/** All points of a metric, in MLflow's order. No file, no points. */
export async function readHistory(path: string, signal?: AbortSignal): Promise<MetricHistory> {
  const history = new HistoryBuilder();
  try {
    const add = (line: string): void => {
      const point = parseMetricLine(line);
      if (point !== null) history.add(point);
    };
    const { rest, stats } = await readLines(path, 0, add, signal);
    if (!mayBeHalfWritten(rest, stats)) add(rest);
  } catch (error) {
    if (!isAbsent(error)) throw error;
  }
  return history.build();
}

/** Summarises a metric file, reading only what was appended since `previous`. */
export async function summarise(
  path: string,
  stats: Stats,
  previous: SummarisedFile | undefined,
  signal?: AbortSignal,
): Promise<SummarisedFile> {
  if (previous && !previous.provisional && sameStamp(previous.stamp, stampOf(stats))) return previous;
  const grown = previous !== undefined && previous.stamp.ino === stats.ino && stats.size >= previous.stamp.size;
  let settled = grown ? previous.settled : NOTHING;
  const add = (line: string): void => {
    settled = withLine(settled, line);
  };
  const start = grown ? previous.end : 0;
  const {
    end,
    rest,
    stats: read,
  } = stats.size <= SMALL_BYTES && start === 0
    ? { ...takeLines(await readBytes(path), add), stats }
    : await readLines(path, start, add, signal);
  const provisional = mayBeHalfWritten(rest, read);
  const summary = rest === '' || provisional ? settled : withLine(settled, rest);
  return { stamp: stampOf(read), summary, settled, end, provisional };
}

// Most files hold a handful of points: one call reads them. What is appended meanwhile is seen by the next stamp.
const SMALL_BYTES = 64 * 1024;

function takeLines(bytes: Buffer, take: (line: string) => void): { end: number; rest: string } {
  const text = bytes.toString('latin1');
  const rest = eachLine(text, take);
  return { end: text.length - rest.length, rest: withoutReturn(rest) };
}

function withLine(summary: MetricSummary, line: string): MetricSummary {
  const { latest, extent, malformed } = summary;
  const point = parseMetricLine(line);
  if (point === null) return line === '' ? summary : { latest, extent, malformed: malformed + 1 };
  return {
    latest: latest === null || isLater(point, latest) ? point : latest,
    extent: extend(extent, point.value),
    malformed,
  };
}

const SETTLED_AFTER_MS = 5_000;

// MLflow ends every line; a last one without an end is either being written right now or was typed by hand.
function mayBeHalfWritten(rest: string, stats: Stats): boolean {
  return rest !== '' && Date.now() - stats.mtimeMs < SETTLED_AFTER_MS;
}

const CHUNK_BYTES = 1024 * 1024;

/** Hands each whole line from a byte offset on to `take`; answers what follows the last line break. */
async function readLines(
  path: string,
  start: number,
  take: (line: string) => void,
  signal: AbortSignal | undefined,
): Promise<{ end: number; rest: string; stats: Stats }> {
  const handle = await open(path, 'r');
  try {
    const stats = await handle.stat();
    const buffer = Buffer.allocUnsafe(Math.max(1, Math.min(CHUNK_BYTES, stats.size - start + 1)));
    return { ...(await readChunks(handle, start, buffer, take, signal)), stats };
  } finally {
    await handle.close();
  }
}

async function readChunks(
  handle: FileHandle,
  start: number,
  buffer: Buffer,
  take: (line: string) => void,
  signal: AbortSignal | undefined,
): Promise<{ end: number; rest: string }> {
  let position = start;
  let rest = '';
  for (;;) {
    signal?.throwIfAborted();
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, position);
    // One byte a character: offsets stay bytes, and what is not ASCII (a dataset's name) is not looked at.
    if (bytesRead === 0) return { end: position - rest.length, rest: withoutReturn(rest) };
    position += bytesRead;
    rest = eachLine(rest + buffer.toString('latin1', 0, bytesRead), take);
  }
}

/** Hands on every line that ends; answers what follows. */
function eachLine(text: string, take: (line: string) => void): string {
  let from = 0;
  for (let next = text.indexOf('\n'); next >= 0; next = text.indexOf('\n', from)) {
    take(withoutReturn(text.slice(from, next)));
    from = next + 1;
  }
  return text.slice(from);
}

function withoutReturn(line: string): string {
  return line.endsWith('\r') ? line.slice(0, -1) : line;
}
