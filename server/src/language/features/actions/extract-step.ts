import { lineAt } from '../../diagnostics/ranges.ts';
import type { Unit } from '../../symbols/file-symbols.ts';
import type { Origin } from '../../symbols/resolve.ts';
import { offsetInChunk } from '../../symbols/symbol.ts';
import { isBroken } from '../../symbols/view.ts';
import { resolveUri } from '../../symbols/workspace-index.ts';
import { rangeOfSpan } from '../symbol-at.ts';
import { type CodeAction, endOfLine, newlineOf, replaceOffsets } from './action.ts';
import { contextPaths } from './context-paths.ts';
import { Handed } from './handed.ts';
import { NotPlain } from './plain-value.ts';
import { type StepKey, type StepText, stepText } from './step-text.ts';
import { subPipeline } from './sub-pipeline.ts';

/** What says when and how often a step runs stays where it is; what it does moves. */
const staying = new Set(['name', 'needs', 'if', 'matrix', 'maxParallel', 'continueOnError']);

/** Moves what a step does into a pipeline of its own, which the step then uses; offered at the step's name. */
export function extractStep(origin: Origin, line: number): CodeAction[] {
  const unit = stepAt(origin, line);
  const text = unit && stepText(origin.file.symbols.source, line);
  if (!unit || !text || !canMove(unit, text)) return [];
  try {
    return [moved(origin, unit, { line, text })];
  } catch (error) {
    if (error instanceof NotPlain) return [];
    throw error;
  }
}

function stepAt({ file, document }: Origin, line: number): Unit | null {
  for (const unit of document.units) {
    if (unit.section === 'steps' && rangeOfSpan(file, unit, unit.symbols.view.key).start.line === line) return unit;
  }
  return null;
}

function canMove(unit: Unit, { keys }: StepText): boolean {
  const { step, expressions, incomplete } = unit.symbols;
  if (!step || step.incomplete || incomplete || unit.chunks.some(isBroken)) return false;
  if (expressions.some(({ hasProblems }) => hasProblems)) return false;
  return keys.some(({ key }) => key === 'run' || key === 'entrypoint' || key === 'register');
}

function moved(origin: Origin, unit: Unit, { line, text }: { line: number; text: StepText }): CodeAction {
  const { source } = origin.file.symbols;
  const newline = newlineOf(source);
  const goes = text.keys.filter(({ key }) => !staying.has(key));
  const stays = text.keys.filter(({ key }) => staying.has(key));
  const handed = new Handed(origin, unit);
  const renames = renamesIn(origin, unit, { goes, handed });
  const path = freePath(origin, unit.name);
  const indent = ' '.repeat(text.inner);
  const uses = [`${indent}uses: ./${path}`];
  if (handed.arguments.size > 0) uses.push(`${indent}with:`);
  for (const [name, value] of handed.arguments) uses.push(`${indent}  ${name}: \${{ ${value} }}`);
  const left = [...stays.flatMap((each) => linesOf(origin, each)), ...uses];
  const start = endOfLine(source, line);
  const end = endOfLine(source, (text.keys.at(-1)?.endLine ?? line + 1) - 1);
  const body = goes.flatMap((each) => linesOf(origin, each, renames));
  return {
    title: `Extract the step ${unit.name} into ${path}`,
    edits: [replaceOffsets(source, { start, end }, newline + left.join(newline))],
    preferred: false,
    newFiles: [
      {
        uri: resolveUri(origin.file.uri, path) ?? '',
        text: subPipeline(origin, unit, { handed, body: body.map((each) => shifted(each, 4 - text.inner)) }).join(
          newline,
        ),
      },
    ],
  };
}

interface Rename {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** What the moved lines take from outside, under the names that it has inside. */
function renamesIn(
  { file }: Origin,
  unit: Unit,
  { goes, handed }: { goes: readonly StepKey[]; handed: Handed },
): Rename[] {
  const { lines } = file.symbols.source;
  return unit.symbols.expressions.flatMap((use) => {
    const offset = unit.chunks[use.part]?.offset ?? 0;
    const line = lineAt(lines, offset + use.start);
    if (!goes.some(({ firstLine, endLine }) => line >= firstLine && line < endLine)) return [];
    return contextPaths(use.root).flatMap((path) => {
      const inside = handed.take(path.names);
      if (inside === null) return [];
      const end = path.ends[inside.length - 1] ?? path.start;
      return [
        { start: offset + offsetInChunk(use, path.start), end: offset + offsetInChunk(use, end), text: inside.name },
      ];
    });
  });
}

function linesOf({ file }: Origin, { firstLine, endLine }: StepKey, renames: readonly Rename[] = []): string[] {
  const { source } = file.symbols;
  const start = source.lines.starts[firstLine] ?? 0;
  const end = endOfLine(source, endLine - 1);
  let text = '';
  let at = start;
  for (const each of renames.filter((rename) => rename.start >= start && rename.end <= end)) {
    text += source.text.slice(at, each.start) + each.text;
    at = each.end;
  }
  return `${text}${source.text.slice(at, end)}`.split(/\r?\n/);
}

function shifted(line: string, by: number): string {
  if (by >= 0) return line.trim() === '' ? line : ' '.repeat(by) + line;
  return line.slice(Math.min(-by, /^ */.exec(line)?.[0].length ?? 0));
}

/** A name beside the pipeline that no file has, as far as is known. */
function freePath({ file, index }: Origin, step: string): string {
  for (let count = 1; ; count++) {
    const path = `${step}${count === 1 ? '' : `-${count}`}.mlops.yaml`;
    const uri = resolveUri(file.uri, path);
    if (uri === null || !index.get(uri)) return path;
  }
}
