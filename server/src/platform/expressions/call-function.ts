import { fromPlain, isList, type Known, toPlain, Unknown, type Value } from './values.ts';

/** A function that was given what it can't work with; the caller knows the place. */
export class CallProblem extends Error {}

type Implementation = (given: readonly Known[]) => Value;

/**
 * What a function gives for arguments whose number and kinds were checked by its signature. What holds something unknown gives
 * something unknown. Throws {@link CallProblem}.
 */
export function callFunction(name: string, given: readonly Known[]): Value {
  const implementation = implementations.get(name);
  if (!implementation) throw new CallProblem(`\`${name}\` has no meaning here.`);
  try {
    return implementation(given);
  } catch (error) {
    if (error instanceof Unknown) return error;
    throw error;
  }
}

const implementations: ReadonlyMap<string, Implementation> = new Map<string, Implementation>([
  ['contains', contains],
  ['startsWith', ([text, start]) => String(text).startsWith(String(start))],
  ['endsWith', ([text, end]) => String(text).endsWith(String(end))],
  ['format', ([template, ...values]) => format(String(template), values)],
  ['join', ([list, separator = ',']) => items(list).map(asText).join(String(separator))],
  ['toJSON', ([value = null]) => JSON.stringify(toPlain(value))],
  ['fromJSON', ([json]) => fromJson(String(json))],
  ['length', ([value = null]) => lengthOf(value)],
  ['min', (given) => Math.min(...numbers(given))],
  ['max', (given) => Math.max(...numbers(given))],
  ['round', ([number, digits = 0]) => round(Number(number), Number(digits))],
]);

function contains([search = null, item = null]: readonly Known[]): Value {
  if (typeof search === 'string') return search.includes(asText(item));
  const wanted = JSON.stringify(toPlain(item));
  return items(search).some((one) => JSON.stringify(toPlain(one)) === wanted);
}

function format(template: string, values: readonly Known[]): string {
  return template.replaceAll(/\{\{|\}\}|\{(\d+)\}/g, (whole, index?: string) => {
    if (index === undefined) return whole.charAt(0);
    const value = values[Number(index)];
    if (value === undefined) throw new CallProblem(`${whole} has no value.`);
    return asText(value);
  });
}

function fromJson(json: string): Value {
  try {
    return fromPlain(JSON.parse(json));
  } catch {
    throw new CallProblem('This text is no JSON.');
  }
}

function lengthOf(value: Known): number {
  if (typeof value === 'string') return [...value].length;
  if (isList(value)) return value.length;
  return typeof value === 'object' && value !== null ? value.names().length : 0;
}

function numbers(given: readonly Known[]): readonly number[] {
  const all = given.flatMap((one) => (isList(one) ? known(one) : [one]));
  if (all.length === 0) throw new CallProblem('There is no number to choose from.');
  return all.map((one) => {
    if (typeof one !== 'number') throw new CallProblem('Only numbers have a smallest and a largest.');
    return one;
  });
}

function round(number: number, digits: number): number {
  const factor = 10 ** Math.trunc(digits);
  return (Math.sign(number) * Math.round(Math.abs(number) * factor)) / factor;
}

function items(value: Known | undefined): readonly Known[] {
  return value !== undefined && isList(value) ? known(value) : [];
}

function known(values: readonly Value[]): readonly Known[] {
  return values.map((value) => {
    if (value instanceof Unknown) throw value;
    return value;
  });
}

/** A value as part of a text. */
export function asText(value: Known): string {
  if (typeof value === 'string') return value;
  return value === null ? '' : typeof value === 'object' ? JSON.stringify(toPlain(value)) : String(value);
}
