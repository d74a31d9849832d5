import { InvalidArgumentError } from 'commander';
import { type DriftMethod, driftMethods } from '#schemas/config/drift-methods.ts';
import { durationMs } from '../platform/units.ts';

/** Of an option that may be repeated. */
export function collect(value: string, previous: readonly string[]): readonly string[] {
  return [...previous, value];
}

/** Of an option that is a number of things. */
export function wholeNumber(text: string): number {
  const number = Number(text);
  if (!/^\d+$/.test(text) || number < 1 || number > 50_000) {
    throw new InvalidArgumentError('It has to be a whole number from 1 to 50000.');
  }
  return number;
}

/** Milliseconds of an option that is a duration. */
export function duration(text: string): number {
  try {
    return durationMs(text);
  } catch {
    throw new InvalidArgumentError('Write a duration such as 12h or 7d.');
  }
}

const dayMs = 24 * 3_600_000;

/** Unix milliseconds of an option that says from when: the start of a day, a time, or how long ago. */
export function since(text: string): number {
  return momentOf(text)?.start ?? agoOf(text);
}

/** Unix milliseconds of an option that says until when: the end of a day, a time, or how long ago. */
export function until(text: string): number {
  return momentOf(text)?.end ?? agoOf(text);
}

/** A day as people of this place have it, or a time. */
function momentOf(text: string): { readonly start: number; readonly end: number } | undefined {
  if (!/^\d{4}-\d{2}-\d{2}(?:$|[T ]\d{2}:\d{2})/.test(text)) return undefined;
  const isDay = text.length === 10;
  const start = Date.parse(isDay ? `${text}T00:00` : text);
  if (Number.isNaN(start)) return undefined;
  return { start, end: isDay ? new Date(start + 1.5 * dayMs).setHours(0, 0, 0, 0) - 1 : start };
}

function agoOf(text: string): number {
  try {
    return Date.now() - durationMs(text);
  } catch {
    throw new InvalidArgumentError(
      'Write a day such as 2026-01-31, a time such as 2026-01-31T15:00, or 7d for so long ago.',
    );
  }
}

/** Of an option that may be repeated and names drift methods, in any case. */
export function driftMethod(text: string, previous: readonly DriftMethod[]): readonly DriftMethod[] {
  const method = driftMethods.find((name) => name.toLowerCase() === text.toLowerCase());
  if (method === undefined) throw new InvalidArgumentError(`Known are ${driftMethods.join(', ')}.`);
  return previous.includes(method) ? previous : [...previous, method];
}
