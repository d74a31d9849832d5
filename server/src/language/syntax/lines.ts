/** Where each line starts and how it begins: what the splitter looks at, from one pass over the text. */
export interface LineTable {
  readonly count: number;
  /** Offset of each line; one more entry than lines, the last being the text's length. */
  readonly starts: Int32Array;
  /**
   * Leading spaces; {@link BLANK} for lines without content, {@link COMMENT} for those with a comment alone,
   * {@link TABBED} for those with a tab before their content: they begin no entry, whatever they were meant to be.
   */
  readonly indents: Int32Array;
}

export const BLANK = -1;
export const COMMENT = -2;
export const TABBED = -3;

const LF = 10;
const CR = 13;
const SPACE = 32;
const TAB = 9;
const HASH = 35;

/** Breaks are LF and CRLF. A lone CR is none here, as it is none to the full parser; LSP counts it as one. */
export function scanLines(text: string): LineTable {
  let capacity = Math.max(16, text.length >> 4);
  let starts = new Int32Array(capacity + 1);
  let indents = new Int32Array(capacity);
  let count = 0;
  let position = 0;
  const length = text.length;
  do {
    if (count === capacity) {
      capacity *= 2;
      starts = grown(starts, capacity + 1);
      indents = grown(indents, capacity);
    }
    starts[count] = position;
    let code = text.charCodeAt(position);
    const start = position;
    while (code === SPACE) code = text.charCodeAt(++position);
    const content = position;
    while (code === SPACE || code === TAB) code = text.charCodeAt(++position);
    if (position >= length || code === LF || code === CR) indents[count] = BLANK;
    else indents[count] = code === HASH ? COMMENT : position > content ? TABBED : content - start;
    count++;
    const lf = text.indexOf('\n', position);
    position = lf < 0 ? length : lf + 1;
  } while (position < length);
  if (endsWithBreak(text)) {
    if (count === capacity) {
      starts = grown(starts, capacity + 2);
      indents = grown(indents, capacity + 1);
    }
    starts[count] = length;
    indents[count] = BLANK;
    count++;
  }
  starts[count] = length;
  return { count, starts: starts.subarray(0, count + 1), indents: indents.subarray(0, count) };
}

/**
 * As {@link scanLines}, for a text that came of another by replacing `[start, oldEnd)` by `[start, newEnd)`: only the
 * lines that the edit touched are looked at.
 */
export function updateLines(
  before: LineTable,
  text: string,
  { start, oldEnd, newEnd }: { readonly start: number; readonly oldEnd: number; readonly newEnd: number },
): LineTable {
  const shift = newEnd - oldEnd;
  const first = lineOf(before, start);
  const next = lineOf(before, oldEnd) + 1;
  const from = before.starts[first] ?? 0;
  const to = (before.starts[next] ?? 0) + shift;
  const between = scanLines(text.slice(from, to));
  const isLast = next >= before.count;
  // Where lines follow, what is between ends with a break, and the line behind that is the next one.
  const added = isLast ? between.count : between.count - 1;
  const count = first + added + before.count - next;
  const starts = new Int32Array(count + 1);
  const indents = new Int32Array(count);
  starts.set(before.starts.subarray(0, first));
  indents.set(before.indents.subarray(0, first));
  for (let line = 0; line < added; line++) starts[first + line] = (between.starts[line] ?? 0) + from;
  indents.set(between.indents.subarray(0, added), first);
  for (let line = next, at = first + added; line < before.count; line++, at++)
    starts[at] = (before.starts[line] ?? 0) + shift;
  indents.set(before.indents.subarray(next), first + added);
  starts[count] = text.length;
  return { count, starts, indents };
}

function lineOf({ starts, count }: LineTable, offset: number): number {
  let low = 0;
  let high = count - 1;
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if ((starts[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}

function endsWithBreak(text: string): boolean {
  return text.charCodeAt(text.length - 1) === LF;
}

function grown(from: Int32Array, length: number): Int32Array<ArrayBuffer> {
  const to = new Int32Array(length);
  to.set(from);
  return to;
}
