import type { PythonFunction, PythonParameter } from './module.ts';
import { childrenOf, commaGroups, dottedName, hasError, literalOf, type SyntaxNode, sourceOf } from './tree.ts';
import { annotationType, type TypeAtom } from './types.ts';

/** The names that a module gives a value, and its functions. */
export interface Names {
  readonly functions: ReadonlyMap<string, PythonFunction>;
  readonly classes: readonly string[];
  readonly bound: ReadonlySet<string>;
  readonly open: boolean;
}

/** Decorators that hand on the parameters as they are. */
const transparent = new Set([
  ...['cache', 'lru_cache', 'functools.cache', 'functools.lru_cache', 'no_type_check', 'typing.no_type_check'],
  ...['torch.no_grad', 'torch.inference_mode', 'override', 'typing.override', 'mlflow.trace', 'beartype'],
]);
const transitBodies = new Set(['Script', 'Body', 'IfStatement', 'TryStatement', 'WithStatement', 'StatementGroup']);
const binders = new Set([
  ...['UpdateStatement', 'ForStatement', 'WithStatement', 'NamedExpression', 'ScopeStatement', 'DeleteStatement'],
  ...['TypeDefinition', 'MatchStatement'],
]);

const looked = new Set([...binders, 'FunctionDefinition', 'ClassDefinition', 'AssignStatement', 'ImportStatement']);

/** Reads the top level of a module. */
export function namesOf(root: SyntaxNode, text: string): Names {
  const definitions = new Map<string, PythonFunction[]>();
  const classes: string[] = [];
  const bound = new Set<string>();
  let open = /\bglobals\s*\(|\bexec\s*\(|\bsys\.modules\b/.test(text);
  root.cursor().iterate((each) => {
    if (each.type.isError) open = true;
    // A node for each of a large file's tokens would take longer than the parser.
    if (!looked.has(each.name)) return;
    const { node } = each;
    if (node.name === 'ScopeStatement') bindNames(node, text, bound);
    if (node.name !== 'FunctionDefinition' && node.name !== 'ClassDefinition') {
      if (isTopLevel(node)) bind(node, text, bound);
      if (node.name === 'ImportStatement' && childrenOf(node).some((child) => sourceOf(child, text) === '*'))
        open = true;
      return;
    }
    if (!isTopLevel(node)) return;
    const name = node.getChild('VariableName');
    if (!name) return;
    if (node.name === 'ClassDefinition') {
      classes.push(sourceOf(name, text));
      bound.add(sourceOf(name, text));
      return;
    }
    const made = functionOf(node, name, text);
    definitions.set(made.name, [...(definitions.get(made.name) ?? []), made]);
  });
  if (definitions.has('__getattr__')) open = true;
  const functions = new Map([...definitions].map(([name, all]) => [name, effective(all, bound.has(name))]));
  return { functions, classes, bound, open };
}

/** Whether a node runs when the module is loaded, straight on or below a condition. */
function isTopLevel(node: SyntaxNode): boolean {
  for (let parent = node.parent; parent; parent = parent.parent) {
    if (parent.name === 'DecoratedStatement' || transitBodies.has(parent.name)) continue;
    if (parent.name === 'ForStatement' || parent.name === 'WhileStatement' || parent.name === 'MatchStatement')
      continue;
    if (parent.name === 'MatchClause') continue;
    return false;
  }
  return true;
}

function bind(node: SyntaxNode, text: string, bound: Set<string>): void {
  if (node.name === 'AssignStatement') {
    const children = childrenOf(node);
    const last = children.findLastIndex((child) => child.name === 'AssignOp');
    for (const target of children.slice(0, last < 0 ? 1 : last)) bindNames(target, text, bound);
  } else if (node.name === 'ImportStatement' || binders.has(node.name)) {
    for (const child of childrenOf(node)) if (child.name !== 'Body') bindNames(child, text, bound);
  }
}

function bindNames(node: SyntaxNode, text: string, bound: Set<string>): void {
  node.cursor().iterate((each) => {
    if (each.name === 'CallExpression' || each.name === 'MemberExpression') return false;
    if (each.name === 'VariableName') bound.add(text.slice(each.from, each.to));
    return undefined;
  });
}

/** Of several definitions the last holds; overloads only describe, and branches leave open which one it is. */
function effective(all: readonly PythonFunction[], isRebound: boolean): PythonFunction {
  const real = all.filter(({ decorators }) => !decorators.some((name) => /(?:^|\.)overload$/.test(name)));
  const last = real.at(-1) ?? all.at(-1);
  if (!last) throw new RangeError('A function has at least one definition.');
  return { ...last, reliable: last.reliable && real.length === 1 && !isRebound };
}

function functionOf(node: SyntaxNode, name: SyntaxNode, text: string): PythonFunction {
  const list = node.getChild('ParamList');
  const decorated = node.parent?.name === 'DecoratedStatement' ? node.parent : null;
  const decorators = decorated?.getChildren('Decorator').map((each) => decoratorName(each, text)) ?? [];
  return {
    name: sourceOf(name, text),
    span: { start: name.from, end: name.to },
    full: { start: (decorated ?? node).from, end: node.to },
    isAsync: node.getChild('async') !== null,
    parameters: list ? parametersOf(list, text) : [],
    decorators,
    reliable: list !== null && !hasError(list) && decorators.every((each) => transparent.has(each)),
  };
}

/** The dotted name of a decorator, without its arguments. */
export function decoratorName(node: SyntaxNode, text: string): string {
  return sourceOf(node, text)
    .replace(/\([\s\S]*$/, '')
    .replace(/[@\s]/g, '');
}

function parametersOf(list: SyntaxNode, text: string): PythonParameter[] {
  const parameters: PythonParameter[] = [];
  let kind: 'positionalOrKeyword' | 'keywordOnly' = 'positionalOrKeyword';
  for (const group of commaGroups(list, text)) {
    const [first, second] = group;
    const mark = first ? sourceOf(first, text) : '';
    if (mark === '*' || mark === '**') {
      if (second?.name === 'VariableName')
        parameters.push(parameterOf(group.slice(1), mark === '*' ? 'variadic' : 'keywords', text));
      if (mark === '*') kind = 'keywordOnly';
    } else if (first?.name === 'VariableName') parameters.push(parameterOf(group, kind, text));
  }
  const slash = slashIn(list, text);
  return parameters.map((each) => (each.span.start < slash ? { ...each, kind: 'positionalOnly' } : each));
}

/** Where the `/` stands behind parameters that are given by place alone; it has no node of its own. */
function slashIn(list: SyntaxNode, text: string): number {
  for (let child = list.firstChild; child?.nextSibling; child = child.nextSibling) {
    const gap = text.slice(child.to, child.nextSibling.from).indexOf('/');
    if (gap >= 0) return child.to + gap;
  }
  return -1;
}

function parameterOf(group: readonly SyntaxNode[], kind: PythonParameter['kind'], text: string): PythonParameter {
  const [name] = group;
  const annotation = group.find((node) => node.name === 'TypeDef')?.lastChild ?? null;
  const assign = group.findIndex((node) => node.name === 'AssignOp');
  const value = assign < 0 ? undefined : group[assign + 1];
  const literal = value ? literalOf(value, text) : undefined;
  const none: readonly TypeAtom[] = value && literal === null ? [{ kind: 'none' }] : [];
  const type = annotation ? annotationType(annotation, text) : null;
  return {
    name: name ? sourceOf(name, text) : '',
    span: { start: name?.from ?? 0, end: name?.to ?? 0 },
    end: group.at(-1)?.to ?? 0,
    kind,
    annotation: annotation ? sourceOf(annotation, text) : null,
    type: type && [...type, ...none],
    default: value ? { text: sourceOf(value, text), value: literal } : null,
    required: assign < 0 && kind !== 'variadic' && kind !== 'keywords',
  };
}

/** Full names of what is imported: `import click as c` makes `c` mean `click`. */
export function importsOf(root: SyntaxNode, text: string): ReadonlyMap<string, string> {
  const imports = new Map<string, string>();
  root.cursor().iterate((each) => {
    if (each.name !== 'ImportStatement') return;
    const source = sourceOf(each.node, text)
      .replace(/[()\\]/g, ' ')
      .replace(/#.*$/gm, ' ')
      .replace(/\s+/g, ' ')
      .trim();
    const from = /^from (\S+) import (.*)$/.exec(source);
    const names = (from?.[2] ?? source.replace(/^import /, '')).split(',').map((each) => each.trim());
    for (const name of names) {
      const [whole = '', alias] = name.split(' as ').map((each) => each.trim());
      if (whole === '') continue;
      if (from) imports.set(alias ?? whole, `${from[1]}.${whole}`);
      else if (alias) imports.set(alias, whole);
      else imports.set(whole.split('.')[0] ?? whole, whole.split('.')[0] ?? whole);
    }
  });
  return imports;
}

/** `c.option` as `click.option`, by way of the imports; null for what is not imported. */
export function fullName(name: string | null | undefined, imports: ReadonlyMap<string, string>): string | null {
  if (!name) return null;
  const [head = '', ...rest] = name.split('.');
  const imported = imports.get(head);
  return imported === undefined ? null : [imported, ...rest].join('.');
}

/** The full name of a node's dotted name. */
export function importedName(
  node: SyntaxNode | null | undefined,
  { text, imports }: { text: string; imports: ReadonlyMap<string, string> },
): string | null {
  return node ? fullName(dottedName(node, text), imports) : null;
}
