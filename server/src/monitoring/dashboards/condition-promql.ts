import type { BinaryExpression, BinaryOperator, Expression } from '../../platform/expressions/ast.ts';
import { parseExpression } from '../../platform/expressions/parser.ts';
import { exported, numberText, recordedMetric, selector } from './prometheus-names.ts';

/** What Prometheus can't be asked; `message` says which part of a condition and why. */
class NotExpressible extends Error {}

/** A number of PromQL: a vector of series, or a scalar. */
interface Operand {
  readonly text: string;
  readonly isVector: boolean;
}

type Comparison = '==' | '!=' | '<' | '<=' | '>' | '>=';

const inverse: Readonly<Record<Comparison, Comparison>> = {
  '==': '!=',
  '!=': '==',
  '<': '>=',
  '<=': '>',
  '>': '<=',
  '>=': '<',
};
const mirrored: Readonly<Record<Comparison, Comparison>> = {
  '==': '==',
  '!=': '!=',
  '<': '>',
  '<=': '>=',
  '>': '<',
  '>=': '<=',
};

interface PromqlCondition {
  readonly expr: string;
  /** Names of the metrics that it asks. */
  readonly metrics: readonly string[];
}

/**
 * The condition of an alert as PromQL over what a monitor exports and records: it gives series while the condition holds.
 * Or why it can't be said in PromQL. What has no value gives no series, so an alert neither fires nor resolves by it.
 */
export function conditionToPromql(when: string, monitor: string): PromqlCondition | { readonly problem: string } {
  const { root, problems } = parseExpression(when);
  const [problem] = problems;
  if (problem) return { problem: problem.message };
  const translator = new Translator(when, monitor);
  try {
    const expr = translator.condition(root, false);
    return { expr, metrics: [...translator.metrics] };
  } catch (error) {
    if (error instanceof NotExpressible) return { problem: error.message };
    throw error;
  }
}

class Translator {
  readonly metrics = new Set<string>();
  readonly #source: string;
  readonly #monitor: string;

  constructor(source: string, monitor: string) {
    this.#source = source;
    this.#monitor = monitor;
  }

  condition(node: Expression, isNegated: boolean): string {
    if (node.type === 'unary' && node.operator === '!') return this.condition(node.operand, !isNegated);
    if (node.type === 'binary') {
      if (node.operator === '&&' || node.operator === '||') return this.#both(node, isNegated);
      if (isComparison(node.operator)) return this.#comparison(node, node.operator, isNegated);
    }
    const flag = this.#flag(node);
    if (flag !== null) return `${flag} == ${isNegated ? 0 : 1}`;
    throw this.#cannot(node, 'is no comparison');
  }

  /** De Morgan: what is negated turns around inside. Series of both sides belong together by their monitor alone. */
  #both({ operator, left, right }: BinaryExpression, isNegated: boolean): string {
    const isAnd = (operator === '&&') !== isNegated;
    const [a, b] = [this.condition(left, isNegated), this.condition(right, isNegated)];
    return isAnd ? `(${a}) and on (monitor) (${b})` : `(${a}) or (${b})`;
  }

  #comparison({ left, right }: BinaryExpression, operator: Comparison, isNegated: boolean): string {
    const compared = isNegated ? inverse[operator] : operator;
    const asked = this.#flagComparison(left, right, compared) ?? this.#flagComparison(right, left, compared);
    if (asked !== null) return asked;
    const [a, b] = [this.#number(left), this.#number(right)];
    if (a.isVector && b.isVector) return `${a.text} ${compared} on (monitor) ${b.text}`;
    if (a.isVector) return `${a.text} ${compared} ${b.text}`;
    if (b.isVector) return `${b.text} ${mirrored[compared]} ${a.text}`;
    throw this.#cannot(left, 'compares nothing that changes');
  }

  /** `drift.drifted == true`. */
  #flagComparison(node: Expression, other: Expression, operator: Comparison): string | null {
    const flag = this.#flag(node);
    if (flag === null) return null;
    const isEquality = operator === '==' || operator === '!=';
    if (!isEquality || other.type !== 'literal' || typeof other.value !== 'boolean') {
      throw this.#cannot(node, 'can only be compared with true and false');
    }
    return `${flag} == ${Number(other.value === (operator === '=='))}`;
  }

  #number(node: Expression): Operand {
    if (node.type === 'literal' && typeof node.value === 'number') {
      return { text: numberText(node.value), isVector: false };
    }
    if (node.type === 'unary' && node.operator === '-') {
      const { text, isVector } = this.#number(node.operand);
      return { text: `-${text}`, isVector };
    }
    if (node.type === 'binary' && isArithmetic(node.operator)) return this.#arithmetic(node);
    const path = pathOf(node);
    const text = path === null ? null : this.#fact(path);
    if (text === null) throw this.#cannot(node, 'is no number that Prometheus has');
    return { text, isVector: true };
  }

  #arithmetic({ operator, left, right }: BinaryExpression): Operand {
    const [a, b] = [this.#number(left), this.#number(right)];
    const matching = a.isVector && b.isVector ? ' on (monitor)' : '';
    return { text: `(${a.text} ${operator}${matching} ${b.text})`, isVector: a.isVector || b.isVector };
  }

  #fact(path: readonly string[]): string | null {
    const monitor = this.#monitor;
    const [context, name = '', column, part] = path;
    if (context === 'metrics' && path.length === 2) {
      this.metrics.add(name);
      return selector(recordedMetric, { monitor, metric: name });
    }
    if (context === 'performance' && path.length === 2)
      return selector(exported.performance, { monitor, metric: name });
    if (context !== 'drift') return null;
    if (path.length === 2 && name === 'share') return selector(exported.driftShare, { monitor });
    if (path.length === 2 && name === 'rows') return selector(exported.driftRows, { monitor, sample: 'current' });
    if (path.length !== 4 || name !== 'columns' || column === undefined) return null;
    const metric = {
      statistic: exported.driftStatistic,
      threshold: exported.driftThreshold,
      missing: exported.columnMissing,
    }[part ?? ''];
    return metric === undefined ? null : selector(metric, { monitor, column });
  }

  /** What is true or false; exported as 1 and 0. */
  #flag(node: Expression): string | null {
    const path = pathOf(node);
    if (path?.[0] !== 'drift' || path.at(-1) !== 'drifted') return null;
    const monitor = this.#monitor;
    if (path.length === 2) return selector(exported.driftDetected, { monitor });
    const column = path[2];
    if (path.length !== 4 || path[1] !== 'columns' || column === undefined) return null;
    return selector(exported.columnDrifted, { monitor, column });
  }

  #cannot({ start, end }: Expression, why: string): NotExpressible {
    return new NotExpressible(`“${this.#source.slice(start, end)}” ${why}.`);
  }
}

/** `drift.columns.tenure` and `drift.columns['tenure']` as their parts; null where it is no such path. */
function pathOf(node: Expression): readonly string[] | null {
  if (node.type === 'name') return [node.name];
  if (node.type === 'member') return extended(node.object, node.property);
  if (node.type !== 'index' || node.index.type !== 'literal' || typeof node.index.value !== 'string') return null;
  return extended(node.object, node.index.value);
}

function extended(object: Expression, part: string): readonly string[] | null {
  const path = pathOf(object);
  return path && [...path, part];
}

function isComparison(operator: BinaryOperator): operator is Comparison {
  return operator in inverse;
}

function isArithmetic(operator: BinaryOperator): boolean {
  return /^[-+*/%]$/.test(operator);
}
