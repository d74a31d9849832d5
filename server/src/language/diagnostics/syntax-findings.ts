import type { Node, SyntaxProblem } from '../syntax/ast.ts';
import type { Finding } from './finding.ts';

/** What a person can do about each problem that the full parser names. */
const messages: Readonly<Record<string, string>> = {
  BAD_ALIAS: 'This alias is not written right: `*` and the name of an anchor belong together.',
  BAD_COLLECTION_TYPE: 'This tag does not fit the kind of collection it stands before.',
  BAD_DIRECTIVE: 'This directive is not known.',
  BAD_DQ_ESCAPE: 'This is no escape sequence of double quotes; write `\\\\` for a backslash.',
  BLOCK_AS_IMPLICIT_KEY: 'A block of several lines can’t be a key.',
  BLOCK_IN_FLOW: 'Inside of brackets only `a: b, c: d` and the like can stand, no indented block.',
  DUPLICATE_KEY: 'This key stands here twice.',
  IMPOSSIBLE: 'This can’t be read as YAML.',
  KEY_OVER_1024_CHARS: 'A key may have at most 1024 characters.',
  MISSING_CHAR: 'Something is missing here: a closing quote, bracket or a space after the colon.',
  MULTILINE_IMPLICIT_KEY: 'A key has to stand on one line and be followed by a colon.',
  MULTIPLE_ANCHORS: 'A value can have one anchor only.',
  MULTIPLE_DOCS: 'Another document begins here without `---`.',
  MULTIPLE_TAGS: 'A value can have one tag only.',
  NON_STRING_KEY: 'A key has to be text.',
  RESOURCE_EXHAUSTION: 'This is nested too deeply to be read.',
  TAG_RESOLVE_FAILED: 'This tag is not known.',
  UNEXPECTED_TOKEN: 'This can’t stand here.',
};

/** What a chunk that can't be read has to say after this many problems is that it can't be read. */
const MOST_PROBLEMS = 100;

/** What is wrong with the syntax of a chunk: the same is told once a line, with how often it stands there. */
export function syntaxFindings(problems: readonly SyntaxProblem[], text: string, root: Node | null): Finding[] {
  const found = problems.slice(0, MOST_PROBLEMS).map((problem) => syntaxFinding(problem, text, root));
  return [...oncePerLine(found, text), ...controlCharacters(text)];
}

function oncePerLine(findings: readonly Finding[], text: string): Finding[] {
  const runs: { readonly first: Finding; readonly line: number; readonly starts: Set<number> }[] = [];
  for (const finding of findings) {
    const line = text.lastIndexOf('\n', finding.start - 1);
    const last = runs.at(-1);
    if (last?.line === line && last.first.code === finding.code && last.first.message === finding.message) {
      last.starts.add(finding.start);
    } else runs.push({ first: finding, line, starts: new Set([finding.start]) });
  }
  return runs.map(({ first, starts }) =>
    starts.size === 1 || first.message === messages.RESOURCE_EXHAUSTION
      ? first
      : { ...first, message: `${first.message} And ${starts.size - 1} more on this line.` },
  );
}

// All below the space but tab and line ends: no YAML may hold them, and the parser takes them as text.
const control = /[\p{Cc}--[\t\n\r\u007F-\u009F]]/v;

/** Characters that can't be seen and that no YAML may hold, once a line. */
function controlCharacters(text: string): Finding[] {
  if (!control.test(text)) return [];
  const found: Finding[] = [];
  let lineStart = 0;
  for (const line of text.split('\n')) {
    const at = line.search(control);
    if (at >= 0) found.push(controlFinding(line, at, lineStart));
    lineStart += line.length + 1;
  }
  return found;
}

function controlFinding(line: string, at: number, lineStart: number): Finding {
  const code = line.charCodeAt(at).toString(16).padStart(4, '0').toUpperCase();
  const message = `The control character U+${code} can’t stand in YAML; in double quotes write \\x${code.slice(2)}.`;
  const more = runsAfter(line, at);
  return {
    code: 'yaml-syntax',
    start: lineStart + at,
    end: lineStart + endOfRun(line, at),
    message: more === 0 ? message : `${message} And ${more} more on this line.`,
  };
}

function endOfRun(line: string, from: number): number {
  let end = from;
  while (end < line.length && isControl(line.charCodeAt(end))) end++;
  return end;
}

/** How many runs of the same character as the one at `at` follow its own run. */
function runsAfter(line: string, at: number): number {
  let count = 0;
  for (let position = endOfRun(line, at); position < line.length; position++) {
    if (!isControl(line.charCodeAt(position))) continue;
    if (line[position] === line[at]) count++;
    position = endOfRun(line, position) - 1;
  }
  return count;
}

function isControl(code: number): boolean {
  return code < 32 && code !== 9 && code !== 10 && code !== 13;
}

/** A problem of syntax as a finding with words of our own; the full parser's say where it is more exact. */
export function syntaxFinding(problem: SyntaxProblem, text: string, root: Node | null): Finding {
  const unclosed = unclosedNode(problem, text, root);
  if (unclosed) return unclosed;
  const code = codeOf(problem);
  const place = (code === 'yaml-tab' ? tabOf(problem, text) : null) ?? narrowed(problem, text);
  const mild = problem.severity === 'warning' ? { severity: 'warning' as const } : {};
  return { code, ...place, message: messageOf(problem, code), ...mild };
}

/** Something that was opened and never closed is told where it was opened: the end of it is anybody's guess. */
function unclosedNode(problem: SyntaxProblem, text: string, root: Node | null): Finding | null {
  const quote = /^Missing closing/.test(problem.message);
  const flow = /^Flow (?:map|sequence) in block collection|^(?:Expected )?Flow (?:map|sequence) must end/i.test(
    problem.message,
  );
  if (!quote && !flow) return null;
  const node = innermost(root, problem.start, (each) =>
    quote
      ? each.type === 'scalar' && /single|double/.test(each.style)
      : each.type !== 'scalar' && each.type !== 'alias' && each.flow,
  );
  if (!node) return null;
  const lineEnd = text.indexOf('\n', node.start);
  const end = Math.min(Math.max(node.end, node.start + 1), lineEnd < 0 ? text.length : lineEnd);
  const closing =
    node.type === 'map'
      ? '}'
      : node.type === 'seq'
        ? ']'
        : node.type === 'scalar' && node.style === 'double'
          ? '"'
          : "'";
  return { code: 'yaml-syntax', start: node.start, end, message: `The closing ${closing} is missing.` };
}

function innermost(node: Node | null, before: number, fits: (node: Node) => boolean): Node | null {
  if (node === null || node.start > before) return null;
  const children =
    node.type === 'map' ? node.items.flatMap(({ key, value }) => [key, value]) : node.type === 'seq' ? node.items : [];
  let found: Node | null = fits(node) ? node : null;
  for (const child of children) found = innermost(child, before, fits) ?? found;
  return found;
}

function codeOf(problem: SyntaxProblem): Finding['code'] {
  if (problem.code === 'TAB_AS_INDENT') return 'yaml-tab';
  if (problem.code === 'BAD_INDENT' || problem.code === 'UNEXPECTED_BODY') return 'yaml-indentation';
  return 'yaml-syntax';
}

function messageOf(problem: SyntaxProblem, code: Finding['code']): string {
  if (/^Nested mappings are not allowed/.test(problem.message))
    return 'A text with `: ` in it needs quotes; otherwise it would be a key of its own.';
  if (code === 'yaml-tab') return 'Tabs can’t indent YAML; use spaces.';
  if (/^Missing closing/.test(problem.message)) {
    return problem.message.includes('"') || problem.message.includes('double')
      ? 'The closing " is missing.'
      : "The closing ' is missing.";
  }
  const bracket = /^(?:Expected|.*must end with a|.*in block collection must be|Flow .* (?:end|must))/.test(
    problem.message,
  );
  if (problem.code === 'MISSING_CHAR' || problem.code === 'BAD_INDENT') return sentence(problem.message);
  if (bracket) return sentence(problem.message);
  return messages[problem.code] ?? sentence(problem.message);
}

function sentence(message: string): string {
  return /[.!?]$/.test(message) ? message : `${message}.`;
}

/** The indentation with a tab in it, on the line of the problem or the first one after. */
function tabOf(problem: SyntaxProblem, text: string): { start: number; end: number } | null {
  const from = text.lastIndexOf('\n', Math.max(0, problem.start - 1)) + 1;
  const found = /^ *\t[ \t]*/m.exec(text.slice(from));
  return found ? { start: from + found.index, end: from + found.index + found[0].length } : null;
}

/** A problem ends with its line at the latest: one that runs on to the end of the file hides everything else. */
function narrowed(problem: SyntaxProblem, text: string): { start: number; end: number } {
  let { start } = problem;
  // The parser often sees a missing end only behind the last line: the place to look at is before that.
  while (start > 0 && (start >= text.length || /\s/.test(text[start] ?? '')) && /\s/.test(text[start - 1] ?? ''))
    start--;
  if (start >= text.length) start = Math.max(0, text.length - 1);
  const lineEnd = text.indexOf('\n', start);
  const end = Math.min(problem.end, lineEnd < 0 ? text.length : lineEnd);
  return end > start ? { start, end } : { start: Math.max(0, start - 1), end: Math.max(start, 1) };
}
