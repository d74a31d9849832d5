import type { BinaryExpression, CallExpression, Expression } from './ast.ts';
import { asText, CallProblem, callFunction } from './call-function.ts';
import { expressionFunctions, signatureOf, type ValueKind } from './functions.ts';
import { describeKind, isList, isTruthy, type Known, kindOf, Unknown, type Value } from './values.ts';

/** An expression that can't be worked out, with the place in its text; `end` is exclusive. */
export class EvaluationError extends Error {
  override readonly name = 'EvaluationError';
  readonly start: number;
  readonly end: number;

  constructor(message: string, at: { readonly start: number; readonly end: number }) {
    super(message);
    this.start = at.start;
    this.end = at.end;
  }
}

/** The contexts that an expression can name; undefined for one that is not there. */
export type Contexts = (name: string) => Value | undefined;

/**
 * The value of an expression. What is unknown makes unknown what depends on it, by Kleene's strong logic: `false && unknown`
 * is false, `true || unknown` is true, all else that touches it is unknown. A number that is none (0/0) is unknown, too. There
 * is no silent conversion. Throws {@link EvaluationError}, with the place.
 */
export function evaluate(root: Expression, contexts: Contexts): Value {
  return new Evaluator(contexts).value(root);
}

class Evaluator {
  readonly #contexts: Contexts;

  constructor(contexts: Contexts) {
    this.#contexts = contexts;
  }

  value(expression: Expression): Value {
    switch (expression.type) {
      case 'literal':
        return expression.value;
      case 'name': {
        const found = this.#contexts(expression.name);
        if (found === undefined) throw new EvaluationError(`There is no \`${expression.name}\` here.`, expression);
        return found;
      }
      case 'member': {
        const place = { start: expression.propertyStart, end: expression.end };
        return member(this.value(expression.object), expression.property, place);
      }
      case 'index':
        return this.#index(this.value(expression.object), this.value(expression.index), expression);
      case 'each':
        return this.value(expression.object);
      case 'call':
        return this.#call(expression);
      case 'unary': {
        const operand = this.value(expression.operand);
        if (operand instanceof Unknown) return operand;
        return expression.operator === '!' ? !isTruthy(operand) : -numberAt(operand, expression.operand, '-');
      }
      case 'binary':
        return this.#binary(expression);
      case 'missing':
        throw new EvaluationError('A value is missing.', expression);
    }
  }

  #index(object: Value, index: Value, at: Expression): Value {
    if (object instanceof Unknown) return object;
    if (index instanceof Unknown) return index;
    if (typeof index === 'string') return member(object, index, at);
    if (!isList(object) || typeof index !== 'number') {
      throw new EvaluationError('A list is read by number, an object by the name of a part.', at);
    }
    const found = object[index];
    if (found === undefined) throw new EvaluationError(`The list has ${object.length} items; ${index} is none.`, at);
    return found;
  }

  #binary(expression: BinaryExpression): Value {
    const { operator } = expression;
    const left = this.value(expression.left);
    if (operator === '&&' || operator === '||') return this.#logic(left, expression);
    const right = this.value(expression.right);
    if (left instanceof Unknown) return left;
    if (right instanceof Unknown) return right;
    if (operator === '==' || operator === '!=') return equal(left, right, expression) === (operator === '==');
    if (operator === '+' && (typeof left === 'string' || typeof right === 'string'))
      return asText(left) + asText(right);
    if (operator === '<' || operator === '<=' || operator === '>' || operator === '>=') {
      return ordered(operator, left, right, expression);
    }
    const result = arithmetic[operator](
      numberAt(left, expression.left, operator),
      numberAt(right, expression.right, operator),
    );
    return Number.isNaN(result) ? new Unknown('The arithmetic gives no number.') : result;
  }

  #logic(left: Value, { operator, right }: BinaryExpression): Value {
    const decides = (value: Known) => isTruthy(value) === (operator === '||');
    if (!(left instanceof Unknown)) return decides(left) ? left : this.value(right);
    const other = this.value(right);
    return !(other instanceof Unknown) && decides(other) ? other : left;
  }

  #call(call: CallExpression): Value {
    const name = { start: call.start, end: call.nameEnd };
    const known = expressionFunctions.get(call.name);
    if (!known) throw new EvaluationError(`There is no function \`${call.name}\`.`, name);
    const { parameters } = known;
    const least = parameters.filter((each) => !each.optional).length;
    const count = call.arguments.length;
    if (count < least || (count > parameters.length && !parameters.at(-1)?.repeated)) {
      throw new EvaluationError(`\`${signatureOf(known)}\` does not take ${count} arguments.`, call);
    }
    const given: Known[] = [];
    let unknown: Unknown | null = null;
    for (const [index, argument] of call.arguments.entries()) {
      const value = this.value(argument);
      if (value instanceof Unknown) unknown ??= value;
      else {
        const parameter = parameters[Math.min(index, parameters.length - 1)];
        requireKind(value, parameter?.types ?? [], argument);
        given.push(value);
      }
    }
    if (unknown) return unknown;
    try {
      return callFunction(call.name, given);
    } catch (error) {
      if (error instanceof CallProblem) throw new EvaluationError(error.message, call);
      throw error;
    }
  }
}

/** A part of an object, or of each item of a list. */
function member(object: Value, name: string, at: { readonly start: number; readonly end: number }): Value {
  if (object instanceof Unknown) return object;
  if (isList(object)) return object.map((item) => member(item, name, at));
  if (typeof object !== 'object' || object === null) {
    throw new EvaluationError(`This is ${describeKind(kindOf(object))}; it has no \`${name}\`.`, at);
  }
  const found = object.member(name);
  if (found !== undefined) return found;
  const known = object.names().slice(0, 12);
  const hint = known.length === 0 ? '' : ` There is ${known.map((each) => `\`${each}\``).join(', ')}.`;
  throw new EvaluationError(`${sentence(object.title)} has no \`${name}\`.${hint}`, at);
}

const arithmetic = {
  '+': (a: number, b: number) => a + b,
  '-': (a: number, b: number) => a - b,
  '*': (a: number, b: number) => a * b,
  '/': (a: number, b: number) => a / b,
  '%': (a: number, b: number) => a % b,
};

function numberAt(value: Known, at: Expression, operator: string): number {
  if (typeof value === 'number') return value;
  throw new EvaluationError(`\`${operator}\` needs numbers, but this is ${describeKind(kindOf(value))}.`, at);
}

function equal(left: Known, right: Known, at: Expression): boolean {
  if (left === null || right === null) return left === right;
  const [a, b] = [kindOf(left), kindOf(right)];
  if (a !== b) {
    throw new EvaluationError(`These are never equal: ${describeKind(a)} and ${describeKind(b)}.`, at);
  }
  if (a === 'list' || a === 'object') throw new EvaluationError(`${sentence(describeKind(a))} can't be compared.`, at);
  return left === right;
}

function ordered(operator: '<' | '<=' | '>' | '>=', left: Known, right: Known, at: BinaryExpression): boolean {
  const bothNumbers = typeof left === 'number' && typeof right === 'number';
  if (!bothNumbers && !(typeof left === 'string' && typeof right === 'string')) {
    const kinds = `${describeKind(kindOf(left))} and ${describeKind(kindOf(right))}`;
    throw new EvaluationError(`Only two numbers or two texts have an order; these are ${kinds}.`, at);
  }
  switch (operator) {
    case '<':
      return left < right;
    case '<=':
      return left <= right;
    case '>':
      return left > right;
    case '>=':
      return left >= right;
  }
}

function requireKind(value: Known, kinds: readonly ValueKind[], at: Expression): void {
  const kind = kindOf(value);
  if (kinds.length === 0 || kinds.includes(kind)) return;
  const wanted = kinds.map(describeKind).join(' or ');
  throw new EvaluationError(`Expected ${wanted}, but this is ${describeKind(kind)}.`, at);
}

function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
