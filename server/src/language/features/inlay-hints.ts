import { producerOf } from '../meaning/producers.ts';
import type { DocumentSymbols, Unit } from '../symbols/file-symbols.ts';
import type { ExpressionUse } from '../symbols/symbol.ts';
import { scalarOf, spanOf, textOf, UnitReader, type View } from '../symbols/view.ts';
import type { IndexedFile, WorkspaceIndex } from '../symbols/workspace-index.ts';
import { contextPaths } from './actions/context-paths.ts';
import type { Position } from './cursor.ts';
import { durationInWords, scheduleInWords } from './in-words.ts';
import { positionAt } from './locate.ts';
import { rangeOfSpan } from './symbol-at.ts';

/** What a hint tells: when a schedule runs, how long a duration is, what an expression gives, how often a matrix runs. */
export type HintKind = 'schedules' | 'durations' | 'values' | 'matrix';

export interface InlayHint {
  readonly position: Position;
  readonly text: string;
  readonly kind: HintKind;
}

interface Place {
  readonly index: WorkspaceIndex;
  readonly file: IndexedFile;
  readonly document: DocumentSymbols;
}

/** What can be said beside some lines: schedules and durations in words, values of expressions, sizes of matrices. */
export function inlayHints(
  { index, file }: Pick<Place, 'index' | 'file'>,
  lines: { readonly start: number; readonly end: number },
): InlayHint[] {
  const found: InlayHint[] = [];
  for (const document of file.symbols.documents) {
    const place = { index, file, document };
    for (const unit of document.units) {
      if (unit.chunks.every(({ firstLine, endLine }) => endLine <= lines.start || firstLine > lines.end)) continue;
      found.push(...wordsIn(place, unit), ...valuesIn(place, unit), ...matrixOf(place, unit));
    }
  }
  return found.filter(({ position }) => position.line >= lines.start && position.line <= lines.end);
}

function wordsIn({ file }: Place, unit: Unit): InlayHint[] {
  const found: InlayHint[] = [];
  visit(new UnitReader(unit.symbols.view), unit.symbols.view.value, unit.symbols.view.name, (view, key) => {
    const scalar = scalarOf(view);
    if (!scalar || typeof scalar.value !== 'string') return;
    const kind = key === 'schedule' && unit.section === null ? 'schedules' : 'durations';
    const text = kind === 'schedules' ? scheduleInWords(scalar.value) : durationInWords(scalar.value, key);
    if (text !== null) found.push({ position: rangeOfSpan(file, unit, spanOf(view.part, scalar)).end, text, kind });
  });
  return found;
}

function visit(reader: UnitReader, view: View, key: string, found: (view: View, key: string) => void): void {
  if (view.node?.type === 'scalar') {
    found(view, key);
    return;
  }
  for (const entry of reader.entries(view)) visit(reader, entry.value, entry.name, found);
  for (const item of reader.items(view)) visit(reader, item, key, found);
}

/** Longer values say more than a hint can. */
const MAX_VALUE = 40;

function valuesIn(place: Place, unit: Unit): InlayHint[] {
  const { source } = place.file.symbols;
  return unit.symbols.expressions.flatMap((use) => {
    const value = resolved(place, unit, use);
    const chunk = unit.chunks[use.part];
    if (value === null || !chunk || use.hasProblems) return [];
    const end = source.text.indexOf('}}', chunk.offset + use.end);
    if (end < 0 || end > chunk.offset + chunk.length) return [];
    const text = `= ${value.length > MAX_VALUE ? `${value.slice(0, MAX_VALUE)}…` : value}`;
    return [{ position: positionAt(source, end + 2), text, kind: 'values' as const }];
  });
}

/** What an expression that names one thing gives, as far as the documents say; never of the environment or secrets. */
function resolved(place: Place, unit: Unit, use: ExpressionUse): string | null {
  const [named, second] = contextPaths(use.root);
  if (!named || second || named.start !== use.root.start || named.ends.at(-1) !== use.root.end) return null;
  const [context, name = '', section, output = '', property] = named.names;
  if (context === 'params' && named.names.length === 2) return defaultOf(place.document, name);
  if (context === 'steps' && section === 'outputs' && (property === undefined || property === 'path')) {
    const producer = producerOf(place, name, output);
    return producer ? pathOf(producer.unit, 'outputs', producer.artifact.name) : null;
  }
  if ((context === 'inputs' || context === 'outputs') && section === 'path') return pathOf(unit, context, name);
  return null;
}

function defaultOf(document: DocumentSymbols, param: string): string | null {
  const unit = document.units.find(({ section, name }) => section === null && name === 'params');
  return unit ? plainText(unit, [param, 'default']) : null;
}

function pathOf(unit: Unit, section: string, name: string): string | null {
  return plainText(unit, [section, name, 'path']);
}

/** A text in a unit that is no expression itself. */
function plainText(unit: Unit, path: readonly string[]): string | null {
  const { view } = unit.symbols;
  const reader = new UnitReader(view);
  let value: View | null = view.value;
  for (const key of path) value = value && reader.get(value, key);
  const text = textOf(value);
  return text === null || text.includes('${{') || text.includes('\n') ? null : text;
}

/** How many times a matrix makes its step run; nothing where a list is not written out. */
function matrixOf({ file }: Place, unit: Unit): InlayHint[] {
  if (!unit.symbols.step) return [];
  const { view } = unit.symbols;
  const reader = new UnitReader(view);
  const matrix = reader.entries(view.value).find(({ name }) => name === 'matrix');
  const lists = matrix ? reader.entries(matrix.value).map(({ value }) => reader.items(value).length) : [];
  if (!matrix || lists.length === 0 || lists.includes(0)) return [];
  const count = lists.reduce((product, length) => product * length, 1);
  return [{ position: rangeOfSpan(file, unit, matrix.key).end, text: `× ${count}`, kind: 'matrix' }];
}
