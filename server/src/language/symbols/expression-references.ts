import type { Expression } from '../../platform/expressions/ast.ts';
import { type ExpressionUse, offsetInChunk, type ReferenceKind, type SymbolReference } from './symbol.ts';

/** A name below a context: `params.lr`, `params['lr']`. */
interface Named {
  readonly name: string;
  readonly start: number;
  readonly end: number;
}

const contexts: Readonly<Record<string, ReferenceKind>> = {
  params: 'param',
  inputs: 'inputs',
  matrix: 'matrix',
  env: 'env',
  secrets: 'secret',
  metrics: 'metric',
};

/** The symbols that an expression names, with the exact characters. `owner` is the step that it stands in. */
export function expressionReferences(use: ExpressionUse, owner: string): SymbolReference[] {
  const found: SymbolReference[] = [];
  visitExpression(use.root, (expression) => {
    const named = memberOf(expression);
    const target = named && targetOf(named, owner);
    if (!named || !target) return;
    const span = { part: use.part, start: offsetInChunk(use, named.start), end: offsetInChunk(use, named.end) };
    found.push({ ...target, name: named.name, span, inExpression: true });
  });
  return found;
}

function targetOf({ object, name }: Member, own: string): { kind: ReferenceKind; owner: string } | null {
  if (object.type === 'name') {
    if (object.name === 'steps') return { kind: 'step', owner: '' };
    if (object.name === 'outputs') return { kind: own === '' ? 'output' : 'stepOutput', owner: own };
    const kind = Object.hasOwn(contexts, object.name) ? contexts[object.name] : undefined;
    return kind ? { kind, owner: kind === 'inputs' || kind === 'matrix' ? own : '' } : null;
  }
  const section = memberOf(object);
  const step = section?.name === 'outputs' || section?.name === 'inputs' ? memberOf(section.object) : null;
  if (step?.object.type !== 'name' || step.object.name !== 'steps' || name === '') return null;
  return { kind: section?.name === 'inputs' ? 'stepInput' : 'stepOutput', owner: step.name };
}

type Member = Named & { readonly object: Expression };

/** What a `.name` or `['name']` is of; null for everything else, and for a name that is still to be typed. */
export function memberOf(expression: Expression): Member | null {
  if (expression.type === 'member' && expression.property !== '') {
    const { object, property: name, propertyStart: start } = expression;
    return { object, name, start, end: start + name.length };
  }
  if (expression.type !== 'index' || expression.index.type !== 'literal') return null;
  const { value, start, end } = expression.index;
  if (typeof value !== 'string' || value === '') return null;
  return { object: expression.object, name: value, start: start + 1, end: end - 1 };
}

/** Calls `visit` for an expression and all below it, the innermost last. */
export function visitExpression(expression: Expression, visit: (expression: Expression) => void): void {
  visit(expression);
  for (const child of childrenOf(expression)) visitExpression(child, visit);
}

export function childrenOf(expression: Expression): readonly Expression[] {
  switch (expression.type) {
    case 'member':
    case 'each':
      return [expression.object];
    case 'index':
      return [expression.object, expression.index];
    case 'call':
      return expression.arguments;
    case 'unary':
      return [expression.operand];
    case 'binary':
      return [expression.left, expression.right];
    default:
      return [];
  }
}
