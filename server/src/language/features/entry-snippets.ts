import type { Kind } from '#schemas/config/document.ts';
import { typeOf } from '../schema/describe.ts';
import type { SchemaNode } from '../schema/schema-model.ts';
import { expand } from '../schema/schema-path.ts';
import { keySnippet } from './snippets.ts';

/** An entry with a name of the author's own, such as a step: what it is called in a list, and the snippet. */
export interface EntrySnippet {
  readonly label: string;
  readonly detail: string;
  readonly text: string;
}

/** What a step can be; each of these keys makes another kind of it. */
const steps: readonly (readonly [label: string, detail: string, line: string])[] = [
  ['step', 'runs a command', 'run: ${2:python $1.py}'],
  ['step with a function', 'calls a function of a Python file', 'entrypoint: ${2:$1.py}:${3:main}'],
  ['step from a file', 'runs a pipeline of another file', 'uses: ${2:./$1.mlops.yaml}'],
];

/**
 * New entries of a mapping whose keys are names of the author's own (`additional` is what one of them is), its further lines
 * indented from `column`. None where an entry is a plain value.
 */
export function entrySnippets(
  place: { readonly kind: Kind | null; readonly path: readonly string[]; readonly column: number },
  additional: SchemaNode,
): EntrySnippet[] {
  const parent = place.path.at(-1);
  const mapping = expand(additional).find(({ types, properties }) => types.includes('object') && properties.size > 0);
  if (parent === undefined || !mapping) return [];
  const indent = ' '.repeat(place.column + 2);
  const name = '${1:name}';
  if (place.kind === 'Pipeline' && place.path.length === 1 && (parent === 'steps' || parent === 'finally')) {
    return steps.map(([label, detail, line]) => ({ label, detail, text: `${name}:\n${indent}${line}` }));
  }
  const label = parent.replace(/s$/, '');
  // The placeholders of the value are numbered from 1; the name comes before them.
  const value = keySnippet('', additional, place.column)
    .replace(/\$(\d)/g, (_, digit: string) => `$${Number(digit) + 1}`)
    .replace(/\$\{(\d)/g, (_, digit: string) => `\${${Number(digit) + 1}`);
  return [{ label, detail: typeOf(additional), text: `${name}${value}` }];
}
