import type { ScalarNode } from '../syntax/ast.ts';

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
