import { stringify } from 'yaml';
import { expectation } from './check-value.ts';
import type { SchemaNode } from './schema-model.ts';
import { expand } from './schema-path.ts';

/** A key for hover and completion, in Markdown: description, type, values, default and example. */
export function describeKey(name: string, node: SchemaNode, required: boolean): string {
  const parts = [`**${name}**: ${typeOf(node)}${required ? ', required' : ''}`];
  if (node.description) parts.push(node.description);
  const values = allowedValues(node);
  if (values.length > 1) parts.push(`Allowed: ${values.map((value) => `\`${value}\``).join(', ')}`);
  const bounds = boundsOf(node);
  if (bounds) parts.push(bounds);
  if (node.default !== undefined) parts.push(`Default: \`${inline(node.default)}\``);
  if (node.examples.length > 0) parts.push(exampleOf(name, node.examples));
  return parts.join('\n\n');
}

function exampleOf(name: string, examples: readonly unknown[]): string {
  const text = examples.map((example) => stringify({ [name]: example }, { lineWidth: 0 }).trimEnd()).join('\n');
  return `Example:\n\`\`\`yaml\n${text}\n\`\`\``;
}

/** The type in words, with the name of a form where it has one: `text (duration)`. */
export function typeOf(node: SchemaNode): string {
  const titles = new Set(expand(node).flatMap((each) => (each.title ? [each.title] : [])));
  const title = node.title ?? [...titles][0];
  return title ? `${expectation(node)} (${title})` : expectation(node);
}

/** The values that a scalar may have, where they can be counted. */
export function allowedValues(node: SchemaNode): string[] {
  const values = expand(node).flatMap(
    (each) => each.enum?.map(String) ?? (each.types.includes('boolean') ? ['true', 'false'] : []),
  );
  return [...new Set(values)];
}

function boundsOf(node: SchemaNode): string | null {
  const bounded = expand(node).find((each) => each.minimum !== null || each.maximum !== null);
  if (!bounded) return null;
  const parts = [
    bounded.minimum === null ? null : `at least ${bounded.minimum}`,
    bounded.maximum === null ? null : `at most ${bounded.maximum}`,
  ];
  return `Bounds: ${parts.filter((part) => part !== null).join(', ')}`;
}

/** A value on one line of YAML. */
export function inline(value: unknown): string {
  return stringify(value, { collectionStyle: 'flow', lineWidth: 0 }).trimEnd();
}
