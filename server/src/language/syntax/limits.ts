import type { SyntaxProblem } from './ast.ts';

/** What no person writes by hand is not read: it would take the time of everything that a person did write. */

/** Characters of a file; more are not even split. */
const MAX_TEXT = 4 * 1024 * 1024;
/** Characters of a chunk that only the full parser can read: that takes about a millisecond for each thousand. */
const MAX_FULL_TEXT = 256 * 1024;
/** What the full parser may read of one file: characters, and for each chunk as many as starting on it costs. */
const FULL_BUDGET = 2 * 1024 * 1024;
const FULL_START = 200;
/** Brackets inside of brackets. */
const MAX_FLOW_DEPTH = 100;
/** Dashes and question marks behind each other on one line, each of which begins a collection. */
const MAX_COMPACT_DEPTH = 100;
/** Anchors and tags before one value: the full parser's time grows with the square of their number. */
const MAX_PROPERTIES = 50;
const MAX_DOCUMENTS = 10_000;
/** Columns: what is indented deeper is not split into chunks, so that it takes no more calls than this. */
export const MAX_SPLIT_INDENT = 64;

const TOO_DEEP = 'This is nested too deeply to be read.';

const compact = new RegExp(`^ *(?:[-?][ \\t]+){${MAX_COMPACT_DEPTH}}`, 'm');

const properties = new RegExp(`(?:[&!][^\\s]*\\s+){${MAX_PROPERTIES}}`);

/** Why a whole file is not read; null where it is. */
export function refusedText(text: string): SyntaxProblem | null {
  if (text.length <= MAX_TEXT) return null;
  return tooLarge(`This file is too large to be read: ${millions(text.length)} characters.`, 0);
}

/** The same for the number of its documents. */
export function refusedDocuments(count: number): SyntaxProblem | null {
  if (count <= MAX_DOCUMENTS) return null;
  return tooLarge(
    `This file holds more than ${MAX_DOCUMENTS.toLocaleString('en')} documents; none of them is read.`,
    0,
  );
}

/** Why a chunk is not given to the full parser; null where it is. */
export function refusedChunk(text: string): SyntaxProblem | null {
  if (text.length > MAX_FULL_TEXT)
    return tooLarge(
      'This entry is too large to be read as it is written; nothing in it is checked.',
      contentStart(text),
    );
  const deep = flowDepthExceeded(text);
  if (deep >= 0) return tooLarge(TOO_DEEP, deep);
  const list = text.search(compact);
  if (list >= 0) return tooLarge(TOO_DEEP, list);
  const many = text.search(properties);
  if (many >= 0) return tooLarge(`More than ${MAX_PROPERTIES} anchors and tags stand before one value here.`, many);
  return null;
}

/** Says that the full parser has read enough of a file. The same chunks exceed it, whatever was read before. */
export class FullBudget {
  #spent = 0;

  /** The problem of a chunk that comes too late; null where it is still read. */
  spend(length: number, contentAt: () => number): SyntaxProblem | null {
    if (this.#spent > FULL_BUDGET)
      return tooLarge('This file holds too much that takes long to read; this entry is not checked.', contentAt());
    this.#spent += length + FULL_START;
    return null;
  }
}

/** Where the first bracket stands that is nested too deeply; −1 where none is. Brackets in quotes count as well. */
function flowDepthExceeded(text: string): number {
  let depth = 0;
  for (let position = 0; position < text.length; position++) {
    const code = text.charCodeAt(position);
    if (code === 91 || code === 123) {
      if (++depth > MAX_FLOW_DEPTH) return position;
    } else if ((code === 93 || code === 125) && depth > 0) depth--;
  }
  return -1;
}

export function contentStart(text: string): number {
  return Math.max(0, text.search(/[^\s]/));
}

function tooLarge(message: string, start: number): SyntaxProblem {
  return { start, end: start + 1, code: 'TOO_LARGE', message, severity: 'error' };
}

function millions(count: number): string {
  return `${(count / 1e6).toFixed(1)} million`;
}
