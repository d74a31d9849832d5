import type { Kind } from '#schemas/config/document.ts';
import { expressionReferences } from './expression-references.ts';
import { bareExpression, expressionsIn } from './expressions-in.ts';
import { artifactsOf, parametersOf, stepOf } from './extract-pipeline.ts';
import type {
  ExpressionUse,
  ReferenceKind,
  SymbolDefinition,
  SymbolKind,
  SymbolReference,
  UnitSymbols,
} from './symbol.ts';
import { type SymbolRule, symbolRules } from './symbol-rules.ts';
import { isBroken, type Span, scalarOf, UnitReader, type UnitView, type View } from './view.ts';

/** Where a unit stands: below a section (`steps`), or, for everything else, at the document's top. */
export interface UnitPlace {
  readonly kind: Kind;
  readonly section: 'steps' | 'finally' | null;
  /** The text of one of the unit's chunks. */
  readonly text: (part: number) => string;
}

/** All that a unit defines and refers to. */
export function extract(unit: UnitView, place: UnitPlace): UnitSymbols {
  const extraction = new Extraction(unit, place);
  extraction.run();
  return extraction.result();
}

class Extraction {
  readonly #unit: UnitView;
  readonly #place: UnitPlace;
  readonly #reader: UnitReader;
  readonly #owner: string;
  readonly #definitions: SymbolDefinition[] = [];
  readonly #references: SymbolReference[] = [];
  readonly #expressions: ExpressionUse[] = [];
  #incomplete: boolean;

  constructor(unit: UnitView, place: UnitPlace) {
    this.#unit = unit;
    this.#place = place;
    this.#reader = new UnitReader(unit);
    this.#owner = place.section === null ? '' : unit.name;
    this.#incomplete = unit.chunks.some(isBroken);
  }

  run(): void {
    const { kind, section } = this.#place;
    const { name, key, value } = this.#unit;
    const root = symbolRules[kind];
    const rule = section === null ? root : inside(root, section);
    this.#entry(name, { key, value, rule: inside(rule, name), path: section === null ? [name] : [section, name] });
  }

  result(): UnitSymbols {
    const { kind, section } = this.#place;
    const { name, value } = this.#unit;
    const isTop = kind === 'Pipeline' && section === null;
    const base = {
      view: this.#unit,
      definitions: this.#definitions,
      references: this.#references,
      expressions: this.#expressions,
      incomplete: this.#incomplete,
    };
    return {
      ...base,
      step:
        kind === 'Pipeline' && section !== null ? stepOf(this.#unit, { section, reader: this.#reader, ...base }) : null,
      params: isTop && name === 'params' ? parametersOf(value, this.#reader) : new Map(),
      inputs: isTop && name === 'inputs' ? artifactsOf(value, this.#reader) : new Map(),
    };
  }

  #entry(name: string, at: { key: Span; value: View; rule: SymbolRule | undefined; path: readonly string[] }): void {
    if (name === '<<') {
      this.#incomplete = true;
      return;
    }
    const { key, value, rule, path } = at;
    if (rule?.defines) this.#define(rule.defines, name, key, value);
    if (rule?.keyRefers) this.#refer(rule.keyRefers, name, key);
    this.#value(value, rule, path);
  }

  #value(view: View, rule: SymbolRule | undefined, path: readonly string[]): void {
    const { node } = view;
    if (node?.type === 'alias') {
      this.#incomplete = true;
      return;
    }
    if (node?.type === 'scalar') {
      this.#scalar(view, rule, path);
      return;
    }
    const below = rule?.inside;
    for (const entry of this.#reader.entries(view)) {
      const { name, key, value } = entry;
      this.#entry(name, { key, value, rule: below && inside(rule, name), path: [...path, name] });
    }
    for (const item of this.#reader.items(view)) {
      this.#value(item, rule?.refers ? rule : inside(rule, '*'), [...path, '*']);
    }
  }

  #scalar(view: View, rule: SymbolRule | undefined, path: readonly string[]): void {
    const scalar = scalarOf(view);
    if (!scalar || scalar.value === null) return;
    const place = { part: view.part, path, text: this.#place.text(view.part) };
    const uses = rule?.expression ? bareExpression(scalar, place) : expressionsIn(scalar, place);
    for (const use of uses) {
      this.#expressions.push(use);
      this.#references.push(...expressionReferences(use, this.#owner));
    }
    // What an expression will give is not known here.
    if (uses.length > 0) return;
    const value = String(scalar.value);
    const quote = scalar.style === 'plain' ? 0 : 1;
    const span = { part: view.part, start: scalar.start + quote, end: scalar.end - quote };
    if (rule?.names) this.#define(rule.names, value, span, view);
    if (rule?.refers === 'model') this.#referToModel(value, span);
    else if (rule?.refers) this.#refer(rule.refers, value, span);
  }

  #define(kind: SymbolKind, name: string, span: Span, value: View): void {
    const end = value.part === span.part && value.node ? Math.max(value.node.end, span.end) : span.end;
    const owner = kind === 'stepInput' || kind === 'stepOutput' || kind === 'matrix' ? this.#owner : '';
    this.#definitions.push({ kind, name, owner, span, full: { ...span, end } });
  }

  /** `churn@^1.2` is a model and, apart from it, a version, alias or range. */
  #referToModel(text: string, span: Span): void {
    const at = text.indexOf('@');
    const name = at < 0 ? text : text.slice(0, at);
    this.#refer('model', name, { ...span, end: span.start + name.length });
    if (at < 0) return;
    const version = { ...span, start: span.start + at + 1 };
    this.#references.push({
      kind: 'modelVersion',
      name: text.slice(at + 1),
      owner: name,
      span: version,
      inExpression: false,
    });
  }

  #refer(kind: ReferenceKind, name: string, span: Span): void {
    const owner = kind === 'argument' ? this.#owner : '';
    this.#references.push({ kind, name, owner, span, inExpression: false });
  }
}

function inside(rule: SymbolRule | undefined, name: string): SymbolRule | undefined {
  const below = rule?.inside;
  if (!below) return undefined;
  return Object.hasOwn(below, name) ? below[name] : below['*'];
}
