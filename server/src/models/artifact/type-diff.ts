import type { Finding } from './finding.ts';
import { formatIoType, type IoProperty, type IoType, parseIoType } from './io-type.ts';

export type Role = 'input' | 'output' | 'param';

interface Change<T> {
  readonly before: T;
  readonly after: T;
}

/** What MLflow 3.17 converts without loss when it checks the columns of an input: by type before, types after. */
const COLUMN_WIDENINGS: ReadonlyMap<string, readonly string[]> = new Map([
  ['integer', ['long', 'double']],
  ['float', ['double']],
]);

/** What it converts when it checks params. */
const PARAM_WIDENINGS: ReadonlyMap<string, readonly string[]> = new Map([
  ['integer', ['long', 'float', 'double']],
  ['long', ['float', 'double']],
  ['float', ['double']],
]);

/** Differences between two types in their text form, of columns or params. `title` is how the sentence begins. */
export function compareTypes(role: Role, title: string, { before, after }: Change<string>): Finding[] {
  if (before === after) return [];
  const [old, now] = [parseIoType(before), parseIoType(after)];
  if (old === null || now === null) return [retyped(title, { before, after }, false)];
  return compareParsed(role, title, { before: old, after: now });
}

function compareParsed(role: Role, title: string, { before, after }: Change<IoType>): Finding[] {
  if (before.kind === 'object' && after.kind === 'object') {
    return compareProperties(role, title, { before: before.properties, after: after.properties });
  }
  if ((before.kind === 'array' && after.kind === 'array') || (before.kind === 'map' && after.kind === 'map')) {
    return compareParsed(role, `${title}, each ${before.kind === 'array' ? 'item' : 'value'},`, {
      before: before.of,
      after: after.of,
    });
  }
  const texts = { before: formatIoType(before), after: formatIoType(after) };
  if (texts.before === texts.after) return [];
  return [retyped(title, texts, widens(role, before, after))];
}

function widens(role: Role, before: IoType, after: IoType): boolean {
  // Who reads an output relies on its very type.
  if (role === 'output' || after.kind !== 'scalar') return false;
  if (after.name === 'any') return true;
  if (before.kind !== 'scalar') return false;
  const widenings = role === 'param' ? PARAM_WIDENINGS : COLUMN_WIDENINGS;
  return widenings.get(before.name)?.includes(after.name) ?? false;
}

function retyped(title: string, { before, after }: Change<string>, wider: boolean): Finding {
  if (wider) return { type: 'compatible', text: `${title} is ${after}, which takes what ${before} did.` };
  return { type: 'breaking', text: `${title} is ${after}, and was ${before}.` };
}

function compareProperties(role: Role, title: string, { before, after }: Change<readonly IoProperty[]>): Finding[] {
  const [old, now] = [byName(before), byName(after)];
  const named = (name: string): string => `${title} property “${name}”`;
  const gone = before.filter(({ name }) => !now.has(name));
  const findings = gone.map(({ name }): Finding => ({ type: 'breaking', text: `${named(name)} was removed.` }));
  for (const property of after) {
    const earlier = old.get(property.name);
    if (earlier) findings.push(...compareProperty(role, named(property.name), { before: earlier, after: property }));
    else findings.push(added(role, named(property.name), property));
  }
  return findings;
}

function byName(properties: readonly IoProperty[]): ReadonlyMap<string, IoProperty> {
  return new Map(properties.map((property) => [property.name, property]));
}

function added(role: Role, title: string, { required }: IoProperty): Finding {
  if (role !== 'output' && required) return { type: 'breaking', text: `${title} is new and required.` };
  return { type: 'compatible', text: role === 'output' ? `${title} is new.` : `${title} is new and optional.` };
}

function compareProperty(role: Role, title: string, { before, after }: Change<IoProperty>): Finding[] {
  const findings = compareParsed(role, title, { before: before.type, after: after.type });
  if (before.required === after.required) return findings;
  const state = after.required ? 'required' : 'optional';
  const eased = after.required === (role === 'output');
  return [...findings, { type: eased ? 'compatible' : 'breaking', text: `${title} is ${state} now.` }];
}
