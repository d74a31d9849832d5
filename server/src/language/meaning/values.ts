import { keptWith } from '../../platform/kept-with.ts';
import { unescaped } from '../expressions/unescaped.ts';
import type { Unit } from '../symbols/file-symbols.ts';
import type { UnitSymbols } from '../symbols/symbol.ts';
import { scalarOf, spanOf, textOf, UnitReader, type View } from '../symbols/view.ts';
import type { MeaningFinding } from './finding.ts';
import { checkParamDefaults } from './param-defaults.ts';
import { promqlProblem } from './promql.ts';
import { cronProblem, imageProblem, modelVersionProblem } from './value-forms.ts';

const kept = keptWith<UnitSymbols, readonly MeaningFinding[]>();

/** What the values of a unit say by themselves: schedules, queries, images, weights, defaults. Kept with the unit. */
export function checkValues(unit: Unit, rawText: (part: number) => string): readonly MeaningFinding[] {
  let found = kept.get(unit.symbols);
  if (!found) {
    found = new ValueChecks(unit.symbols, rawText).run();
    kept.set(unit.symbols, found);
  }
  return found;
}

class ValueChecks {
  readonly #symbols: UnitSymbols;
  readonly #rawText: (part: number) => string;
  readonly #reader: UnitReader;
  readonly #found: MeaningFinding[] = [];

  constructor(symbols: UnitSymbols, rawText: (part: number) => string) {
    this.#symbols = symbols;
    this.#rawText = rawText;
    this.#reader = new UnitReader(symbols.view);
  }

  run(): readonly MeaningFinding[] {
    const { view, step } = this.#symbols;
    if (step) this.#image(this.#at(view.value, 'container', 'image'));
    else this.#section(view.name, view.value);
    for (const { kind, name, span } of this.#symbols.references) {
      const problem = kind === 'modelVersion' ? modelVersionProblem(name) : null;
      if (problem) this.#found.push({ code: 'model-version', span, message: problem });
    }
    return this.#found;
  }

  #section(name: string, value: View): void {
    switch (name) {
      case 'schedule':
        this.#form(value, 'cron-schedule', cronProblem);
        break;
      case 'params':
        this.#found.push(...checkParamDefaults(value, this.#reader));
        break;
      case 'defaults':
        this.#image(this.#at(value, 'container', 'image'));
        break;
      case 'serving':
        this.#image(this.#at(value, 'image'));
        break;
      case 'metrics':
        this.#queries(value);
        break;
      case 'autoscaling':
        this.#queries(this.#at(value, 'metrics'));
        break;
      case 'analysis':
        for (const entry of this.#reader.entries(value)) this.#queries(this.#at(entry.value, 'metrics'));
        break;
      case 'strategy':
        this.#weights(this.#at(value, 'canary', 'steps'));
        break;
    }
  }

  #at(view: View, ...path: readonly string[]): View | null {
    let current: View | null = view;
    for (const key of path) current = current && this.#reader.get(current, key);
    return current;
  }

  #image(view: View | null): void {
    this.#form(view, 'image-reference', imageProblem);
  }

  #form(view: View | null, code: MeaningFinding['code'], problemOf: (text: string) => string | null): void {
    const scalar = scalarOf(view);
    if (!view || typeof scalar?.value !== 'string') return;
    const problem =
      scalar.value.trim() === '' || /^\$\{\{[^}]*\}\}$/.test(scalar.value) ? null : problemOf(scalar.value);
    if (problem) this.#found.push({ code, span: spanOf(view.part, scalar), message: problem });
  }

  #queries(list: View | null): void {
    if (!list) return;
    for (const item of this.#reader.items(list)) this.#query(this.#reader.get(item, 'query'));
  }

  #query(view: View | null): void {
    const scalar = scalarOf(view);
    if (!view || typeof scalar?.value !== 'string' || scalar.value.trim() === '') return;
    const raw = this.#rawText(view.part);
    const isBlock = scalar.style === 'literal' || scalar.style === 'folded';
    const quote = scalar.style === 'single' || scalar.style === 'double' ? 1 : 0;
    const start = isBlock ? raw.indexOf('\n', scalar.start) + 1 : scalar.start + quote;
    const { text, map } = unescaped(raw.slice(start, scalar.end - quote), scalar.style);
    const problem = promqlProblem(text);
    if (!problem) return;
    const at = (offset: number) => start + (map ? (map[offset] ?? offset) : offset);
    const end = Math.max(problem.end, problem.start + 1);
    const message =
      problem.start >= text.trimEnd().length
        ? 'The query ends too early.'
        : 'The query can’t be read as PromQL from here.';
    const from = Math.min(at(problem.start), Math.max(start, scalar.end - quote - 1));
    const span = { part: view.part, start: from, end: Math.max(from + 1, Math.min(at(end), scalar.end - quote)) };
    this.#found.push({ code: 'promql-syntax', span, message });
  }

  #weights(steps: View | null): void {
    if (!steps) return;
    let before = 0;
    let last: { view: View; weight: number } | null = null;
    for (const item of this.#reader.items(steps)) {
      const view = this.#reader.get(item, 'weight');
      const weight = Number(textOf(view) ?? Number.NaN);
      if (!view || Number.isNaN(weight)) continue;
      const scalar = scalarOf(view);
      if (weight < before && scalar) {
        const message = `The weight goes down from ${before} to ${weight}: the new version loses traffic that it had.`;
        this.#found.push({ code: 'canary-weights', span: spanOf(view.part, scalar), message });
      }
      before = weight;
      last = { view, weight };
    }
    const scalar = last && scalarOf(last.view);
    if (!last || !scalar || last.weight >= 100) return;
    const message = `The last weight is ${last.weight}: what is left of the traffic moves at once after the last step.`;
    // Argo’s way, and often meant.
    this.#found.push({ code: 'canary-weights', severity: 'hint', span: spanOf(last.view.part, scalar), message });
  }
}
