import { fromJsonNumber, type JsonNumber } from '#schemas/domain/number.ts';

/** A metric's value to read at a glance: five significant digits, exponents where a value is very large or small. */
export function formatMetric(value: JsonNumber): string {
  const number = fromJsonNumber(value);
  if (!Number.isFinite(number)) return Number.isNaN(number) ? 'NaN' : number > 0 ? '∞' : '−∞';
  const size = Math.abs(number);
  if (size !== 0 && (size >= 1e7 || size < 1e-4)) return number.toExponential(3);
  return String(Number(number.toPrecision(size >= 1e5 ? 7 : 5)));
}

const units: readonly [Intl.RelativeTimeFormatUnit, number][] = [
  ['year', 31_536_000_000],
  ['month', 2_592_000_000],
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
];

/** `2 hr. ago` in the editor's language; times are Unix milliseconds. */
export function formatAgo(time: number, now: number, locale: string): string {
  const format = new Intl.RelativeTimeFormat(locale, { style: 'short', numeric: 'auto' });
  const past = now - time;
  const unit = units.find(([, size]) => past >= size);
  return unit ? format.format(-Math.floor(past / unit[1]), unit[0]) : format.format(0, 'second');
}

/** `1 h 5 min`, `42 s`: the two largest parts of a duration in milliseconds. */
export function formatDuration(milliseconds: number): string {
  const seconds = Math.max(0, Math.round(milliseconds / 1000));
  if (milliseconds < 1000) return `${Math.max(0, Math.round(milliseconds))} ms`;
  const parts: readonly [number, string][] = [
    [Math.floor(seconds / 86_400), 'd'],
    [Math.floor(seconds / 3600) % 24, 'h'],
    [Math.floor(seconds / 60) % 60, 'min'],
    [seconds % 60, 's'],
  ];
  const first = parts.findIndex(([count]) => count > 0);
  return parts
    .slice(first, first + 2)
    .filter(([count]) => count > 0)
    .map(([count, unit]) => `${count} ${unit}`)
    .join(' ');
}

/** A number of things, grouped as the editor's language does. */
export function formatCount(count: number, locale: string): string {
  return count.toLocaleString(locale);
}
