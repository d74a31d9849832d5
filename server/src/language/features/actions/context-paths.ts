import type { Expression } from '../../../platform/expressions/ast.ts';

/** What an expression takes from a context: `steps.a.outputs.b[*]` is the names steps, a, outputs, b and `*`. */
export interface ContextPath {
  readonly start: number;
  readonly names: readonly string[];
  /** Where each of the names ends. */
  readonly ends: readonly number[];
}

/** The longest paths into contexts of an expression; offsets count as those of its tree. */
export function contextPaths(expression: Expression): ContextPath[] {
  const path = pathOf(expression);
  if (path) return [path];
  switch (expression.type) {
    case 'member':
    case 'each':
      return contextPaths(expression.object);
    case 'index':
      return [...contextPaths(expression.object), ...contextPaths(expression.index)];
    case 'call':
      return expression.arguments.flatMap(contextPaths);
    case 'unary':
      return contextPaths(expression.operand);
    case 'binary':
      return [...contextPaths(expression.left), ...contextPaths(expression.right)];
    default:
      return [];
  }
}

function pathOf(expression: Expression): ContextPath | null {
  if (expression.type === 'name') return { start: expression.start, names: [expression.name], ends: [expression.end] };
  if (expression.type !== 'member' && expression.type !== 'each') return null;
  const object = pathOf(expression.object);
  if (!object) return null;
  const name = expression.type === 'each' ? '*' : expression.property;
  return { start: object.start, names: [...object.names, name], ends: [...object.ends, expression.end] };
}
