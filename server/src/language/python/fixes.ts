import type { RelativeRange } from '../diagnostics/diagnostic.ts';
import { lineAt } from '../diagnostics/ranges.ts';
import type { Span, ViewEntry } from '../symbols/view.ts';
import type { Source } from '../syntax/source.ts';
import type { EntrypointFinding, PythonFix } from './check-entrypoint.ts';
import type { PythonModule } from './module.ts';
import { rangeInPython } from './python-range.ts';
import type { PythonStep } from './steps.ts';

/** One replacement that puts a finding right. */
export interface TextFix {
  readonly title: string;
  /** The Python file; null for the YAML file itself. */
  readonly uri: string | null;
  readonly range: RelativeRange;
  readonly newText: string;
}

interface Place {
  readonly step: PythonStep;
  readonly loaded: { readonly uri: string; readonly text: string; readonly module: PythonModule };
  readonly source: Source;
}

/** The edits for what a finding proposes; none for what can't be written in place. */
export function fixesOf(finding: EntrypointFinding, place: Place): TextFix[] {
  return finding.fixes.flatMap((fix) => fixOf(fix, place) ?? []);
}

function fixOf(fix: PythonFix, place: Place): TextFix | null {
  switch (fix.action) {
    case 'rename-function': {
      const span = place.step.entrypoint?.functionSpan;
      return span ? inYaml(place, `Change to \`${fix.to}\``, { ...offsets(place, span), newText: fix.to }) : null;
    }
    case 'rename-argument': {
      const entry = argumentOf(place, fix.name);
      return entry && inYaml(place, `Change to \`${fix.to}\``, { ...offsets(place, entry.key), newText: fix.to });
    }
    case 'remove-argument': {
      const entry = argumentOf(place, fix.name);
      const edit = entry && removal(place, entry);
      return edit && inYaml(place, `Remove \`${fix.name}\` from \`with\``, edit);
    }
    case 'add-argument': {
      const edit = addition(place, `${fix.name}: ${fix.value}`);
      return edit && inYaml(place, `Add \`${fix.name}\` to \`with\``, edit);
    }
    case 'add-parameter':
      return newParameter(fix.name, place);
  }
}

interface OffsetEdit {
  readonly start: number;
  readonly end: number;
  readonly newText: string;
}

function argumentOf({ step }: Place, name: string): ViewEntry | null {
  return step.arguments.find((entry) => entry.name === name) ?? null;
}

function offsets({ step }: Place, span: Span): { start: number; end: number } {
  const offset = step.unit.chunks[span.part]?.offset ?? 0;
  return { start: offset + span.start, end: offset + span.end };
}

function inYaml({ source }: Place, title: string, edit: OffsetEdit): TextFix {
  const startLine = lineAt(source.lines, edit.start);
  const endLine = lineAt(source.lines, edit.end);
  const range = {
    startLine,
    startCharacter: edit.start - (source.lines.starts[startLine] ?? 0),
    endLine,
    endCharacter: edit.end - (source.lines.starts[endLine] ?? 0),
  };
  return { title, uri: null, range, newText: edit.newText };
}

function endOf(place: Place, { key, value }: ViewEntry): number | null {
  if (value.container) return null;
  const end = offsets(place, key).end;
  return value.node ? Math.max(end, offsets(place, { part: value.part, ...spanOf(value.node) }).end) : end;
}

function spanOf({ start, end }: { start: number; end: number }): { start: number; end: number } {
  return { start, end };
}

function isFlow(entry: ViewEntry | null): boolean {
  return entry?.value.node?.type === 'map' && entry.value.node.flow;
}

function removal(place: Place, entry: ViewEntry): OffsetEdit | null {
  const { step, source } = place;
  const { start } = offsets(place, entry.key);
  const end = endOf(place, entry);
  if (end === null || step.arguments.length < 2) return null;
  if (isFlow(step.with)) {
    const after = /^\s*,\s*/.exec(source.text.slice(end))?.[0];
    if (after !== undefined) return { start, end: end + after.length, newText: '' };
    const before = /,\s*$/.exec(source.text.slice(0, start))?.[0] ?? '';
    return { start: start - before.length, end, newText: '' };
  }
  const lineStart = source.lines.starts[lineAt(source.lines, start)] ?? start;
  if (source.text.slice(lineStart, start).trim() !== '') return null;
  const next = source.lines.starts[lineAt(source.lines, Math.max(start, end - 1)) + 1] ?? source.text.length;
  return { start: lineStart, end: next, newText: '' };
}

/** A line below the last argument, or `with` below the entrypoint where there is none yet. */
function addition(place: Place, argument: string): OffsetEdit | null {
  const { step, source } = place;
  const last = step.arguments.at(-1);
  if (step.with && isFlow(step.with)) {
    const node = step.with.value.node;
    const end = node ? offsets(place, { part: step.with.value.part, ...spanOf(node) }).end - 1 : 0;
    const at = last ? endOf(place, last) : end;
    return at === null ? null : { start: at, end: at, newText: last ? `, ${argument}` : argument };
  }
  if (step.with && last)
    return below(source, offsets(place, last.key).start, { end: endOf(place, last), lines: [argument] });
  if (step.with || !step.entrypoint) return null;
  const { start, end } = offsets(place, step.entrypoint.span);
  return below(source, start, { end, lines: ['with:', `  ${argument}`] });
}

/** Lines below the one where something ends, indented as the line that it begins on. */
function below(
  source: Source,
  start: number,
  { end, lines }: { end: number | null; lines: readonly string[] },
): OffsetEdit | null {
  if (end === null) return null;
  const first = source.lines.starts[lineAt(source.lines, start)] ?? 0;
  const [indent = ''] = /^[ ]*/.exec(source.text.slice(first, start)) ?? [];
  const last = lineAt(source.lines, Math.max(start, end - 1));
  const at = source.lines.starts[last + 1] ?? source.text.length;
  const newline = source.text.includes('\r\n') ? '\r\n' : '\n';
  const isOpen = at === source.text.length && !source.text.endsWith('\n');
  const text = lines.map((line) => indent + line).join(newline);
  // A flow mapping around it, or a list's dash before it, takes no lines of its own.
  if (!/^[ ]*[^\s{,[-]/.test(source.text.slice(first, start + 1))) return null;
  return { start: at, end: at, newText: isOpen ? newline + text : text + newline };
}

/** Behind the last parameter; with a default where those before it have one. */
function newParameter(name: string, { step, loaded }: Place): TextFix | null {
  const found = loaded.module.functions.get(step.entrypoint?.functionName ?? '');
  if (!found || !/^[A-Za-z_]\w*$/.test(name)) return null;
  const last = found.parameters.at(-1);
  const at = last ? last.end : loaded.text.indexOf('(', found.span.end) + 1;
  if (last?.kind === 'keywords' || (!last && loaded.text[at] !== ')')) return null;
  const range = rangeInPython(loaded.module, { start: at, end: at });
  const parameter = last && last.default !== null ? `${name}=None` : name;
  const title = `Add the parameter \`${name}\``;
  return { title, uri: loaded.uri, range, newText: last ? `, ${parameter}` : parameter };
}
