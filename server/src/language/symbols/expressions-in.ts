import { parseExpression } from '../../platform/expressions/parser.ts';
import { expressionSpans } from '../diagnostics/expression-findings.ts';
import { unescaped } from '../expressions/unescaped.ts';
import type { ScalarNode } from '../syntax/ast.ts';
import type { ExpressionUse } from './symbol.ts';

export interface ScalarPlace {
  readonly part: number;
  readonly path: readonly string[];
  /** The text of the chunk. */
  readonly text: string;
}

/** The expressions of a scalar, each with its tree; what quotes escape is read as it is meant. */
export function expressionsIn(scalar: ScalarNode, place: ScalarPlace): ExpressionUse[] {
  if (typeof scalar.value !== 'string' || !scalar.value.includes('${{')) return [];
  const trimmed = scalar.value.trim();
  return expressionSpans(place.text, scalar.start, scalar.end).map((span) => {
    const whole = trimmed.startsWith('${{') && trimmed.endsWith('}}') && trimmed.indexOf('${{', 1) < 0 && span.closed;
    return expressionUse(scalar, span, { ...place, whole });
  });
}

/** A scalar that is an expression as a whole, without braces. */
export function bareExpression(scalar: ScalarNode, place: ScalarPlace): ExpressionUse[] {
  if (typeof scalar.value !== 'string' || scalar.value === '' || scalar.value.includes('${{')) return [];
  if (scalar.style === 'literal' || scalar.style === 'folded') return [];
  const quote = scalar.style === 'plain' ? 0 : 1;
  const span = { start: scalar.start + quote, end: scalar.end - quote };
  return [expressionUse(scalar, span, { ...place, whole: true })];
}

function expressionUse(
  scalar: ScalarNode,
  span: { readonly start: number; readonly end: number },
  place: ScalarPlace & { readonly whole: boolean },
): ExpressionUse {
  const { text, map } = unescaped(place.text.slice(span.start, span.end), scalar.style);
  const { root, problems } = parseExpression(text);
  return {
    part: place.part,
    text,
    root,
    hasProblems: problems.length > 0,
    start: span.start,
    end: span.end,
    map,
    path: place.path,
    whole: place.whole,
  };
}
