import { type LifecycleStage, type RunStatus, runStatus } from '#schemas/domain/run.ts';
import type { Step } from '../../tracking-store.ts';

/** Readers of single columns. SQLite gives any type in any column: what is not of the kind expected becomes its empty. */

export function text(value: unknown): string {
  return textOrNull(value) ?? '';
}

export function textOrNull(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  if (typeof value === 'string') return value;
  return value instanceof Uint8Array ? Buffer.from(value).toString('utf8') : String(value);
}

export function numberOrNull(value: unknown): number | null {
  return typeof value === 'number' ? value : null;
}

/** A metric's value from its column and the mark of NaN, which is stored as 0. */
export function metricNumber(value: unknown, isNan: unknown): number {
  return isNan ? Number.NaN : (numberOrNull(value) ?? Number.NaN);
}

/** Reads what {@link stepSql} selects. */
export function step(value: unknown): Step {
  if (typeof value === 'number') return value;
  return typeof value === 'string' ? BigInt(value) : 0;
}

/** Selects a 64-bit column so that every digit arrives: as a number where that is exact, else as text. */
export function stepSql(column: string): string {
  return `CASE WHEN ${column} BETWEEN ${Number.MIN_SAFE_INTEGER} AND ${Number.MAX_SAFE_INTEGER} THEN ${column} ELSE CAST(${column} AS TEXT) END`;
}

/** Selects a time in milliseconds as a floating-point number: as an integer, one out of range would fail the whole read. */
export function timeSql(column: string): string {
  return `CAST(${column} AS REAL)`;
}

/** Selects a text, cut to so many characters and then marked with `…` and its size. */
export function cutSql(column: string, characters: number): string {
  return (
    `CASE WHEN octet_length(${column}) <= ${characters} OR length(${column}) <= ${characters} THEN ${column} ` +
    `ELSE substr(${column}, 1, ${characters}) || printf('… (cut: the whole text has %,d bytes)', octet_length(${column})) END`
  );
}

export function status(value: unknown): RunStatus {
  const parsed = runStatus.safeParse(value);
  return parsed.success ? parsed.data : 'RUNNING';
}

export function stage(value: unknown): LifecycleStage {
  return value === 'deleted' ? 'deleted' : 'active';
}
