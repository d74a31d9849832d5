import type { IoSignature } from '#schemas/domain/model-version.ts';
import type { Finding } from './finding.ts';
import { compareTypes, type Role } from './type-diff.ts';

type Field = NonNullable<IoSignature['inputs']>[number];

/** Differences between the inputs, outputs or params of two versions. */
export function compareFields(role: Role, before: readonly Field[], after: readonly Field[]): Finding[] {
  const [old, now] = [byName(before), byName(after)];
  const gone = [...old].filter(([key]) => !now.has(key));
  const come = [...now].filter(([key]) => !old.has(key));
  const kept = [...now].flatMap(([key, field]) => {
    const earlier = old.get(key);
    return earlier ? compareField(role, titled(role, key), { before: earlier, after: field }) : [];
  });
  return [
    ...gone.map(([key]): Finding => ({ type: 'breaking', text: `${titled(role, key)} was removed.` })),
    ...come.map(([key, field]) => added(role, key, field)),
    ...kept,
  ];
}

/** Fields by name, those without one by their place: a key that begins with `#`. */
function byName(fields: readonly Field[]): Map<string, Field> {
  const keyed = new Map<string, Field>();
  for (const [index, field] of fields.entries()) {
    const name = field.name === null ? null : `“${field.name}”`;
    keyed.set(name === null || keyed.has(name) ? `#${index + 1}` : name, field);
  }
  return keyed;
}

function titled(role: Role, key: string): string {
  return `${role[0]?.toUpperCase()}${role.slice(1)} ${key}`;
}

function added(role: Role, key: string, { name, required }: Field): Finding {
  const title = titled(role, key);
  if (role === 'input' && required) return { type: 'breaking', text: `${title} is new and required.` };
  // What has no name is told apart by its place: one more changes the form of the whole answer.
  if (role === 'output' && name === null) return { type: 'breaking', text: `${title} is new, and has no name.` };
  return { type: 'compatible', text: role === 'input' ? `${title} is new and optional.` : `${title} is new.` };
}

function compareField(
  role: Role,
  title: string,
  { before, after }: { readonly before: Field; readonly after: Field },
): Finding[] {
  const tensor = before.shape !== null || after.shape !== null;
  const typed = tensor && role !== 'param' ? compareTensors(role, title, { before, after }) : null;
  return [
    ...(typed ?? [
      ...compareTypes(role, title, { before: before.type, after: after.type }),
      ...listed(title, before, after),
    ]),
    ...compareRequired(role, title, { before: before.required, after: after.required }),
  ];
}

/** A param is one value or, with a shape, a list of them. */
function listed(title: string, before: Field, after: Field): Finding[] {
  if (JSON.stringify(before.shape) === JSON.stringify(after.shape)) return [];
  const form = ({ shape }: Field): string => (shape === null ? 'one value' : 'a list');
  return [{ type: 'breaking', text: `${title} is ${form(after)}, and was ${form(before)}.` }];
}

function compareTensors(
  role: Role,
  title: string,
  { before, after }: { readonly before: Field; readonly after: Field },
): Finding[] {
  const same = before.type === after.type && JSON.stringify(before.shape) === JSON.stringify(after.shape);
  if (same) return [];
  const text = `${title} is ${tensorText(after)}, and was ${tensorText(before)}.`;
  // MLflow converts columns, but no tensors.
  const fits = before.type === after.type && shapeFits(role, before.shape, after.shape);
  return [{ type: fits ? 'compatible' : 'breaking', text }];
}

function tensorText({ type, shape }: Field): string {
  return shape === null
    ? `a column of ${type}`
    : `${type} [${shape.map((length) => (length < 0 ? 'any' : length)).join(', ')}]`;
}

/** An input may come to take any length; an output may come to have a fixed one. */
function shapeFits(role: Role, before: Field['shape'], after: Field['shape']): boolean {
  if (before === null || after === null || before.length !== after.length) return false;
  const [narrow, wide] = role === 'input' ? [before, after] : [after, before];
  return wide.every((length, index) => length < 0 || length === narrow[index]);
}

function compareRequired(
  role: Role,
  title: string,
  { before, after }: { readonly before: boolean; readonly after: boolean },
): Finding[] {
  if (before === after || role === 'param') return [];
  const relaxed = role === 'input' ? before : after;
  const verb = role === 'input' ? (after ? 'is required' : 'is optional') : after ? 'always comes' : 'may be missing';
  return [{ type: relaxed ? 'compatible' : 'breaking', text: `${title} ${verb} now.` }];
}
