import { fromJsonNumber, type JsonNumber } from '#schemas/domain/number.ts';

/** A number as people read it: five significant digits, an exponent where it is very large or small. */
export function shown(value: JsonNumber | null): string {
  if (value === null) return '';
  const number = fromJsonNumber(value);
  if (Number.isNaN(number)) return '–';
  if (!Number.isFinite(number)) return number > 0 ? '∞' : '−∞';
  const size = Math.abs(number);
  if (size !== 0 && (size >= 1e9 || size < 1e-4)) return number.toExponential(3);
  return Number.isInteger(number) ? String(number) : String(Number(number.toPrecision(5)));
}

/** A value of a column: a moment where it is one. */
export function shownValue(value: JsonNumber, type: string | null): string {
  const number = fromJsonNumber(value);
  if (type !== 'time' || !Number.isFinite(number) || Math.abs(number) > 8.64e15) return shown(value);
  return new Date(number)
    .toISOString()
    .replace('T', ' ')
    .replace(/\.\d+Z$/, '');
}

export function percent(share: number): string {
  return `${Number((share * 100).toPrecision(3))} %`;
}

export function counted(count: number): string {
  return count.toLocaleString('en');
}
