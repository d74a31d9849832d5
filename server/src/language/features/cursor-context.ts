import { isKind, type Kind } from '#schemas/config/document.ts';
import { keyText } from '../schema/check-value.ts';
import type { Source, SourceDocument } from '../syntax/source.ts';
import { entriesOf } from '../syntax/walk.ts';
import type { CursorContext, Position } from './cursor.ts';
import { flowContext } from './flow-context.ts';
import { hasContent, lineText, type Segment, segmentsOf } from './line-shape.ts';

interface Answer {
  readonly position: Position;
  readonly context: CursorContext;
}

/** Several features ask about the same place for one list: the last answer of a text is kept. */
const lastAnswers = new WeakMap<Source, Answer>();

export function cursorContext(source: Source, position: Position): CursorContext {
  const last = lastAnswers.get(source);
  if (last?.position.line === position.line && last.position.character === position.character) return last.context;
  const context = contextAt(source, position);
  lastAnswers.set(source, { position, context });
  return context;
}

function contextAt(source: Source, position: Position): CursorContext {
  const text = lineText(source, position.line);
  const before = text.slice(0, position.character);
  const document = documentAt(source, position.line);
  const kind = document ? kindOf(document) : null;
  const base: CursorContext = {
    role: 'none',
    kind,
    path: [],
    key: '',
    siblings: new Map(),
    replace: { line: position.line, start: position.character, end: position.character },
    column: position.character,
    flow: false,
    colonFollows: false,
    needsSpace: before.endsWith(':'),
    newDocument: kind === null && !hasKind(document),
  };
  if (/(?:^|\s)#/.test(before.replace(/"[^"]*"|'[^']*'/g, (quoted) => 'x'.repeat(quoted.length)))) return base;
  if (/^(?:---|\.\.\.)/.test(text)) return base;
  const open = before.lastIndexOf('${{');
  if (open >= 0 && !before.slice(open).includes('}}')) return { ...base, role: 'expression' };
  const first = document?.bodyLine ?? 0;
  const flow = flowContext(source, position, first);
  if (flow) {
    const outer = containerOf(source, flow.line, flow.segments, first);
    if (outer === null) return base;
    return {
      ...base,
      ...flow.inner,
      path: [...outer.path, flow.key, ...flow.inner.path],
      flow: true,
      replace: wordAt(text, position),
    };
  }
  return blockContext(source, position, { text, before, base, first });
}

interface Line {
  readonly text: string;
  readonly before: string;
  readonly base: CursorContext;
  readonly first: number;
}

function blockContext(source: Source, position: Position, { text, before, base, first }: Line): CursorContext {
  const segments = segmentsOf(before);
  const last = segments.at(-1);
  const dashes = segments.filter((segment) => segment.type === 'dash');
  const replace = wordAt(text, position);
  if (last?.type === 'key') {
    const here = containerOf(source, position.line, segments, first);
    if (here === null) return base;
    const start = before.length - (/[^\s:]*$/.exec(before)?.[0].length ?? 0);
    return {
      ...base,
      role: 'value',
      path: here.path,
      key: last.key,
      siblings: siblingsOf(source, position.line, last.column, first),
      replace: quoted(text, last, position) ?? { ...replace, start: Math.max(start, last.column) },
    };
  }
  if (last?.type === 'text' && !/^["']?[\w.$/@^~<-]*$/.test(last.value)) return base;
  const touchesDash = last?.type === 'dash' && before.endsWith('-');
  const column = last?.type === 'text' ? last.column : position.character + (touchesDash ? 1 : 0);
  const pretend: Segment[] = [...dashes, { column, type: 'text', key: '', value: '' }];
  const here = containerOf(source, position.line, pretend, first);
  if (here === null || (dashes.length === 0 && isOutOfLine(source, position.line, column, first))) return base;
  const colonFollows = /^["']?\s*:/.test(text.slice(replace.end));
  const siblings = siblingsOf(source, position.line, column, first);
  const role = dashes.length > 0 ? 'item' : 'key';
  const needsSpace = base.needsSpace || touchesDash;
  return { ...base, role, path: here.path, siblings, column, colonFollows, needsSpace, replace };
}

/** The whole of a quoted value that the cursor is in, with its quotes. */
function quoted(text: string, key: Segment, position: Position): CursorContext['replace'] | null {
  if (!/^["']/.test(key.value)) return null;
  const quote = key.value.charAt(0);
  const start = text.lastIndexOf(key.value, position.character - key.value.length);
  const end = text.indexOf(quote, position.character);
  if (start < 0 || key.value.indexOf(quote, 1) >= 0) return null;
  return { line: position.line, start, end: end < 0 ? position.character : end + 1 };
}

/** Whether no entry may stand at a column: those of the mapping around it stand at another, or there is none. */
function isOutOfLine(source: Source, line: number, column: number, first: number): boolean {
  const parent = parentOf(source, line, { column, type: 'text', key: '', value: '' }, first);
  if (!parent) return false;
  // Nothing is nested below a key that has its value already.
  if (parent.segment.type === 'key' && !/^(?:[&!]\S*)?$/.test(parent.segment.value)) return true;
  if (parent.segment.type === 'dash') {
    const [sibling] = segmentsOf(lineText(source, parent.line)).slice(parent.before.length + 1);
    if (sibling) return sibling.column !== column;
  }
  for (let below = parent.line + 1; below < line; below++) {
    const indent = source.lines.indents[below] ?? -1;
    if (indent >= 0) return indent !== column;
  }
  return false;
}

/** The word around the cursor. */
function wordAt(text: string, position: Position): CursorContext['replace'] {
  const start = position.character - (/[\w.$/@^~<-]*$/.exec(text.slice(0, position.character))?.[0].length ?? 0);
  const end = position.character + (/^[\w./@^~-]*/.exec(text.slice(position.character))?.[0].length ?? 0);
  // A dash that begins an item is no part of the word.
  const word = text.slice(start, end);
  const lead = /^-+(?=\s|$)/.exec(word)?.[0].length ?? 0;
  if (position.character < start + lead)
    return { line: position.line, start: position.character, end: position.character };
  return { line: position.line, start: start + lead, end };
}

/**
 * The path of the collection that the last segment of a line belongs to: up through the lines that are indented less.
 * null inside of a block scalar, where nothing is a key.
 */
function containerOf(
  source: Source,
  line: number,
  segments: readonly Segment[],
  first: number,
): { path: string[] } | null {
  const path: string[] = [];
  let pending = [...segments];
  let at = line;
  let current = pending.pop();
  while (current) {
    const parent = pending.pop();
    if (parent?.type === 'dash') {
      path.unshift('*');
      current = parent;
      continue;
    }
    const above = parentOf(source, at, current, first);
    if (above === null) return { path };
    if (above.segment.type === 'key') {
      if (/^[|>]/.test(above.segment.value)) return null;
      path.unshift(above.segment.key);
    } else {
      path.unshift('*');
    }
    at = above.line;
    pending = above.before;
    current = above.segment;
  }
  return { path };
}

interface Above {
  readonly line: number;
  readonly segment: Segment;
  /** The segments that stand before it on its line. */
  readonly before: Segment[];
}

/** The segment that a segment is nested in: a list may stand at the column of its key, everything else deeper. */
function parentOf(source: Source, line: number, segment: Segment, first: number): Above | null {
  const limit = segment.type === 'dash' ? segment.column + 1 : segment.column;
  for (let above = line - 1; above >= first; above--) {
    const indent = source.lines.indents[above] ?? -1;
    if (indent < 0 || indent >= limit) continue;
    const segments = segmentsOf(lineText(source, above));
    for (let index = segments.length - 1; index >= 0; index--) {
      const candidate = segments[index];
      if (!candidate || candidate.column >= limit) continue;
      if (candidate.type === 'text') continue;
      // A dash at the same column is the item before.
      if (segment.type === 'dash' && candidate.type === 'dash' && candidate.column >= segment.column) continue;
      return { line: above, segment: candidate, before: segments.slice(0, index) };
    }
  }
  return null;
}

/** The keys that stand at `column` in the same mapping, above and below the line. */
function siblingsOf(source: Source, line: number, column: number, first: number): Map<string, string> {
  const found = new Map<string, string>();
  const visit = (at: number): boolean => {
    const indent = source.lines.indents[at] ?? -1;
    if (indent < 0 || indent > column) return true;
    const segments = segmentsOf(lineText(source, at));
    const own = segments.find((segment) => segment.column === column);
    const begins = segments.some((segment) => segment.column < column);
    if (own?.type === 'key' && !(begins && at > line)) found.set(own.key, own.value);
    return !begins;
  };
  const here = segmentsOf(lineText(source, line));
  if (!here.some((segment) => segment.type === 'dash' && segment.column < column)) {
    for (let above = line - 1; above >= first && visit(above); above--);
  }
  for (let below = line + 1; below < source.lines.count && !isMarker(source, below) && visit(below); below++);
  return found;
}

function isMarker(source: Source, line: number): boolean {
  return (
    source.lines.indents[line] === 0 &&
    hasContent(source, line) &&
    /^(?:---|\.\.\.)(?:\s|$)/.test(lineText(source, line))
  );
}

/** The document that a line belongs to; null where there is none. */
export function documentAt(source: Source, line: number): SourceDocument | null {
  return source.documents.find((document) => line >= document.firstLine && line < document.endLine) ?? null;
}

/** The kind that a document names. */
export function kindOf(document: SourceDocument): Kind | null {
  const value = kindEntry(document)?.pair.value;
  const text = value?.type === 'scalar' ? value.value : null;
  return isKind(text) ? text : null;
}

function hasKind(document: SourceDocument | null): boolean {
  return document !== null && kindEntry(document) !== undefined;
}

function kindEntry(document: SourceDocument) {
  return document.body === null
    ? undefined
    : entriesOf(document.body).find((entry) => keyText(entry.pair.key) === 'kind');
}
