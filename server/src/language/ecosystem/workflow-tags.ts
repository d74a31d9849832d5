import { keyText } from '../schema/check-value.ts';
import type { Node, ScalarNode } from '../syntax/ast.ts';
import type { Analysis, Names } from './analysis.ts';
import { at, isPartial, itemsOf, textOf } from './tree.ts';

interface TagContext {
  readonly analysis: Analysis;
  readonly tasks: Names;
  readonly steps: Names;
  /** Inputs may come from elsewhere. */
  readonly hasDefaults: boolean;
}

/** A simple tag; `{{=…}}` is an expression and is left alone. */
const tag = /\{\{\s*(tasks|steps|inputs\.parameters|inputs\.artifacts)\.([\w-]+)((?:\.[\w-]+)*)\s*\}\}/g;

/** Checks the names in the `{{…}}` of a template; a template written inline has names of its own. */
export function checkTags(template: Node, { analysis, tasks, steps, hasDefaults }: TagContext): void {
  const inputs = (what: 'parameters' | 'artifacts'): Names => {
    const list = at(template, 'inputs', what);
    return {
      what: what === 'parameters' ? 'input parameter' : 'input artifact',
      where: ' in this template',
      names: new Map(itemsOf(list).flatMap((input) => nameEntry(input))),
      complete: !hasDefaults && !isPartial(at(template, 'inputs')) && itemsOf(list).every((each) => !isPartial(each)),
    };
  };
  const scopes: Readonly<Record<string, Names>> = {
    // A template without tasks is no place for them, but what else the text may be for is not known.
    tasks: { ...tasks, complete: tasks.complete && tasks.names.size > 0 },
    steps: { ...steps, complete: steps.complete && steps.names.size > 0 },
    'inputs.parameters': inputs('parameters'),
    'inputs.artifacts': inputs('artifacts'),
  };
  for (const scalar of scalarsOf(template)) {
    if (typeof scalar.value !== 'string' || !scalar.value.includes('{{')) continue;
    for (const match of scalar.value.matchAll(tag)) {
      const scope = scopes[match[1] ?? ''];
      const name = match[2];
      // `{{steps.name}}` is the name of the step itself.
      if (name === 'name' && match[3] === '') continue;
      if (scope && name !== undefined) analysis.refer(placeOf(scalar, match), name, scope);
    }
  }
}

function nameEntry(input: Node): [string, Node][] {
  const node = at(input, 'name');
  const name = textOf(node);
  return node && name !== null ? [[name, node]] : [];
}

/** The tag where the text stands as it reads, else the whole text. */
function placeOf(scalar: ScalarNode, match: RegExpExecArray): { start: number; end: number } {
  const quote = scalar.style === 'plain' ? 0 : 1;
  if (scalar.end - scalar.start !== String(scalar.value).length + 2 * quote) return scalar;
  const start = scalar.start + quote + match.index;
  return { start, end: start + match[0].length };
}

function* scalarsOf(node: Node | null): Generator<ScalarNode> {
  if (node?.type === 'scalar') yield node;
  else if (node?.type === 'seq') for (const item of node.items) yield* scalarsOf(item);
  else if (node?.type === 'map')
    for (const { key, value } of node.items) if (keyText(key) !== 'inline') yield* scalarsOf(value);
}
