import type { ChartAxis } from './chart-data.ts';
import { format, formatDuration } from './format.ts';

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;
const timeSteps = [
  1,
  2,
  5,
  10,
  20,
  50,
  100,
  200,
  500,
  second,
  2 * second,
  5 * second,
  10 * second,
  15 * second,
  30 * second,
  minute,
  2 * minute,
  5 * minute,
  10 * minute,
  15 * minute,
  30 * minute,
  hour,
  2 * hour,
  3 * hour,
  6 * hour,
  12 * hour,
  day,
  2 * day,
  7 * day,
  14 * day,
  30 * day,
  90 * day,
  365 * day,
];

/** Round places between two times or durations (milliseconds), at most `count + 1`. `offset`: of local time to UTC. */
export function timeTicks(
  from: number,
  to: number,
  { count, offset = 0 }: { count: number; offset?: number },
): number[] {
  const span = to - from;
  if (!(span > 0)) return [from];
  const step = timeSteps.find((candidate) => span / candidate <= count) ?? Math.ceil(span / count / day) * day;
  const first = Math.ceil((from + offset) / step) * step - offset;
  return Array.from({ length: Math.max(0, Math.floor((to - first) / step) + 1) }, (_, index) => first + index * step);
}

/** The local time's distance to UTC, in milliseconds. */
export function localOffset(time: number): number {
  return -new Date(time).getTimezoneOffset() * minute;
}

const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' });
const clockSeconds = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', second: '2-digit' });
const dayAndClock = new Intl.DateTimeFormat(undefined, {
  month: 'short',
  day: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
});
const dayOnly = new Intl.DateTimeFormat(undefined, { month: 'short', day: 'numeric' });

/** A place on the axis as its tick says it; `span`: what the axis covers. */
export function formatTick(value: number, axis: ChartAxis, span: number): string {
  if (axis === 'relative') return formatDuration(value);
  if (axis === 'step') return Number.isInteger(value) ? compact.format(value) : '';
  if (axis === 'run') return '';
  if (span < 5 * minute) return clockSeconds.format(value);
  if (span < day) return clock.format(value);
  return span < 7 * day ? dayAndClock.format(value) : dayOnly.format(value);
}

const compact = new Intl.NumberFormat(undefined, { notation: 'compact', maximumFractionDigits: 1 });

/** A place on the axis, whole. */
export function formatPlace(x: number | string, axis: ChartAxis): string {
  if (axis === 'time') return format.dateTime(Number(x));
  if (axis === 'relative') return formatDuration(Number(x));
  return format.step(x);
}

export const axisTitles: Readonly<Record<ChartAxis, string>> = {
  step: 'Step',
  time: 'Time',
  relative: 'Since start',
  run: 'Run',
};
