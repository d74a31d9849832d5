import { expressionSpans } from '../diagnostics/expression-findings.ts';
import { parseExpression } from '../expressions/parser.ts';
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

/**
 * What a slice of a quoted scalar means: `''` is a quote in single quotes, `\"` and `\\` in double ones. Other escapes
 * have no place in an expression and stay as they are. `map` leads back, offset for offset.
 */
export function unescaped(raw: string, style: ScalarNode['style']): { text: string; map: Int32Array | null } {
  const marker = style === 'single' ? "''" : style === 'double' ? '\\' : null;
  if (marker === null || !raw.includes(marker)) return { text: raw, map: null };
  const map: number[] = [];
  let text = '';
  for (let index = 0; index < raw.length; index++) {
    const pair = raw.slice(index, index + 2);
    const isEscape = style === 'single' ? pair === "''" : pair === '\\"' || pair === '\\\\';
    map.push(index);
    text += isEscape ? pair[1] : raw[index];
    if (isEscape) index++;
  }
  map.push(raw.length);
  return { text, map: Int32Array.from(map) };
}
