import type { BinaryExpression, CallExpression, Expression } from '../../platform/expressions/ast.ts';
import {
  type ExpressionFunction,
  expressionFunctions,
  highestPlaceholder,
  signatureOf,
} from '../../platform/expressions/functions.ts';
import type { DiagnosticCode } from '../diagnostics/diagnostic.ts';
import { didYouMean } from '../diagnostics/did-you-mean.ts';
import { any, boolean, describeType, listOf, nothing, number, type ObjectType, type Type, text } from './types.ts';

/** What a check of types found, by offsets in the expression's text. */
export interface TypeProblem {
  readonly code: DiagnosticCode;
  readonly start: number;
  readonly end: number;
  readonly message: string;
  readonly replacements: readonly string[];
}

/** The contexts that an expression can name where it stands. */
export interface ExpressionScope {
  context(name: string): Type | null;
  names(): readonly string[];
}

/** Works out the type of an expression and reports what can't be right whatever the values will be. */
export function typeOfExpression(
  root: Expression,
  scope: ExpressionScope,
  report: (problem: TypeProblem) => void,
): Type {
  return new Checker(scope, report).type(root);
}

class Checker {
  readonly #scope: ExpressionScope;
  readonly #report: (problem: TypeProblem) => void;

  constructor(scope: ExpressionScope, report: (problem: TypeProblem) => void) {
    this.#scope = scope;
    this.#report = report;
  }

  type(expression: Expression): Type {
    switch (expression.type) {
      case 'literal':
        return typeOfLiteral(expression.value);
      case 'name':
        return this.#name(expression.name, expression);
      case 'member': {
        const object = this.type(expression.object);
        if (expression.property === '') return any;
        return this.#member(object, expression.property, { start: expression.propertyStart, end: expression.end });
      }
      case 'index':
        return this.#index(expression.object, expression.index);
      case 'each': {
        const object = this.type(expression.object);
        return listOf(object.kind === 'list' ? object.of : object);
      }
      case 'call':
        return this.#call(expression);
      case 'unary': {
        const operand = this.type(expression.operand);
        if (expression.operator === '!') return boolean;
        this.#expect(operand, ['number'], expression.operand, 'Only a number can be negated');
        return number;
      }
      case 'binary':
        return this.#binary(expression);
      case 'missing':
        return any;
    }
  }

  #name(name: string, at: Expression): Type {
    const found = this.#scope.context(name);
    if (found) return found;
    const meant = didYouMean(name, this.#scope.names());
    const call = expressionFunctions.has(name) ? ` It is a function: ${name}(…).` : '';
    const hint = meant[0] ? ` Did you mean \`${meant[0]}\`?` : ` Known here: ${this.#scope.names().join(', ')}.`;
    this.#problem('expression-name', at, `There is no \`${name}\` here.${call || hint}`, meant);
    return any;
  }

  #member(object: Type, name: string, at: { start: number; end: number }): Type {
    if (object.kind === 'any') return any;
    // A part of each: `steps.train.outputs.scores[*].auc`.
    if (object.kind === 'list') return listOf(this.#member(object.of, name, at));
    if (object.kind !== 'object') {
      this.#problem('expression-type', at, `This is ${describeType(object)}; it has no \`${name}\`.`);
      return any;
    }
    const found = object.member(name);
    if (found) return found;
    this.#unknownMember(object, name, at);
    return any;
  }

  #unknownMember(object: ObjectType, name: string, at: { start: number; end: number }): void {
    if (!object.part) return;
    const names = object.names();
    const meant = didYouMean(name, names);
    const known =
      names.length > 0 && names.length <= 12 ? ` There is ${names.map((each) => `\`${each}\``).join(', ')}.` : '';
    const hint = meant[0] ? ` Did you mean \`${meant[0]}\`?` : known;
    const message = `${sentenceStart(object.title)} has no ${object.part.noun} \`${name}\`.${hint}`;
    this.#problem(object.part.code, at, message, meant);
  }

  #index(objectAt: Expression, indexAt: Expression): Type {
    const object = this.type(objectAt);
    const index = this.type(indexAt);
    if (indexAt.type === 'literal' && typeof indexAt.value === 'string' && object.kind !== 'list')
      return this.#member(object, indexAt.value, { start: indexAt.start + 1, end: indexAt.end - 1 });
    if (object.kind === 'list') {
      this.#expect(index, ['number'], indexAt, 'A list is read by number');
      return object.of;
    }
    if (object.kind !== 'any' && object.kind !== 'object')
      this.#problem('expression-type', objectAt, `This is ${describeType(object)}; it has no parts.`);
    return any;
  }

  #binary(expression: BinaryExpression): Type {
    const left = this.type(expression.left);
    const right = this.type(expression.right);
    switch (expression.operator) {
      case '||':
      case '&&':
        return left.kind === right.kind && left.kind !== 'object' ? widened(left) : any;
      case '==':
      case '!=':
        this.#comparable(expression, left, right);
        return boolean;
      case '<':
      case '<=':
      case '>':
      case '>=':
        this.#ordered(expression, left, right);
        return boolean;
      case '+':
        return this.#sum(expression, left, right);
      default:
        this.#expect(left, ['number'], expression.left, `\`${expression.operator}\` needs numbers`);
        this.#expect(right, ['number'], expression.right, `\`${expression.operator}\` needs numbers`);
        return number;
    }
  }

  #comparable(expression: BinaryExpression, left: Type, right: Type): void {
    if (isUnknown(left) || isUnknown(right)) return;
    if (left.kind !== right.kind) {
      this.#problem(
        'expression-type',
        expression,
        `These are never equal: ${describeType(left)} on the left, ${describeType(right)} on the right.`,
      );
      return;
    }
    this.#possible(left, expression.right);
    this.#possible(right, expression.left);
  }

  /** A text that is compared with one it never has. */
  #possible(type: Type, at: Expression): void {
    if (type.kind !== 'text' || !type.values || at.type !== 'literal' || typeof at.value !== 'string') return;
    if (type.values.includes(at.value)) return;
    const meant = didYouMean(at.value, type.values);
    const message = `It is never '${at.value}', but ${describeType(type)}.`;
    this.#problem('expression-type', { start: at.start + 1, end: Math.max(at.start + 2, at.end - 1) }, message, meant);
  }

  #ordered(expression: BinaryExpression, left: Type, right: Type): void {
    for (const [type, at] of [
      [left, expression.left],
      [right, expression.right],
    ] as const) {
      if (type.kind === 'any' || type.kind === 'number' || type.kind === 'text') continue;
      this.#problem('expression-type', at, `Only numbers and texts have an order; this is ${describeType(type)}.`);
      return;
    }
    if (left.kind === right.kind || left.kind === 'any' || right.kind === 'any') return;
    const message = `${sentenceStart(describeType(left))} can't be compared with ${describeType(right)}.`;
    this.#problem('expression-type', expression, message);
  }

  #sum(expression: BinaryExpression, left: Type, right: Type): Type {
    this.#expect(left, ['number', 'text'], expression.left, '`+` adds numbers or joins texts');
    this.#expect(right, ['number', 'text'], expression.right, '`+` adds numbers or joins texts');
    if (left.kind === 'number' && right.kind === 'number') return number;
    if (left.kind === 'any' && right.kind === 'any') return any;
    return left.kind === 'text' || right.kind === 'text' ? text : any;
  }

  #call(call: CallExpression): Type {
    const given = call.arguments.map((argument) => this.type(argument));
    const known = expressionFunctions.get(call.name);
    const name = { start: call.start, end: call.nameEnd };
    if (!known) {
      const meant = didYouMean(call.name, expressionFunctions.keys());
      const hint = meant[0]
        ? `Did you mean \`${meant[0]}\`?`
        : `There is ${[...expressionFunctions.keys()].join(', ')}.`;
      this.#problem('expression-function', name, `There is no function \`${call.name}\`. ${hint}`, meant);
      return any;
    }
    this.#count(call, known);
    for (const [index, type] of given.entries()) {
      const parameter = known.parameters[Math.min(index, known.parameters.length - 1)];
      const at = call.arguments[index];
      if (!parameter || !at || parameter.types.length === 0) continue;
      this.#expect(type, parameter.types, at, `\`${parameter.name}\` of \`${signatureOf(known)}\``);
    }
    this.#template(call);
    return results[known.result];
  }

  #count(call: CallExpression, { parameters, name }: ExpressionFunction): void {
    const least = parameters.filter((each) => !each.optional).length;
    const most = parameters.at(-1)?.repeated ? Number.POSITIVE_INFINITY : parameters.length;
    const count = call.arguments.length;
    if (count >= least && count <= most) return;
    const wanted =
      least === most ? String(least) : most === Number.POSITIVE_INFINITY ? `at least ${least}` : `${least} to ${most}`;
    const signature = signatureOf({ name, parameters, result: 'any', description: '' });
    const message = `\`${signature}\` takes ${wanted} argument${wanted === '1' ? '' : 's'}, not ${count}.`;
    this.#problem('expression-function', { start: call.start, end: call.end }, message);
  }

  #template(call: CallExpression): void {
    const template = call.arguments[0];
    if (call.name !== 'format' || template?.type !== 'literal' || typeof template.value !== 'string') return;
    const highest = highestPlaceholder(template.value);
    if (highest < call.arguments.length - 1) return;
    const message = `{${highest}} has no value: ${call.arguments.length - 1} follow the text.`;
    this.#problem('expression-function', template, message);
  }

  #expect(type: Type, kinds: readonly Type['kind'][], at: Expression, what: string): void {
    if (type.kind === 'any' || kinds.includes(type.kind)) return;
    this.#problem('expression-type', at, `${what}, but this is ${describeType(type)}.`);
  }

  #problem(
    code: DiagnosticCode,
    at: { readonly start: number; readonly end: number },
    message: string,
    replacements: readonly string[] = [],
  ): void {
    this.#report({ code, start: at.start, end: Math.max(at.end, at.start + 1), message, replacements });
  }
}

const results = { any, text, number, boolean };

function typeOfLiteral(value: string | number | boolean | null): Type {
  switch (typeof value) {
    case 'string':
      return text;
    case 'number':
      return number;
    case 'boolean':
      return boolean;
    default:
      return nothing;
  }
}

/** null is a value that anything may have. */
function isUnknown(type: Type): boolean {
  return type.kind === 'any' || type.kind === 'null';
}

function widened(type: Type): Type {
  return type.kind === 'text' ? text : type;
}

function sentenceStart(title: string): string {
  return title.charAt(0).toUpperCase() + title.slice(1);
}
