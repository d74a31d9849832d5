import { childrenOf, type Literal, literalOf, type SyntaxNode, sourceOf } from './tree.ts';

/** One of the kinds of values that a parameter takes. */
export type TypeAtom =
  | { readonly kind: 'int' | 'float' | 'str' | 'bool' | 'none' | 'dict' | 'path' | 'sequence' }
  | { readonly kind: 'list'; readonly item: PythonType | null }
  | { readonly kind: 'literal'; readonly value: Literal };

/** A value fits if it fits one of these. */
export type PythonType = readonly TypeAtom[];

/** A value that YAML hands to Python; `typed` is what an expression is known to give. */
export type GivenValue =
  | { readonly kind: 'scalar'; readonly value: Literal | bigint }
  | { readonly kind: 'list'; readonly items: readonly GivenValue[] }
  | { readonly kind: 'map' }
  | { readonly kind: 'typed'; readonly type: 'string' | 'number' | 'integer' | 'boolean' }
  | { readonly kind: 'unknown' };

const plain: Readonly<Record<string, PythonType>> = {
  int: [{ kind: 'int' }],
  float: [{ kind: 'float' }],
  str: [{ kind: 'str' }],
  bool: [{ kind: 'bool' }],
  None: [{ kind: 'none' }],
  Path: [{ kind: 'path' }],
  PurePath: [{ kind: 'path' }],
  dict: [{ kind: 'dict' }],
  Dict: [{ kind: 'dict' }],
  Mapping: [{ kind: 'dict' }],
  Sequence: [{ kind: 'sequence' }],
  Iterable: [{ kind: 'sequence' }],
  Collection: [{ kind: 'sequence' }],
  ...Object.fromEntries(
    ['list', 'List', 'tuple', 'Tuple', 'set', 'Set', 'frozenset'].map((name) => [name, [{ kind: 'list', item: null }]]),
  ),
};

const deepest = 20;

/** What an annotation says; null where it is not one of the plain types, so that anything may fit. */
export function annotationType(node: SyntaxNode, text: string, depth = 0): PythonType | null {
  if (depth > deepest) return null;
  const inner = (child: SyntaxNode) => annotationType(child, text, depth + 1);
  switch (node.name) {
    case 'None':
    case 'VariableName':
      return named(sourceOf(node, text));
    case 'String':
      return named(String(literalOf(node, text) ?? ''));
    case 'BinaryExpression': {
      const [left, operator, right] = childrenOf(node);
      if (!left || !right || !operator || sourceOf(operator, text) !== '|') return null;
      return union([inner(left), inner(right)]);
    }
    case 'MemberExpression':
      return ofMember(node, text, inner);
    default:
      return null;
  }
}

function named(name: string): PythonType | null {
  return Object.hasOwn(plain, name) ? (plain[name] ?? null) : null;
}

function union(types: readonly (PythonType | null)[]): PythonType | null {
  const atoms: TypeAtom[] = [];
  for (const type of types) {
    if (type === null) return null;
    atoms.push(...type);
  }
  return atoms;
}

function ofMember(node: SyntaxNode, text: string, inner: (node: SyntaxNode) => PythonType | null): PythonType | null {
  const children = childrenOf(node);
  const open = children.findIndex((child) => sourceOf(child, text) === '[');
  const base = children[0];
  if (open < 0) {
    const last = children.at(-1);
    return last?.name === 'PropertyName' ? named(sourceOf(last, text)) : null;
  }
  if (!base) return null;
  const name = sourceOf(base, text).split('.').at(-1) ?? '';
  const items = children.slice(open + 1).filter((child) => !/^[\],]$/.test(sourceOf(child, text)));
  const [first] = items;
  if (!first) return null;
  switch (name) {
    case 'Optional':
      return union([inner(first), [{ kind: 'none' }]]);
    case 'Union':
      return union(items.map(inner));
    case 'Annotated':
    case 'Final':
      return inner(first);
    case 'Literal':
      return union(items.map((item) => literalType(item, text)));
    case 'list':
    case 'List':
    case 'set':
    case 'Set':
      return [{ kind: 'list', item: inner(first) }];
    default:
      return named(name);
  }
}

function literalType(node: SyntaxNode, text: string): PythonType | null {
  const value = literalOf(node, text);
  return value === undefined ? null : [{ kind: 'literal', value }];
}

/**
 * The type that a default lets one guess. Texts say nothing: `max_features="sqrt"` takes numbers, too; and `None` stands
 * for anything.
 */
export function defaultType(value: Literal | undefined): PythonType | null {
  if (typeof value === 'number') return [{ kind: 'float' }, { kind: 'bool' }];
  return typeof value === 'boolean' ? [{ kind: 'bool' }, { kind: 'float' }] : null;
}

/** Whether a value is one that the type takes. What is not known fits. */
export function fits(given: GivenValue, type: PythonType): boolean {
  return type.some((atom) => fitsAtom(given, atom));
}

function fitsAtom(given: GivenValue, atom: TypeAtom): boolean {
  switch (given.kind) {
    case 'unknown':
      return true;
    case 'map':
      return atom.kind === 'dict';
    case 'list': {
      if (atom.kind === 'sequence') return true;
      const item = atom.kind === 'list' ? atom.item : null;
      return atom.kind === 'list' && (item === null || given.items.every((each) => fits(each, item)));
    }
    case 'typed':
      return atom.kind === 'literal' || kindsOf[given.type].includes(atom.kind);
    case 'scalar':
      return fitsScalar(given.value, atom);
  }
}

const kindsOf: Readonly<Record<'string' | 'number' | 'integer' | 'boolean', readonly string[]>> = {
  string: ['str', 'path', 'sequence'],
  number: ['int', 'float'],
  integer: ['int', 'float', 'bool'],
  boolean: ['bool', 'int', 'float'],
};

function fitsScalar(value: Literal | bigint, atom: TypeAtom): boolean {
  if (atom.kind === 'literal') return atom.value === value;
  if (value === null) return atom.kind === 'none';
  if (typeof value === 'string') return kindsOf.string.includes(atom.kind);
  if (typeof value === 'boolean') return kindsOf.boolean.includes(atom.kind);
  if (atom.kind === 'bool') return value === 0 || value === 1;
  return atom.kind === 'float' || (atom.kind === 'int' && (typeof value === 'bigint' || Number.isInteger(value)));
}
