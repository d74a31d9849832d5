import { MAX_EXPRESSION, parseExpression } from '../../platform/expressions/parser.ts';
import { unescaped } from '../expressions/unescaped.ts';
import type { Node } from '../syntax/ast.ts';
import { forEachScalar } from '../syntax/walk.ts';
import type { Report } from './finding.ts';

/** One `${{ … }}` in a text: `start` and `end` are those of what stands between the braces. */
export interface ExpressionSpan {
  readonly start: number;
  readonly end: number;
  readonly closed: boolean;
}

/** Expressions of one text that are read. */
const MOST_SPANS = 1000;

/** The expressions between two offsets of a text. A brace pair inside a quoted string does not end one. */
export function expressionSpans(text: string, from: number, to: number): ExpressionSpan[] {
  const spans: ExpressionSpan[] = [];
  let position = text.indexOf('${{', from);
  let canClose = true;
  while (position >= 0 && position < to && spans.length < MOST_SPANS) {
    const start = position + 3;
    const end = canClose ? closing(text, start, to) : -1;
    // Where none is closed behind this one, none behind the next is.
    if (end < 0) canClose = false;
    position = text.indexOf('${{', end < 0 ? start : end);
    const next = position < 0 ? to : Math.min(to, position);
    spans.push({ start, end: end < 0 ? lineEnd(text, start, next) : end, closed: end >= 0 });
  }
  return spans;
}

function closing(text: string, from: number, to: number): number {
  let quote = '';
  const last = Math.min(to, from + MAX_EXPRESSION);
  const within = text.slice(from, last);
  /** A quote that none follows opens nothing. */
  const lastQuotes = { "'": from + within.lastIndexOf("'"), '"': from + within.lastIndexOf('"') };
  for (let position = from; position < last - 1; position++) {
    const character = text[position] ?? '';
    if (quote !== '') {
      if (character === quote) quote = '';
    } else if ((character === "'" || character === '"') && lastQuotes[character] > position) quote = character;
    else if (character === '}' && text[position + 1] === '}') return position;
  }
  const plain = text.indexOf('}}', from);
  return plain >= 0 && plain < to ? plain : -1;
}

function lineEnd(text: string, from: number, to: number): number {
  const end = text.indexOf('\n', from);
  return end < 0 || end > to ? to : end;
}

/** Reports what is wrong inside of the expressions below a node. */
export function checkExpressions(node: Node | null, text: string, report: Report): void {
  forEachScalar(node, (scalar) => {
    if (typeof scalar.value !== 'string' || !scalar.value.includes('${{')) return;
    for (const span of expressionSpans(text, scalar.start, scalar.end)) {
      if (!span.closed) {
        report({
          code: 'expression-syntax',
          start: span.start - 3,
          end: span.end,
          message: 'The closing `}}` of this expression is missing.',
        });
        continue;
      }
      const { text: meant, map } = unescaped(text.slice(span.start, span.end), scalar.style);
      for (const problem of parseExpression(meant).problems) {
        const start = span.start + (map?.[problem.start] ?? problem.start);
        const end = Math.max(start + 1, Math.min(span.end, span.start + (map?.[problem.end] ?? problem.end)));
        report({ code: 'expression-syntax', start, end, message: problem.message });
      }
    }
  });
}
