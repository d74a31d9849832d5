import type { parser } from '@lezer/python';

export type SyntaxNode = ReturnType<typeof parser.parse>['topNode'];

export type Literal = string | number | boolean | null;

/** A call whose callee is a dotted name. */
export interface Call {
  readonly callee: string;
  readonly positional: readonly SyntaxNode[];
  readonly keywords: ReadonlyMap<string, SyntaxNode>;
  /** `*` or `**` brings arguments that are not seen here, or some of them can't be read. */
  readonly open: boolean;
}

/** Parses Python, broken or not. The parser is loaded on first use. */
export async function parseTree(text: string): Promise<SyntaxNode> {
  const { parser } = await import('./lezer.ts');
  return parser.parse(text).topNode;
}

export function childrenOf(node: SyntaxNode): SyntaxNode[] {
  const children: SyntaxNode[] = [];
  for (let child = node.firstChild; child; child = child.nextSibling) {
    if (child.name !== 'Comment') children.push(child);
  }
  return children;
}

export function sourceOf(node: SyntaxNode, text: string): string {
  return text.slice(node.from, node.to);
}

/** Visits the node and all below; `visit` answers false where it has seen enough of a branch. */
function forEachNode(node: SyntaxNode, visit: (node: SyntaxNode) => boolean | undefined): void {
  node.cursor().iterate((each) => visit(each.node));
}

export function hasError(node: SyntaxNode): boolean {
  let found = false;
  forEachNode(node, (each) => {
    if (each.type.isError) found = true;
    return !found;
  });
  return found;
}

/** The children between brackets, cut at the commas. */
export function commaGroups(node: SyntaxNode, text: string): SyntaxNode[][] {
  const groups: SyntaxNode[][] = [];
  let group: SyntaxNode[] = [];
  for (const child of childrenOf(node)) {
    const source = sourceOf(child, text);
    if (/^[()[\]]$/.test(source)) continue;
    if (source === ',' && !child.type.isError) {
      if (group.length > 0) groups.push(group);
      group = [];
    } else group.push(child);
  }
  if (group.length > 0) groups.push(group);
  return groups;
}

/** The value of a plain literal; undefined for everything that has to be worked out. */
export function literalOf(node: SyntaxNode, text: string): Literal | undefined {
  const source = sourceOf(node, text);
  switch (node.name) {
    case 'String':
      return stringValue(source);
    case 'Number':
      return numberValue(source);
    case 'Boolean':
      return source === 'True';
    case 'None':
      return null;
    case 'UnaryExpression': {
      const operand = node.lastChild;
      const value = operand?.name === 'Number' && source.startsWith('-') ? numberValue(sourceOf(operand, text)) : null;
      return typeof value === 'number' ? -value : undefined;
    }
    default:
      return undefined;
  }
}

function stringValue(source: string): string | undefined {
  const found = /^([a-zA-Z]*)("""|'''|"|')([\s\S]*)\2$/.exec(source);
  if (!found) return undefined;
  const [, prefix = '', , content = ''] = found;
  if (/b/i.test(prefix) || (content.includes('\\') && !/r/i.test(prefix))) return undefined;
  return content;
}

function numberValue(source: string): number | undefined {
  const value = Number(source.replaceAll('_', '').replace(/^0+(?=\d)/, ''));
  return Number.isNaN(value) ? undefined : value;
}

/** The literals of a list, tuple or set; undefined where one of them is not plain. */
export function literalsOf(node: SyntaxNode, text: string): Literal[] | undefined {
  if (!['ArrayExpression', 'TupleExpression', 'SetExpression'].includes(node.name)) return undefined;
  const values: Literal[] = [];
  for (const child of childrenOf(node)) {
    if (/^[()[\]{},]$/.test(sourceOf(child, text))) continue;
    const value = literalOf(child, text);
    if (value === undefined) return undefined;
    values.push(value);
  }
  return values;
}

/** `a.b.c` of a name or a member; null for anything else. */
export function dottedName(node: SyntaxNode | null, text: string): string | null {
  if (node?.name !== 'VariableName' && node?.name !== 'MemberExpression') return null;
  const source = sourceOf(node, text).replace(/\s/g, '');
  return /^[\p{L}_][\p{L}\p{N}_]*(?:\.[\p{L}_][\p{L}\p{N}_]*)*$/u.test(source) ? source : null;
}

export function callOf(node: SyntaxNode | null, text: string): Call | null {
  if (node?.name !== 'CallExpression') return null;
  const callee = dottedName(node.firstChild, text);
  return callee === null ? null : { callee, ...argumentsOf(node.getChild('ArgList'), text) };
}

export function argumentsOf(list: SyntaxNode | null, text: string): Omit<Call, 'callee'> {
  const positional: SyntaxNode[] = [];
  const keywords = new Map<string, SyntaxNode>();
  let open = list !== null && childrenOf(list).some((child) => child.type.isError);
  for (const group of list ? commaGroups(list, text) : []) {
    const [first, second, third] = group;
    if (!first || sourceOf(first, text).startsWith('*')) open = true;
    else if (second && third && first.name === 'VariableName' && sourceOf(second, text) === '=')
      keywords.set(sourceOf(first, text), third);
    else positional.push(first);
  }
  return { positional, keywords, open };
}
