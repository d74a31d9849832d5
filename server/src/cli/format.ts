import type { RunStatus } from '#schemas/domain/run.ts';
import type { Style } from './output.ts';

/** A number as a person reads it: six significant digits. */
export function formatNumber(value: number | null | undefined): string {
  if (value === null || value === undefined) return '';
  if (!Number.isFinite(value) || Number.isInteger(value)) return formatWhole(value);
  return String(Number(value.toPrecision(6)));
}

function formatWhole(value: number): string {
  return Math.abs(value) < 1e15 ? String(value) : value.toPrecision(6);
}

/** Local time to the minute, or to the second; empty for none. */
export function formatTime(milliseconds: number | null, precision: 'minute' | 'second' = 'minute'): string {
  if (milliseconds === null) return '';
  const date = new Date(milliseconds);
  if (Number.isNaN(date.getTime())) return String(milliseconds);
  const two = (part: number) => String(part).padStart(2, '0');
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  const time = `${two(date.getHours())}:${two(date.getMinutes())}`;
  return precision === 'minute' ? `${day} ${time}` : `${day} ${time}:${two(date.getSeconds())}`;
}

export function formatDuration(milliseconds: number | null): string {
  if (milliseconds === null || milliseconds < 0) return '';
  const seconds = milliseconds / 1_000;
  if (seconds < 1) return `${Math.round(milliseconds)}ms`;
  if (seconds < 60) return `${seconds.toFixed(1)}s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes}m ${Math.floor(seconds % 60)}s`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours}h ${minutes % 60}m` : `${Math.floor(hours / 24)}d ${hours % 24}h`;
}

const statusStyles: Readonly<Record<RunStatus, Style>> = {
  RUNNING: 'cyan',
  SCHEDULED: 'dim',
  FINISHED: 'green',
  FAILED: 'red',
  KILLED: 'yellow',
};

export function statusStyle(status: RunStatus): Style {
  return statusStyles[status];
}

/** `1 run`, `2 runs`. */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString('en')} ${count === 1 ? one : many}`;
}
