import type { Node, SyntaxProblem } from './ast.ts';
import { fastParse } from './fast-parse.ts';
import { fullParse } from './full-parse.ts';
import { contentStart, FullBudget, refusedChunk, refusedDocuments, refusedText } from './limits.ts';
import { type LineTable, scanLines, updateLines } from './lines.ts';
import { type BranchSpan, type ContainerSpan, type LeafSpan, split, splitFurther } from './split.ts';

/** What a chunk's text says, wherever the chunk stands: kept while the text stays the same. */
export interface Parsed {
  /** Read by the full parser: only then can there be anchors, aliases, tags or problems. */
  readonly full: boolean;
  /** Not read, for what stands before it took the full parser long enough. */
  readonly late?: true;
  readonly root: Node | null;
  readonly problems: readonly SyntaxProblem[];
}

/** Some whole lines of a file, parsed on their own. Offsets inside `parsed` count from `offset`. */
export interface Chunk {
  readonly type: 'leaf';
  readonly offset: number;
  readonly length: number;
  readonly firstLine: number;
  readonly endLine: number;
  readonly parsed: Parsed;
  /** What is wrong with the chunk where it stands: an entry out of line, text where a `key:` belongs. */
  readonly misplaced: SyntaxProblem | null;
}

/** An entry whose value was split again: `header` holds the key alone. */
export interface Branch {
  readonly type: 'branch';
  readonly header: Chunk;
  readonly body: Container;
  /** What is wrong with the body where it stands. */
  readonly misplaced: SyntaxProblem | null;
}

export interface Container {
  readonly type: 'map' | 'seq';
  readonly indent: number;
  readonly entries: readonly (Chunk | Branch)[];
}

export interface SourceDocument {
  readonly firstLine: number;
  readonly endLine: number;
  readonly bodyLine: number;
  readonly marked: boolean;
  readonly body: Container | Chunk | null;
}

/** A file as documents and chunks. Immutable; an edit makes another that shares what did not change. */
export interface Source {
  readonly text: string;
  readonly lines: LineTable;
  readonly documents: readonly SourceDocument[];
  /** All chunks in order. */
  readonly chunks: readonly Chunk[];
}

/** A replaced range: old `[start, oldEnd)` became new `[start, newEnd)`. */
export interface Edit {
  readonly start: number;
  readonly oldEnd: number;
  readonly newEnd: number;
}

export function parseSource(text: string): Source {
  return build(text, scanLines(text), () => undefined);
}

/** Parses `text`, which came of `previous` by `edit`, and takes over every chunk that the edit did not touch. */
export function updateSource(previous: Source, text: string, edit: Edit): Source {
  const shift = edit.newEnd - edit.oldEnd;
  const byOffset = new Map<number, Chunk>();
  for (const chunk of previous.chunks) byOffset.set(chunk.offset, chunk);
  return build(text, updateLines(previous.lines, text, edit), (offset, length) => {
    const before = offset + length <= edit.start;
    if (!before && offset < edit.newEnd) return undefined;
    const old = byOffset.get(before ? offset : offset - shift);
    return old?.length === length ? old.parsed : undefined;
  });
}

type Reuse = (offset: number, length: number) => Parsed | undefined;

function build(text: string, lines: LineTable, reuse: Reuse): Source {
  const tooLong = refusedText(text);
  if (tooLong) return unread(text, lines, tooLong);
  const spans = split(text, lines);
  const tooMany = refusedDocuments(spans.length);
  if (tooMany) return unread(text, lines, tooMany);
  const chunks: Chunk[] = [];
  const budget = new FullBudget();
  const chunk = (span: LeafSpan): Chunk => {
    const offset = lines.starts[span.firstLine] ?? 0;
    const length = (lines.starts[span.endLine] ?? text.length) - offset;
    const parsed = within(budget, reuse(offset, length), { text, offset, length });
    const made: Chunk = {
      type: 'leaf',
      offset,
      length,
      firstLine: span.firstLine,
      endLine: span.endLine,
      parsed,
      misplaced: misplacement(text, lines, span, parsed),
    };
    chunks.push(made);
    return made;
  };
  const branch = (span: BranchSpan): Branch => {
    const header = chunk(span.header);
    return { type: 'branch', header, body: container(span.body), misplaced: span.bare ? null : unexpectedBody(header) };
  };
  // An entry that can't be read is cut smaller, down to the line that is to blame.
  const chunkOrBranch = (span: LeafSpan): Chunk | Branch => {
    const made = chunk(span);
    if (made.parsed.late || !made.parsed.problems.some(({ severity }) => severity === 'error')) return made;
    const further = splitFurther(text, lines, span);
    if (further === null) return made;
    chunks.splice(chunks.lastIndexOf(made), 1);
    return branch(further);
  };
  const container = (span: ContainerSpan): Container => ({
    type: span.type,
    indent: span.indent,
    entries: span.entries.map((entry) => (entry.type === 'leaf' ? chunkOrBranch(entry) : branch(entry))),
  });
  const documents = spans.map((span) => ({
    ...span,
    body: span.body === null ? null : span.body.type === 'leaf' ? chunk(span.body) : container(span.body),
  }));
  return { text, lines, documents, chunks };
}

/** A file of one chunk, of which nothing is known but why. */
function unread(text: string, lines: LineTable, problem: SyntaxProblem): Source {
  const chunk: Chunk = {
    type: 'leaf',
    offset: 0,
    length: text.length,
    firstLine: 0,
    endLine: lines.count,
    parsed: { full: true, root: null, problems: [problem] },
    misplaced: null,
  };
  const documents = [{ firstLine: 0, endLine: lines.count, bodyLine: 0, marked: false, body: chunk }];
  return { text, lines, documents, chunks: [chunk] };
}

interface Place {
  readonly text: string;
  readonly offset: number;
  readonly length: number;
}

/** A chunk's parse, taken over or made; one that the full parser may not make any more says so instead. */
function within(budget: FullBudget, before: Parsed | undefined, { text, offset, length }: Place): Parsed {
  const fast = before ?? fastParsed(text, offset, offset + length);
  if (fast && !fast.full) return fast;
  const own = () => detached(text, offset, offset + length);
  const late = budget.spend(length, () => contentStart(own()));
  if (late) return { full: true, late: true, root: null, problems: [late] };
  return before && !before.late ? before : fullyParsed(own());
}

function misplacement(text: string, lines: LineTable, span: LeafSpan, parsed: Parsed): SyntaxProblem | null {
  const expected = span.expected;
  if (!expected) return null;
  const offset = lines.starts[span.firstLine] ?? 0;
  const lineStart = (lines.starts[expected.line] ?? 0) - offset;
  const start = lineStart + expected.own;
  if (expected.own !== expected.indent) {
    const message = `Indented by ${spaces(expected.own)}, but the entries around it by ${spaces(expected.indent)}.`;
    return { start: lineStart, end: Math.max(start, lineStart + 1), code: 'BAD_INDENT', message, severity: 'error' };
  }
  if (parsed.root === null || parsed.problems.length > 0) return null;
  if (parsed.root.type === expected.type && !parsed.root.flow) return null;
  const end = contentEnd(text, offset + start) - offset;
  const message =
    expected.type === 'map' ? 'Expected `key: value`; a colon is missing.' : 'Expected an item that begins with `- `.';
  return { start, end, code: 'MISSING_ENTRY', message, severity: 'error' };
}

/** Relative to the header chunk. */
function unexpectedBody(header: Chunk): SyntaxProblem {
  const root = header.parsed.root;
  const start = root?.start ?? 0;
  return {
    start,
    end: root?.end ?? start + 1,
    code: 'UNEXPECTED_BODY',
    message: 'The lines below are indented under this one, which is no key with an empty value.',
    severity: 'error',
  };
}

function spaces(count: number): string {
  return count === 1 ? '1 space' : `${count} spaces`;
}

function contentEnd(text: string, from: number): number {
  const end = text.slice(from).search(/[ \t]*(?:[\r\n]|$)/);
  return end <= 0 ? from + 1 : from + end;
}

function fastParsed(text: string, start: number, end: number): Parsed | undefined {
  const root = fastParse(detached(text, start, end));
  return root === undefined ? undefined : { full: false, root, problems: none };
}

function fullyParsed(text: string): Parsed {
  const refused = refusedChunk(text);
  return { full: true, ...(refused ? { root: null, problems: [refused] } : fullParse(text)) };
}

const none: readonly SyntaxProblem[] = [];

/** A slice that does not keep the whole text alive: V8 would let it point into its parent. */
function detached(text: string, start: number, end: number): string {
  return Buffer.from(text.slice(start, end), 'utf16le').toString('utf16le');
}
