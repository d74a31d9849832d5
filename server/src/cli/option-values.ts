import { InvalidArgumentError } from 'commander';
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
