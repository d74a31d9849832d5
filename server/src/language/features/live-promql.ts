import type { Source } from '../syntax/source.ts';
import type { Position } from './cursor.ts';
import { cursorContext } from './cursor-context.ts';
import { lineText } from './line-shape.ts';
import { livePlaceOf } from './live-place.ts';

/** What of a PromQL query stands at the cursor, with the columns of the word that is being written. */
export interface PromqlPlace {
  readonly part: 'metric' | 'label' | 'value';
  /** Empty where none is named. */
  readonly metric: string;
  readonly label: string;
  readonly start: number;
  readonly end: number;
  /** The cursor touches the colon of its key. */
  readonly needsSpace: boolean;
}

/** Null outside of queries, and inside of one where only numbers and durations can stand. */
export function promqlAt(source: Source, position: Position): PromqlPlace | null {
  const before = queryBefore(source, position);
  if (before === null) return null;
  const found = partAt(withoutExpressions(before.text));
  if (!found) return null;
  const after = lineText(source, position.line).slice(position.character);
  const end = position.character + (/^[\w:]*/.exec(after)?.[0].length ?? 0);
  return { ...found.at, start: position.character - found.typed.length, end, needsSpace: before.needsSpace };
}

/** The text of a query up to the cursor, on its key's line or in a block text below it. */
function queryBefore(source: Source, position: Position): { text: string; needsSpace: boolean } | null {
  const line = lineText(source, position.line).slice(0, position.character);
  const context = cursorContext(source, position);
  if (context.role === 'value') {
    if (livePlaceOf(context.kind, context.path, context.key)?.of !== 'promql') return null;
    const text = line.slice(line.lastIndexOf('query') + 'query'.length).replace(/^["']?\s*:\s*["']?/, '');
    return { text, needsSpace: context.needsSpace };
  }
  if (context.role !== 'none') return null;
  const head = blockHead(source, position.line);
  if (head === null) return null;
  const lines: string[] = [];
  for (let at = head.line + 1; at < position.line; at++) lines.push(lineText(source, at));
  const of = cursorContext(source, { line: head.line, character: head.character });
  if (of.role !== 'value' || livePlaceOf(of.kind, of.path, of.key)?.of !== 'promql') return null;
  return { text: [...lines, line].join('\n'), needsSpace: false };
}

/** The key whose block text a line may belong to: up through the lines that are indented less and less. */
function blockHead(source: Source, line: number): Position | null {
  let indent = lineText(source, line).search(/\S|$/);
  for (let above = line - 1; above >= 0 && indent > 0; above--) {
    const text = lineText(source, above);
    const own = text.search(/\S/);
    if (own < 0 || own >= indent) continue;
    const head = /^(.*\bquery["']?:) *[|>][+\-\d]*\s*(?:#.*)?$/.exec(text);
    if (head) return { line: above, character: (head[1]?.length ?? 0) + 1 };
    indent = own;
  }
  return null;
}

function withoutExpressions(text: string): string {
  return text.replace(/\$\{\{[\s\S]*?\}\}/g, (expression) => 'x'.repeat(expression.length));
}

const word = /[a-zA-Z_:][\w:]*$/;

interface Part {
  readonly at: Pick<PromqlPlace, 'part' | 'metric' | 'label'>;
  readonly typed: string;
}

function partAt(text: string): Part | null {
  const { inString, brace } = scan(text);
  const typed = word.exec(text)?.[0] ?? '';
  if (brace >= 0) {
    const metric = /([a-zA-Z_:][\w:]*)\s*$/.exec(text.slice(0, brace))?.[1] ?? '';
    const inside = text.slice(brace + 1);
    if (!inString) return /(?:^|,)\s*\w*$/.test(inside) ? { at: { part: 'label', metric, label: '' }, typed } : null;
    const value = /([a-zA-Z_]\w*)\s*(?:=~|!~|!=|=)\s*(["'])([^"'|]*\|)*([^"'|]*)$/.exec(inside);
    return value ? { at: { part: 'value', metric, label: value[1] ?? '' }, typed: value[4] ?? '' } : null;
  }
  if (inString || text.lastIndexOf('[') > text.lastIndexOf(']')) return null;
  if (/\b(?:by|without|on|ignoring|group_left|group_right)\s*\([^()]*$/.test(text)) {
    return { at: { part: 'label', metric: '', label: '' }, typed };
  }
  // A metric begins where an operand may: not behind another one, and not within a number.
  const lead = text.slice(0, text.length - typed.length);
  return /(?:^|[\s(,+*/%^<>=!-])$/.test(lead) ? { at: { part: 'metric', metric: '', label: '' }, typed } : null;
}

/** Whether the end of a query is inside of a string, and where the braces begin that it is in; −1 for none. */
function scan(text: string): { inString: boolean; brace: number } {
  let quote = '';
  let brace = -1;
  for (let at = 0; at < text.length; at++) {
    const character = text.charAt(at);
    if (quote !== '') {
      if (character === '\\') at++;
      else if (character === quote) quote = '';
    } else if (character === '"' || character === "'") quote = character;
    else if (character === '{') brace = at;
    else if (character === '}') brace = -1;
  }
  return { inString: quote !== '', brace };
}
