import type { ValueKind } from './functions.ts';

/** What nobody could find out, and why, for a person. */
export class Unknown {
  readonly reason: string;

  constructor(reason: string) {
    this.reason = reason;
  }
}

/** Something with named parts. */
export interface Parts {
  /** What it is, for messages: `the drift`. */
  readonly title: string;
  /** undefined: there is no such part, and naming it is a mistake. */
  member(name: string): Value | undefined;
  names(): readonly string[];
}

export type Value = string | number | boolean | null | Unknown | List | Parts;
export interface List extends ReadonlyArray<Value> {}
export type Known = Exclude<Value, Unknown>;

/** An object all parts of which are there. */
export function partsOf(title: string, parts: ReadonlyMap<string, Value>): Parts {
  return { title, member: (name) => parts.get(name), names: () => [...parts.keys()] };
}

export function isList(value: Value): value is List {
  return Array.isArray(value);
}

export function kindOf(value: Known): Exclude<ValueKind, 'any'> {
  if (value === null) return 'null';
  if (isList(value)) return 'list';
  switch (typeof value) {
    case 'string':
      return 'text';
    case 'number':
      return 'number';
    case 'boolean':
      return 'boolean';
    default:
      return 'object';
  }
}

const words: Readonly<Record<ValueKind, string>> = {
  any: 'anything',
  text: 'a text',
  number: 'a number',
  boolean: 'true or false',
  null: 'null',
  list: 'a list',
  object: 'an object',
};

export function describeKind(kind: ValueKind): string {
  return words[kind];
}

/** `null`, `false`, `0` and the empty text count as false. */
export function isTruthy(value: Known): boolean {
  return value !== null && value !== false && value !== 0 && value !== '';
}

/** The value as JSON has it; what is unknown anywhere inside makes all of it unknown. */
export function toPlain(value: Value): unknown {
  if (value instanceof Unknown) throw value;
  if (isList(value)) return value.map(toPlain);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(value.names().map((name) => [name, toPlain(value.member(name) ?? null)]));
}

/** A value of JSON. */
export function fromPlain(value: unknown): Value {
  if (Array.isArray(value)) return value.map(fromPlain);
  if (typeof value === 'object' && value !== null) {
    return partsOf('the object', new Map(Object.entries(value).map(([name, part]) => [name, fromPlain(part)])));
  }
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? value : null;
}
