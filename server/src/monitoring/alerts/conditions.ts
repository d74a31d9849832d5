import type { Expression } from '../../platform/expressions/ast.ts';
import { EvaluationError, evaluate } from '../../platform/expressions/evaluate.ts';
import { parseExpression } from '../../platform/expressions/parser.ts';
import { describeKind, kindOf, Unknown } from '../../platform/expressions/values.ts';
import { FailureError } from '../../platform/failure.ts';
import type { Fact, MonitorFacts } from '../monitor-facts.ts';
import { factContexts } from './fact-contexts.ts';
import { formatFigure } from './figures.ts';
import { fingerprintOf, isSubset, type Labels } from './labels.ts';
import { exactFact } from './series-index.ts';

/** What a condition says of one label set. */
export interface Outcome {
  readonly labels: Labels;
  /** null: nobody knows. */
  readonly holds: boolean | null;
  /** One line: the figures, or why it could not be told. */
  readonly found: string;
}

/**
 * Judges a condition for each label set of the series it names; without series, once. Label sets are joined as Prometheus
 * does: one is judged where every series has a value for it, those with fewer labels standing for all that have them. An
 * empty list of a series is unknown. Fails with `input`, naming the place, where the condition has a mistake.
 */
export function judgeCondition(when: string, facts: MonitorFacts): readonly Outcome[] {
  const { root, problems } = parseExpression(when);
  const [problem] = problems;
  if (problem) throw mistake(when, problem);
  const references = referencesIn(root);
  const series = references.flatMap((reference) => {
    const found = seriesOf(facts, reference);
    return found ? [found] : [];
  });
  return labelSets(series).map((labels) => judge(when, root, { facts, labels, references }));
}

interface Case {
  readonly facts: MonitorFacts;
  readonly labels: Labels;
  readonly references: readonly Reference[];
}

function judge(when: string, root: Expression, { facts, labels, references }: Case): Outcome {
  const contexts = factContexts(facts, labels);
  try {
    const value = evaluate(root, contexts);
    if (value instanceof Unknown) return { labels, holds: null, found: value.reason };
    if (typeof value !== 'boolean') {
      const message = `A condition is true or false; this is ${describeKind(kindOf(value))}.`;
      throw new EvaluationError(message, { start: 0, end: when.length });
    }
    return { labels, holds: value, found: figuresOf(references, contexts) };
  } catch (error) {
    if (error instanceof EvaluationError) throw mistake(when, error);
    throw error;
  }
}

function mistake(
  when: string,
  at: { readonly start: number; readonly end: number; readonly message: string },
): FailureError {
  const place = when.slice(at.start, at.end).trim();
  const where = place === '' || place === when.trim() ? '' : ` (at “${place}”, character ${at.start + 1})`;
  return new FailureError('input', `The condition “${when}” can’t be judged: ${at.message}${where}`, {
    remedy: 'mlops validate shows what it may name.',
  });
}

/** A fact that a condition names: `drift.share`, `metrics.latency`. */
type Reference = readonly string[];

const contextNames: ReadonlySet<string> = new Set(['drift', 'performance', 'metrics']);

function referencesIn(root: Expression): readonly Reference[] {
  const found = new Map<string, Reference>();
  const visit = (expression: Expression): void => {
    const path = pathOf(expression);
    if (path && contextNames.has(path[0] ?? '')) {
      found.set(path.join('\0'), path);
      return;
    }
    for (const child of childrenOf(expression)) visit(child);
  };
  visit(root);
  return [...found.values()];
}

function childrenOf(expression: Expression): readonly Expression[] {
  switch (expression.type) {
    case 'member':
    case 'each':
      return [expression.object];
    case 'index':
      return [expression.object, expression.index];
    case 'call':
      return expression.arguments;
    case 'unary':
      return [expression.operand];
    case 'binary':
      return [expression.left, expression.right];
    default:
      return [];
  }
}

/** `a.b['c']` as a, b, c; null for what is no plain path. */
function pathOf(expression: Expression): string[] | null {
  if (expression.type === 'name') return [expression.name];
  if (expression.type === 'member') return extended(expression.object, expression.property);
  if (expression.type !== 'index' || expression.index.type !== 'literal') return null;
  const { value } = expression.index;
  return typeof value === 'string' ? extended(expression.object, value) : null;
}

function extended(object: Expression, name: string): string[] | null {
  const path = pathOf(object);
  return path && [...path, name];
}

function seriesOf(facts: MonitorFacts, [context, name = '']: Reference): readonly Fact[] | null {
  if (context !== 'performance' && context !== 'metrics') return null;
  const of = facts[context];
  return Object.hasOwn(of, name) ? (of[name] ?? null) : null;
}

function labelSets(series: readonly (readonly Fact[])[]): readonly Labels[] {
  const all = new Map<string, Labels>();
  for (const fact of series.flat()) all.set(fingerprintOf(fact.labels), fact.labels);
  if (all.size === 0) return [{}];
  const sets = [...all].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, labels]) => labels);
  const hasValue = (facts: readonly Fact[], labels: Labels) =>
    exactFact(facts, labels) !== null || facts.some((fact) => isSubset(fact.labels, labels));
  const joined = sets.filter((labels) => series.every((facts) => hasValue(facts, labels)));
  return joined.length > 0 ? joined : [{}];
}

function figuresOf(references: readonly Reference[], contexts: ReturnType<typeof factContexts>): string {
  return references
    .map((path) => {
      const [first = '', ...rest] = path;
      let value = contexts(first);
      for (const name of rest) {
        value = typeof value === 'object' && value !== null && 'member' in value ? value.member(name) : undefined;
      }
      const shown = typeof value === 'number' ? formatFigure(value) : value === undefined ? '?' : plain(value);
      return `${path.join('.')} = ${shown}`;
    })
    .join(', ');
}

function plain(value: unknown): string {
  return value instanceof Unknown ? 'unknown' : String(value);
}
