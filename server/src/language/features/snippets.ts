import type { Kind } from '#schemas/config/document.ts';
import { inline } from '../schema/describe.ts';
import type { SchemaNode } from '../schema/schema-model.ts';
import { expand } from '../schema/schema-path.ts';

/** A key with its colon and what belongs behind it, as a snippet whose further lines are indented from `column`. */
export function keySnippet(name: string, node: SchemaNode, column: number): string {
  const counter = { next: 1 };
  return `${keySnippetText(name, node, column, counter)}`;
}

interface Counter {
  next: number;
}

function keySnippetText(name: string, node: SchemaNode, column: number, counter: Counter): string {
  const alternatives = expand(node);
  const scalar = alternatives.find(
    (each) => !each.types.includes('object') && !each.types.includes('array') && !each.types.includes('null'),
  );
  if (scalar) return `${escaped(name)}: ${scalarSnippet(node, scalar, counter)}`;
  const indent = ' '.repeat(column + 2);
  const list = alternatives.find((each) => each.types.includes('array'));
  const mapping = alternatives.find((each) => each.types.includes('object'));
  if (list && !mapping) return `${escaped(name)}:\n${indent}- $${counter.next++}`;
  const required = mapping ? [...mapping.required].filter((key) => mapping.properties.has(key)) : [];
  if (!mapping || required.length === 0) return `${escaped(name)}:\n${indent}$${counter.next++}`;
  const inner = required.map((key) => {
    const property = mapping.properties.get(key);
    return property ? keySnippetText(key, property, column + 2, counter) : '';
  });
  return `${escaped(name)}:\n${indent}${inner.join(`\n${indent}`)}`;
}

function scalarSnippet(node: SchemaNode, scalar: SchemaNode, counter: Counter): string {
  const tab = counter.next++;
  const values = scalar.enum?.map(String) ?? (scalar.types.includes('boolean') ? ['true', 'false'] : null);
  if (values) {
    const first =
      node.default === undefined
        ? values
        : [String(node.default), ...values.filter((value) => value !== String(node.default))];
    if (first.length === 1) return escaped(first[0] ?? '');
    return `\${${tab}|${first.map((value) => value.replace(/[,|\\]/g, '\\$&')).join(',')}|}`;
  }
  if (node.default !== undefined) return `\${${tab}:${escaped(inline(node.default))}}`;
  return `$${tab}`;
}

/** What a snippet would take for its own. */
function escaped(text: string): string {
  return text.replace(/[\\$}]/g, '\\$&');
}

/** A whole document of a kind, to begin with. */
export const documentSnippets: Readonly<Record<Kind, string>> = {
  Workspace: [
    'apiVersion: mlops/v1',
    'kind: Workspace',
    'metadata:',
    '  name: ${1:my-workspace}',
    'tracking:',
    '  - name: ${2:local}',
    '    backend: ${3|mlflow,wandb,neptune|}',
    '    uri: ${4:sqlite:///mlflow.db}',
    '$0',
  ].join('\n'),
  Pipeline: [
    'apiVersion: mlops/v1',
    'kind: Pipeline',
    'metadata:',
    '  name: ${1:my-pipeline}',
    'steps:',
    '  ${2:prepare}:',
    '    run: ${3:python prepare.py}',
    '$0',
  ].join('\n'),
  Deployment: [
    'apiVersion: mlops/v1',
    'kind: Deployment',
    'metadata:',
    '  name: ${1:my-model}',
    'model: ${2:my-model@champion}',
    'environment: ${3:staging}',
    'serving:',
    '  image: ${4:ghcr.io/example/my-model:1.0.0}',
    '  port: ${5:8080}',
    '$0',
  ].join('\n'),
  Monitor: [
    'apiVersion: mlops/v1',
    'kind: Monitor',
    'metadata:',
    '  name: ${1:my-monitor}',
    'schedule: "${2:0 * * * *}"',
    'drift:',
    '  reference: ${3:data/train.parquet}',
    '  current: ${4:data/live/*.parquet}',
    '$0',
  ].join('\n'),
  Model: [
    'apiVersion: mlops/v1',
    'kind: Model',
    'metadata:',
    '  name: ${1:my-model}',
    'validation:',
    '  gates:',
    '    - metric: ${2:auc}',
    '      minimum: ${3:0.8}',
    '$0',
  ].join('\n'),
};
