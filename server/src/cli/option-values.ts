import { InvalidArgumentError } from 'commander';

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
