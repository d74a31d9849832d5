import { bestAlternative } from './check-value.ts';
import type { SchemaNode } from './schema-model.ts';

/** The places of a schema that a path leads to: several where alternatives differ. `*` is an item of a list. */
export function schemasAt(root: SchemaNode, path: readonly string[]): SchemaNode[] {
  let current = [root];
  for (const step of path) {
    current = current.flatMap(expand).flatMap((node) => {
      if (step === '*') return node.items ? [node.items] : [];
      const inner = node.properties.get(step) ?? node.additional;
      return inner ? [inner] : [];
    });
  }
  return current;
}

/** A place as its alternatives. */
export function expand(node: SchemaNode): readonly SchemaNode[] {
  return node.alternatives.length > 0 ? node.alternatives : [node];
}

/**
 * The alternatives of a mapping that still fit what is written in it: where a key tells them apart and is there, the one
 * with that value; else all.
 */
export function fittingMappings(nodes: readonly SchemaNode[], siblings: ReadonlyMap<string, string>): SchemaNode[] {
  const mappings = nodes.flatMap(expand).filter((node) => node.properties.size > 0 || node.additional !== null);
  if (mappings.length < 2 || siblings.size === 0) return mappings;
  const fitting = mappings.filter((node) => [...siblings].every(([key, value]) => fits(node, key, value)));
  if (fitting.length > 0) return fitting;
  return [
    bestAlternative(
      mappings,
      (key) => siblings.has(key),
      (key) => siblings.get(key),
    ),
  ];
}

function fits(node: SchemaNode, key: string, value: string): boolean {
  const property = node.properties.get(key);
  if (!property) return node.additional !== null;
  return property.enum?.length !== 1 || value === '' || String(property.enum[0]) === unquoted(value);
}

function unquoted(value: string): string {
  return /^(["']).*\1$/.test(value) ? value.slice(1, -1) : value;
}
