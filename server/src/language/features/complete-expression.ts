import { expressionFunctions, signatureOf } from '../../platform/expressions/functions.ts';
import { parseExpression } from '../../platform/expressions/parser.ts';
import { type ExpressionScope, typeOfExpression } from '../expressions/type-check.ts';
import { describeType, type ObjectType, type Type } from '../expressions/types.ts';
import { scopeOf } from '../meaning/scope.ts';
import type { DocumentSymbols, Unit } from '../symbols/file-symbols.ts';
import type { ExpressionUse } from '../symbols/symbol.ts';
import type { Source } from '../syntax/source.ts';
import type { Completion } from './complete.ts';
import type { Position } from './cursor.ts';
import { cursorContext } from './cursor-context.ts';
import { expressionBefore } from './expression-at.ts';
import { lineText, segmentsOf } from './line-shape.ts';
import type { Place } from './symbol-at.ts';

const name = String.raw`[\p{L}_][\p{L}\p{N}_-]*`;
const chain = String.raw`${name}(?:\.${name}|\[\*\]|\['[^']*'\]|\[\d+\])*`;
const memberAt = new RegExp(`(${chain})\\.([\\p{L}\\p{N}_-]*)$`, 'u');
const bracketAt = new RegExp(`(${chain})\\['([^']*)$`, 'u');
const comparedAt = new RegExp(`(${chain})\\s*(?:==|!=)\\s*'([^']*)$`, 'u');
const wordAt = /(?:^|[^\p{L}\p{N}_.'"-])([\p{L}_][\p{L}\p{N}_-]*)?$/u;

/** Names for parts of a thing that may have any number as its part, as the metrics of a run are. */
export type KnownNumbers = () => readonly { readonly label: string; readonly detail: string }[];

/** What may stand at a position inside of an expression; null where it is in none. */
export function completeExpression(place: Place, knownNumbers: KnownNumbers = () => []): Completion[] | null {
  const file = place.index.get(place.uri);
  const source = file?.symbols.source;
  const before = source ? (expressionBefore(source, place.position) ?? conditionBefore(source, place.position)) : null;
  if (!file || !source || before === null) return null;
  const { line } = place.position;
  const document = file.symbols.documents.find(
    (each) => line >= each.document.firstLine && line < each.document.endLine,
  );
  if (!document) return [];
  const path = pathOfLine(source, line);
  const unit = unitAt(document, line, path);
  const scope = scopeOf({ index: place.index, file, document }, unit, useAt(path));
  const after = /^[\p{L}\p{N}_-]*/u.exec(lineText(source, line).slice(place.position.character))?.[0].length ?? 0;
  const make = (typed: string) => itemMaker(place, typed, after);
  const membersOf = (object: string, typed: string, inBrackets: boolean) => {
    const found = members(typeOf(object, scope), make(typed), { inBrackets, knownNumbers });
    // A step that names itself waits for itself.
    return object === 'steps' && unit.section !== null ? found.filter(({ label }) => label !== unit.name) : found;
  };

  const compared = comparedAt.exec(before);
  if (compared) {
    const type = typeOf(compared[1] ?? '', scope);
    return type.kind === 'text'
      ? (type.values ?? []).map((value, order) => make(compared[2] ?? '')(value, { detail: '', order }))
      : [];
  }
  const bracket = bracketAt.exec(before);
  if (bracket) return membersOf(bracket[1] ?? '', bracket[2] ?? '', true);
  // Inside of a text nothing is a name.
  if ((before.replaceAll("''", '').match(/'/g) ?? []).length % 2 === 1) return [];
  const member = memberAt.exec(before);
  if (member) return membersOf(member[1] ?? '', member[2] ?? '', false);
  const word = wordAt.exec(before);
  return word ? starts(scope, make(word[1] ?? '')) : [];
}

/** What stands of a monitor's condition, which is an expression without braces; null elsewhere. */
function conditionBefore(source: Source, position: Position): string | null {
  const { role, kind, path, key } = cursorContext(source, position);
  if (role !== 'value' || kind !== 'Monitor' || path[0] !== 'alerts' || key !== 'when') return null;
  const before = lineText(source, position.line).slice(0, position.character);
  return /\bwhen["']?:\s*["']?(.*)$/.exec(before)?.[1] ?? null;
}

/** The keys down to the one on a line. */
function pathOfLine(source: Source, line: number): string[] {
  const text = lineText(source, line);
  const key = segmentsOf(text).findLast(({ type }) => type === 'key');
  const { path } = cursorContext(source, { line, character: key?.column ?? text.search(/\S|$/) });
  return key ? [...path, key.key] : [...path];
}

type Make = (
  label: string,
  item: { detail: string; order: number; documentation?: string; text?: string; kind?: Completion['kind'] },
) => Completion;

function itemMaker({ position }: Place, typed: string, after: number): Make {
  return (label, { detail, order, documentation = '', text, kind = 'value' }) => ({
    label,
    kind,
    detail,
    documentation,
    text: text ?? label.replace(/[\\$}]/g, '\\$&'),
    replace: { line: position.line, start: position.character - typed.length, end: position.character + after },
    sort: String(order).padStart(5, '0'),
    continues: false,
  });
}

function members(type: Type, make: Make, of: { inBrackets: boolean; knownNumbers: KnownNumbers }): Completion[] {
  const object = type.kind === 'list' ? type.of : type;
  if (object.kind !== 'object') return [];
  const fits = (label: string) => of.inBrackets || /^[\p{L}_][\p{L}\p{N}_-]*$/u.test(label);
  const names = object.names();
  const own = names.flatMap((label, order) => {
    const part = fits(label) ? object.member(label) : undefined;
    return part === undefined ? [] : [make(label, { detail: part ? describeType(part) : '', order })];
  });
  if (!isOpen(object)) return own;
  const known = of
    .knownNumbers()
    .filter(({ label }) => fits(label) && !names.includes(label))
    .map(({ label, detail }, order) => make(label, { detail, order: 500 + order }));
  return [...own, ...known];
}

/** Whether any name may be a part of it, a number. */
function isOpen(object: ObjectType): boolean {
  return object.member('no name that anyone gave')?.kind === 'number';
}

function starts(scope: ExpressionScope, make: Make): Completion[] {
  const contexts = scope.names().map((label, order) => {
    const type = scope.context(label);
    return make(label, { detail: type ? describeType(type) : '', order });
  });
  const functions = [...expressionFunctions.values()].map((each, order) =>
    make(each.name, {
      detail: signatureOf(each),
      documentation: each.description,
      order: 1000 + order,
      kind: 'function',
      text: each.parameters.length > 0 ? `${each.name}($1)` : `${each.name}()`,
    }),
  );
  return [...contexts, ...functions];
}

function typeOf(text: string, scope: ExpressionScope): Type {
  return typeOfExpression(parseExpression(text).root, scope, () => {});
}

/** The unit that a line is in; a broken one is known by its path alone. */
function unitAt(document: DocumentSymbols, line: number, path: readonly string[]): Unit {
  const found = document.units.filter(({ chunks }) =>
    chunks.some((chunk) => line >= chunk.firstLine && line < chunk.endLine),
  );
  const section = path[0] === 'steps' || path[0] === 'finally' ? path[0] : null;
  const own = section ? found.find((unit) => unit.section === section && unit.name === path[1]) : found[0];
  return own ?? { name: path[1] ?? '', section, chunks: [], symbols: nothing };
}

const nothing: Unit['symbols'] = {
  view: {
    pair: { key: { type: 'scalar', start: 0, end: 0, value: '', style: 'plain' }, value: null },
    name: '',
    key: { part: 0, start: 0, end: 0 },
    value: { part: 0, node: null, container: null },
    chunks: [],
  },
  definitions: [],
  references: [],
  expressions: [],
  step: null,
  params: new Map(),
  inputs: new Map(),
  incomplete: true,
};

function useAt(path: readonly string[]): ExpressionUse {
  const root = { type: 'missing', start: 0, end: 0 } as const;
  return { part: 0, text: '', root, hasProblems: true, start: 0, end: 0, map: null, path, whole: false };
}
