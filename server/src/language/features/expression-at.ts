import type { Source } from '../syntax/source.ts';
import type { Position } from './cursor.ts';
import { offsetAt } from './locate.ts';

const MAX_LENGTH = 4000;

/** What stands of an expression before a position: from its braces on; null outside of one. */
export function expressionBefore(source: Source, position: Position): string | null {
  const offset = offsetAt(source, position);
  const before = source.text.slice(Math.max(0, offset - MAX_LENGTH), offset);
  const open = before.lastIndexOf('${{');
  if (open < 0) return null;
  const inside = before.slice(open + 3);
  if (inside.includes('}}')) return null;
  // An expression that was never closed ends with its line, or its paragraph: what follows is another key.
  if (/\n\s*(?:-\s|[\w-]+:(?:\s|$))/.test(inside) || /\n\s*\n/.test(inside)) return null;
  return inside;
}
