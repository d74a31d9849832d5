import type { Expression } from '../../platform/expressions/ast.ts';
import { keptWith } from '../../platform/kept-with.ts';
import { childrenOf, memberOf } from '../symbols/expression-references.ts';
import { type DocumentSymbols, definitionsOf, type Unit } from '../symbols/file-symbols.ts';
import type { UnitSymbols } from '../symbols/symbol.ts';
import type { MeaningFinding } from './finding.ts';

/** Params that nothing reads, and outputs that nothing takes. Where a name is only worked out later, all count as used. */
export function checkUnused(document: DocumentSymbols): { unit: Unit; finding: MeaningFinding }[] {
  if (document.kind !== 'Pipeline' || document.unreadable || document.incomplete.size > 0) return [];
  const used = new Set<string>();
  for (const { symbols } of document.units) {
    if (symbols.incomplete) return [];
    for (const name of namesUsedBy(symbols)) used.add(name);
  }
  return [...unusedParams(document, used), ...unusedOutputs(document, used)];
}

function unusedParams(document: DocumentSymbols, used: ReadonlySet<string>): { unit: Unit; finding: MeaningFinding }[] {
  if (used.has('params')) return [];
  return definitionsOf(document, 'param').flatMap(({ unit, definition: { name, span } }) => {
    if (used.has(`params.${name}`)) return [];
    const message = `The param \`${name}\` is used nowhere in this pipeline.`;
    return [{ unit, finding: { code: 'unused-param' as const, span, message, unnecessary: true as const } }];
  });
}

/** Metrics and reports are for people and trackers; nothing needs to take them. */
const forPeople = new Set(['metrics', 'report']);

function unusedOutputs(
  document: DocumentSymbols,
  used: ReadonlySet<string>,
): { unit: Unit; finding: MeaningFinding }[] {
  if (used.has('steps')) return [];
  const found: { unit: Unit; finding: MeaningFinding }[] = [];
  for (const unit of document.steps.values()) {
    const step = unit.symbols.step;
    if (!step || used.has(step.name)) continue;
    for (const { name, span, type } of step.outputs.values()) {
      if (used.has(`${step.name}.${name}`) || forPeople.has(type ?? '')) continue;
      const message = `Nothing in this pipeline takes the output \`${name}\` of \`${step.name}\`.`;
      found.push({ unit, finding: { code: 'unused-output', span, message, unnecessary: true } });
    }
  }
  return found;
}

const kept = keptWith<UnitSymbols, readonly string[]>();

/** `params.lr`, `train.model` (an output), `train` (all outputs of a step), `params` or `steps` (all of them). */
export function namesUsedBy(symbols: UnitSymbols): readonly string[] {
  let names = kept.get(symbols);
  if (!names) {
    const found = new Set<string>();
    for (const use of symbols.expressions) collect(use.root, found);
    names = [...found];
    kept.set(symbols, names);
  }
  return names;
}

function collect(expression: Expression, found: Set<string>): void {
  const last = memberOf(expression);
  if (last?.object.type === 'name' && last.object.name === 'params') {
    found.add(`params.${last.name}`);
    return;
  }
  if (last?.object.type === 'name' && last.object.name === 'steps') {
    found.add(last.name);
    return;
  }
  const section = last && memberOf(last.object);
  if (last && section?.object.type === 'name' && section.object.name === 'steps') {
    if (last.name === 'outputs' || last.name === 'inputs') found.add(section.name);
    return;
  }
  const step = section?.name === 'outputs' ? memberOf(section.object) : null;
  if (last && step?.object.type === 'name' && step.object.name === 'steps') {
    found.add(`${step.name}.${last.name}`);
    return;
  }
  if (expression.type === 'name' && (expression.name === 'params' || expression.name === 'steps'))
    found.add(expression.name);
  for (const child of childrenOf(expression)) collect(child, found);
}
