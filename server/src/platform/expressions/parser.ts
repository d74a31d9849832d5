import type { BinaryOperator, Expression, ExpressionProblem } from './ast.ts';
import { type Token, tokenize } from './lexer.ts';

export interface ParsedExpression {
  readonly root: Expression;
  readonly problems: readonly ExpressionProblem[];
}

/** Operators by how loosely they bind, the loosest first; all of them group to the left. */
const levels: readonly (readonly BinaryOperator[])[] = [
  ['||'],
  ['&&'],
  ['==', '!='],
  ['<', '<=', '>', '>='],
  ['+', '-'],
  ['*', '/', '%'],
];

const MAX_DEPTH = 100;
/** Characters. A tree of more would take more calls to walk than there are. */
export const MAX_EXPRESSION = 8192;

/**
 * Parses what stands between `${{` and `}}`. It always answers a tree: where something is missing a `missing` node
 * stands, so that completion and hover work in a half-written expression.
 */
export function parseExpression(text: string): ParsedExpression {
  const problems: ExpressionProblem[] = [];
  if (text.length > MAX_EXPRESSION) {
    const message = `This expression is longer than ${MAX_EXPRESSION} characters.`;
    return { root: { type: 'missing', start: 0, end: 0 }, problems: [{ start: 0, end: text.length, message }] };
  }
  const parser = new Parser(tokenize(text, problems), problems);
  return { root: parser.parse(), problems: problems.sort((a, b) => a.start - b.start) };
}

class Parser {
  readonly #tokens: readonly Token[];
  readonly #problems: ExpressionProblem[];
  #index = 0;
  #depth = 0;

  constructor(tokens: readonly Token[], problems: ExpressionProblem[]) {
    this.#tokens = tokens;
    this.#problems = problems;
  }

  parse(): Expression {
    const root = this.#binary(0);
    const token = this.#token;
    if (token.type !== 'end')
      this.#problem(token, `Unexpected ${describe(token)}: an operator or the end was expected.`);
    return root;
  }

  get #token(): Token {
    return this.#tokens[Math.min(this.#index, this.#tokens.length - 1)] ?? { type: 'end', text: '', start: 0, end: 0 };
  }

  #next(): Token {
    const token = this.#token;
    this.#index++;
    return token;
  }

  #at(text: string): boolean {
    return this.#token.type === 'punctuation' && this.#token.text === text;
  }

  #take(text: string): Token | null {
    return this.#at(text) ? this.#next() : null;
  }

  #problem(span: { start: number; end: number }, message: string): void {
    this.#problems.push({ start: span.start, end: Math.max(span.end, span.start), message });
  }

  #binary(level: number): Expression {
    const operators = levels[level];
    if (!operators) return this.#unary();
    let left = this.#binary(level + 1);
    for (;;) {
      const operator = operators.find((candidate) => this.#at(candidate));
      if (!operator) return left;
      this.#next();
      const right = this.#binary(level + 1);
      left = { type: 'binary', operator, left, right, start: left.start, end: right.end };
    }
  }

  #unary(): Expression {
    const token = this.#token;
    if (this.#depth >= MAX_DEPTH) {
      this.#problem(token, 'This expression is nested too deeply.');
      this.#index = this.#tokens.length - 1;
      return { type: 'missing', start: token.start, end: token.start };
    }
    this.#depth++;
    const result = this.#take('!')
      ? this.#unaryOf(token, '!')
      : this.#take('-')
        ? this.#unaryOf(token, '-')
        : this.#postfix();
    this.#depth--;
    return result;
  }

  #unaryOf(token: Token, operator: '!' | '-'): Expression {
    const operand = this.#unary();
    return { type: 'unary', operator, operand, start: token.start, end: operand.end };
  }

  #postfix(): Expression {
    let object = this.#primary();
    for (;;) {
      if (this.#take('.')) object = this.#member(object);
      else if (this.#take('[')) object = this.#index_(object);
      else return object;
    }
  }

  #member(object: Expression): Expression {
    const dot = this.#tokens[this.#index - 1];
    const dotEnd = dot?.end ?? object.end;
    const token = this.#token;
    if (token.type === 'name' || (token.type === 'number' && /^\d+$/.test(token.text))) {
      this.#next();
      return {
        type: 'member',
        object,
        property: token.text,
        propertyStart: token.start,
        start: object.start,
        end: token.end,
      };
    }
    this.#problem({ start: dotEnd - 1, end: dotEnd }, 'A name is missing after the dot.');
    return { type: 'member', object, property: '', propertyStart: dotEnd, start: object.start, end: dotEnd };
  }

  #index_(object: Expression): Expression {
    if (this.#take('*')) {
      const end = this.#close(']');
      return { type: 'each', object, start: object.start, end };
    }
    const index = this.#binary(0);
    return { type: 'index', object, index, start: object.start, end: this.#close(']') };
  }

  #close(bracket: ')' | ']'): number {
    const token = this.#take(bracket);
    if (token) return token.end;
    const here = this.#token;
    this.#problem(
      here.type === 'end' ? { start: Math.max(0, here.start - 1), end: here.start } : here,
      `\`${bracket}\` is missing.`,
    );
    return this.#tokens[this.#index - 1]?.end ?? here.start;
  }

  #primary(): Expression {
    const token = this.#token;
    switch (token.type) {
      case 'number':
        this.#next();
        return { type: 'literal', value: Number(token.text), start: token.start, end: token.end };
      case 'string':
        this.#next();
        return { type: 'literal', value: token.text, start: token.start, end: token.end };
      case 'name':
        this.#next();
        return this.#named(token);
      default:
        if (this.#take('(')) {
          const inner = this.#binary(0);
          return { ...inner, start: token.start, end: this.#close(')') };
        }
        return this.#missing(token);
    }
  }

  #named(token: Token): Expression {
    const span = { start: token.start, end: token.end };
    if (this.#at('(')) return this.#call(token);
    switch (token.text) {
      case 'true':
        return { type: 'literal', value: true, ...span };
      case 'false':
        return { type: 'literal', value: false, ...span };
      case 'null':
        return { type: 'literal', value: null, ...span };
      default:
        return { type: 'name', name: token.text, ...span };
    }
  }

  #call(name: Token): Expression {
    this.#next();
    const given: Expression[] = [];
    if (!this.#at(')')) {
      do given.push(this.#binary(0));
      while (this.#take(','));
    }
    return {
      type: 'call',
      name: name.text,
      nameEnd: name.end,
      arguments: given,
      start: name.start,
      end: this.#close(')'),
    };
  }

  #missing(token: Token): Expression {
    const before = this.#tokens[this.#index - 1];
    const at = token.type === 'end' ? (before?.end ?? 0) : token.start;
    const span = token.type === 'end' && before ? before : token;
    const message = before
      ? `A value is missing after ${describe(before)}.`
      : token.type === 'end'
        ? 'The expression is empty.'
        : `Unexpected ${describe(token)}: a value was expected.`;
    this.#problem(span, message);
    // An operator where a value belongs is skipped, so that what follows it is still understood.
    if (token.type === 'punctuation' && !')],'.includes(token.text)) this.#next();
    return { type: 'missing', start: at, end: at };
  }
}

function describe(token: Token): string {
  if (token.type === 'end') return 'the end';
  return token.type === 'string' ? `'${token.text}'` : `\`${token.text}\``;
}
