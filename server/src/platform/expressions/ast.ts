/** The tree of one `${{ … }}`. Offsets count UTF-16 units in the text handed to the parser; `end` is exclusive. */
export type Expression =
  | LiteralExpression
  | NameExpression
  | MemberExpression
  | IndexExpression
  | EachExpression
  | CallExpression
  | UnaryExpression
  | BinaryExpression
  | MissingExpression;

interface Span {
  readonly start: number;
  readonly end: number;
}

export interface LiteralExpression extends Span {
  readonly type: 'literal';
  readonly value: string | number | boolean | null;
}

/** A context (`params`, `steps`, …) by its name. */
export interface NameExpression extends Span {
  readonly type: 'name';
  readonly name: string;
}

/** `object.property`; `property` is empty, and `propertyStart` where it belongs, while someone still types. */
export interface MemberExpression extends Span {
  readonly type: 'member';
  readonly object: Expression;
  readonly property: string;
  readonly propertyStart: number;
}

export interface IndexExpression extends Span {
  readonly type: 'index';
  readonly object: Expression;
  readonly index: Expression;
}

/** `object[*]`: the list of all that a matrix made. */
export interface EachExpression extends Span {
  readonly type: 'each';
  readonly object: Expression;
}

export interface CallExpression extends Span {
  readonly type: 'call';
  readonly name: string;
  readonly nameEnd: number;
  readonly arguments: readonly Expression[];
}

export interface UnaryExpression extends Span {
  readonly type: 'unary';
  readonly operator: '!' | '-';
  readonly operand: Expression;
}

export type BinaryOperator = '||' | '&&' | '==' | '!=' | '<' | '<=' | '>' | '>=' | '+' | '-' | '*' | '/' | '%';

export interface BinaryExpression extends Span {
  readonly type: 'binary';
  readonly operator: BinaryOperator;
  readonly left: Expression;
  readonly right: Expression;
}

/** Where an expression should stand and none does; a problem says so. */
export interface MissingExpression extends Span {
  readonly type: 'missing';
}

export interface ExpressionProblem extends Span {
  readonly message: string;
}
