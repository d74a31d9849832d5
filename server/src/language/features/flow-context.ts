import type { Source } from '../syntax/source.ts';
import type { CursorContext, Position } from './cursor.ts';
import { lineText, type Segment, segmentsOf } from './line-shape.ts';

const MAX_LINES = 200;

/** A cursor inside of `{…}` or `[…]`. `line`, `segments` and `key` tell where the outermost bracket stands. */
export interface FlowContext {
  readonly line: number;
  /** The segments up to and with the key that the bracket is the value of. */
  readonly segments: readonly Segment[];
  readonly key: string;
  readonly inner: Pick<CursorContext, 'role' | 'path' | 'key' | 'siblings' | 'colonFollows'>;
}

/** null where the cursor is in no brackets. */
export function flowContext(source: Source, position: Position, first: number): FlowContext | null {
  const least = Math.max(first, position.line - MAX_LINES);
  for (let line = position.line; line >= least; line--) {
    const text = lineText(source, line);
    const upTo = line === position.line ? text.slice(0, position.character) : text;
    const segments = segmentsOf(upTo);
    const last = segments.at(-1);
    if (!last || last.type === 'dash') {
      if (line === position.line) continue;
      return null;
    }
    if (!/^[{[]/.test(last.value)) {
      // Inside of brackets that began further up, lines look like text or keys; a plain key line ends the search.
      if (line < position.line && last.type === 'key' && !/[,{[]\s*$/.test(text)) return null;
      continue;
    }
    const start = upTo.indexOf(last.value, last.column);
    const from = (source.lines.starts[line] ?? 0) + start;
    const to = (source.lines.starts[position.line] ?? 0) + position.character;
    const inner = scan(source.text.slice(from, to), source.text.slice(to, to + 200));
    if (inner === null) return null;
    if (last.type === 'key') return { line, segments, key: last.key, inner };
    return { line, segments: segments.slice(0, -1), key: '*', inner };
  }
  return null;
}

interface Level {
  readonly map: boolean;
  readonly siblings: Map<string, string>;
  key: string | null;
}

/** Reads brackets from the outermost to the cursor; null where all are closed, or the cursor is inside of quotes. */
function scan(text: string, after: string): FlowContext['inner'] | null {
  const reader = new BracketReader();
  for (let index = 0; index < text.length; index++) {
    if (text.startsWith('${{', index)) {
      const end = text.indexOf('}}', index);
      if (end < 0) return null;
      reader.word += text.slice(index, end + 2);
      index = end + 1;
    } else reader.take(text[index] ?? '', text[index + 1] ?? '');
  }
  const level = reader.levels.at(-1);
  if (!level || reader.quote !== '') return null;
  const path = reader.levels.slice(0, -1).map((each) => (each.map ? (each.key ?? '') : '*'));
  for (const key of laterKeys(after)) level.siblings.set(key, '');
  const colonFollows = /^[\w.-]*\s*:/.test(after);
  if (!level.map) return { role: 'item', path: [...path, '*'], key: '', siblings: new Map(), colonFollows };
  if (level.key !== null) return { role: 'value', path, key: level.key, siblings: level.siblings, colonFollows };
  return { role: 'key', path, key: '', siblings: level.siblings, colonFollows };
}

class BracketReader {
  readonly levels: Level[] = [];
  word = '';
  quote = '';

  take(character: string, next: string): void {
    if (this.quote !== '') {
      if (character === this.quote) this.quote = '';
      else this.word += character;
      return;
    }
    switch (character) {
      case '"':
      case "'":
        this.quote = character;
        break;
      case '{':
      case '[':
        this.levels.push({ map: character === '{', siblings: new Map(), key: null });
        this.word = '';
        break;
      case '}':
      case ']':
        this.#finish();
        this.levels.pop();
        break;
      case ',':
        this.#finish();
        break;
      case ':':
        this.#colon(next);
        break;
      default:
        this.word += character;
    }
  }

  #colon(next: string): void {
    const level = this.levels.at(-1);
    if (level?.map && level.key === null && (next === '' || /\s/.test(next))) {
      level.key = this.word.trim();
      this.word = '';
    } else this.word += ':';
  }

  #finish(): void {
    const level = this.levels.at(-1);
    if (level?.map && level.key !== null) level.siblings.set(level.key, this.word.trim());
    if (level) level.key = null;
    this.word = '';
  }
}

/** Keys that stand behind the cursor in the same braces, on the same line. */
function laterKeys(after: string): string[] {
  const end = after.search(/[}\n]/);
  const rest = end < 0 ? after : after.slice(0, end);
  return [...rest.matchAll(/,\s*([\w.-]+)\s*:/g)].map((found) => found[1] ?? '');
}
