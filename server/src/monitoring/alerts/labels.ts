import { digestOfJson } from '../../platform/canonical-json.ts';

export type Labels = Readonly<Record<string, string>>;

/** Identifies a label set: SHA-256 of its labels in order of their names. */
export function fingerprintOf(labels: Labels): string {
  return digestOfJson(labels).digest;
}

export function isSubset(part: Labels, whole: Labels): boolean {
  return Object.entries(part).every(([name, value]) => Object.hasOwn(whole, name) && whole[name] === value);
}

/** Those of the labels that have one of the names; where one is missing, it is empty. */
export function pick(labels: Labels, names: readonly string[]): Labels {
  return Object.fromEntries(
    [...new Set(names)].sort().map((name) => [name, Object.hasOwn(labels, name) ? (labels[name] ?? '') : '']),
  );
}
