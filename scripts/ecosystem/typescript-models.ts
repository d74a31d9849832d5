import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import ts from 'typescript';
import { type Definitions, type JsonSchema, shortDescription } from './schema-set.ts';

/** Where a package's files lie, and what its definitions are called: `v1.Container` with the prefix `k8s.`. */
export interface ModelPackage {
  readonly folder: string;
  readonly prefix: string;
  /** The folder below which models lie. */
  readonly below: string;
}

interface Reading {
  readonly packages: ReadonlyMap<string, ModelPackage>;
  readonly definitions: Definitions;
}

/**
 * Reads models of Kubernetes kinds from the declarations (`.d.ts`) of TypeScript packages: one interface a file, with the
 * names that it imports. Answers the definitions of the roots and of all that they refer to.
 */
export function readTypeScriptModels(
  packages: ReadonlyMap<string, ModelPackage>,
  roots: readonly { readonly package: string; readonly path: string }[],
): Definitions {
  const reading: Reading = { packages, definitions: new Map() };
  for (const root of roots) {
    const home = packages.get(root.package);
    if (!home) throw new Error(`The package ${root.package} is not among those that are read.`);
    readModel(home, join(home.folder, `${root.path}.d.ts`), reading);
  }
  return reading.definitions;
}

function nameOf(home: ModelPackage, file: string): string {
  const path = relative(join(home.folder, home.below), file).replace(/\.d\.ts$/, '');
  return `${home.prefix}${path.split('/').join('.')}`;
}

function readModel(home: ModelPackage, file: string, reading: Reading): string {
  const name = nameOf(home, file);
  if (reading.definitions.has(name)) return name;
  reading.definitions.set(name, {});
  const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true);
  const imports = importsOf(source);
  const resolve = (identifier: string): string => {
    const specifier = imports.get(identifier);
    if (specifier === undefined) throw new Error(`${file}: ${identifier} is not imported.`);
    return readImported(specifier, { home, file }, reading);
  };
  reading.definitions.set(name, modelOf(source, resolve));
  return name;
}

function importsOf(source: ts.SourceFile): Map<string, string> {
  const imports = new Map<string, string>();
  for (const statement of source.statements) {
    if (!ts.isImportDeclaration(statement) || !ts.isStringLiteral(statement.moduleSpecifier)) continue;
    const bindings = statement.importClause?.namedBindings;
    if (!bindings || !ts.isNamedImports(bindings)) continue;
    for (const element of bindings.elements) imports.set(element.name.text, statement.moduleSpecifier.text);
  }
  return imports;
}

function readImported(specifier: string, from: { home: ModelPackage; file: string }, reading: Reading): string {
  if (specifier.startsWith('.')) {
    return readModel(from.home, join(dirname(from.file), `${specifier.replace(/\.js$/, '')}.d.ts`), reading);
  }
  for (const [name, home] of reading.packages) {
    if (!specifier.startsWith(`${name}/`)) continue;
    const file = join(home.folder, `${specifier.slice(name.length + 1)}.d.ts`);
    if (existsSync(file)) return readModel(home, file, reading);
  }
  throw new Error(`${from.file}: ${specifier} is in no package that is read.`);
}

type Resolve = (identifier: string) => string;

function modelOf(source: ts.SourceFile, resolve: Resolve): JsonSchema {
  for (const statement of source.statements) {
    if (ts.isInterfaceDeclaration(statement)) return objectOf(statement, resolve);
    if (ts.isTypeAliasDeclaration(statement) && statement.name.text.startsWith('I')) {
      return { ...typeOf(statement.type, resolve), ...descriptionOf(statement) };
    }
  }
  throw new Error(`${source.fileName} declares no model.`);
}

function objectOf(node: ts.InterfaceDeclaration | ts.TypeLiteralNode, resolve: Resolve): JsonSchema {
  const properties: Record<string, JsonSchema> = {};
  const required: string[] = [];
  for (const member of node.members) {
    if (!ts.isPropertySignature(member) || !member.type) continue;
    const name = ts.isStringLiteral(member.name) || ts.isIdentifier(member.name) ? member.name.text : null;
    if (name === null) continue;
    // What the cluster writes is nothing that a person gets wrong.
    properties[name] = name === 'status' ? {} : { ...typeOf(member.type, resolve), ...descriptionOf(member) };
    if (!member.questionToken && name !== 'status') required.push(name);
  }
  // Nothing is said of what may stand there.
  if (node.members.length === 0) return descriptionOf(node);
  return {
    type: 'object',
    ...descriptionOf(node),
    properties,
    ...(required.length > 0 ? { required } : {}),
  };
}

function typeOf(node: ts.TypeNode, resolve: Resolve): JsonSchema {
  switch (node.kind) {
    case ts.SyntaxKind.StringKeyword:
      return { type: 'string' };
    case ts.SyntaxKind.NumberKeyword:
      return { type: 'number' };
    case ts.SyntaxKind.BooleanKeyword:
      return { type: 'boolean' };
    case ts.SyntaxKind.AnyKeyword:
    case ts.SyntaxKind.UnknownKeyword:
      return {};
    default:
      break;
  }
  if (ts.isUnionTypeNode(node)) return unionOf(node.types, resolve);
  if (ts.isLiteralTypeNode(node)) return unionOf([node], resolve);
  if (ts.isArrayTypeNode(node)) return { type: 'array', items: typeOf(node.elementType, resolve) };
  if (ts.isTypeLiteralNode(node)) return literalOf(node, resolve);
  if (ts.isTypeReferenceNode(node) && ts.isIdentifier(node.typeName)) {
    const [argument] = node.typeArguments ?? [];
    if (node.typeName.text === 'Array' && argument) return { type: 'array', items: typeOf(argument, resolve) };
    return { $ref: resolve(node.typeName.text) };
  }
  throw new Error(`Unknown type ${node.getText()}.`);
}

function literalOf(node: ts.TypeLiteralNode, resolve: Resolve): JsonSchema {
  const index = node.members.find(ts.isIndexSignatureDeclaration);
  if (index) return { type: 'object', additionalProperties: typeOf(index.type, resolve) };
  return objectOf(node, resolve);
}

function unionOf(nodes: readonly ts.TypeNode[], resolve: Resolve): JsonSchema {
  const values: string[] = [];
  const types = new Set<string>();
  for (const node of nodes) {
    if (ts.isLiteralTypeNode(node) && ts.isStringLiteral(node.literal)) values.push(node.literal.text);
    else if (ts.isLiteralTypeNode(node) && node.literal.kind === ts.SyntaxKind.NullKeyword) continue;
    else {
      const { type } = typeOf(node, resolve);
      if (typeof type !== 'string') return {};
      types.add(type);
    }
  }
  if (types.size === 0) return { type: 'string', enum: values };
  return { type: [...types].sort() };
}

function descriptionOf(node: ts.Node): { description?: string } {
  const comment = ts.getJSDocCommentsAndTags(node).find(ts.isJSDoc)?.comment;
  const text = shortDescription(ts.getTextOfJSDocComment(comment) ?? '');
  return text === null ? {} : { description: text };
}
