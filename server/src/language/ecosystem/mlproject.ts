import type { ScalarNode } from '../syntax/ast.ts';
import { Analysis, type EcosystemDocument, resolvePath, type Surroundings } from './analysis.ts';
import { at, entriesOf, isPartial, pairOf, textOf } from './tree.ts';

const environments = ['python_env', 'conda_env', 'docker_env'] as const;

/** What MLflow asks of an MLproject (mlflow/projects/_project_spec.py): one environment, its file, declared parameters. */
export function analyseProject({ uri, root }: EcosystemDocument, around: Surroundings): Analysis {
  const analysis = new Analysis();
  checkEnvironment({ uri, root, around, analysis });
  for (const { value } of entriesOf(at(root, 'entry_points'))) {
    const command = at(value, 'command');
    if (command?.type !== 'scalar' || typeof command.value !== 'string') continue;
    const parameters = at(value, 'parameters');
    const names = new Map(entriesOf(parameters).map(({ name, key }) => [name, key]));
    const complete = !isPartial(parameters) && !isPartial(value);
    for (const { name, start, end } of placeholders(command, command.value)) {
      analysis.refer({ start, end }, name, { what: 'parameter', where: ' of this entry point', names, complete });
    }
    linkScripts(command, command.value, { uri, around, analysis });
  }
  return analysis;
}

interface Project {
  readonly uri: string;
  readonly root: EcosystemDocument['root'];
  readonly around: Surroundings;
  readonly analysis: Analysis;
}

function checkEnvironment({ uri, root, around, analysis }: Project): void {
  const present = environments.flatMap((name) => pairOf(root, name) ?? []);
  const [, second] = present;
  if (second)
    analysis.form(
      second.key,
      'A project has one environment: MLflow refuses more than one of `python_env`, `conda_env` and `docker_env`.',
      'error',
    );
  for (const name of ['python_env', 'conda_env']) {
    const value = at(root, name);
    const path = textOf(value);
    const target = path === null ? null : resolvePath(uri, path);
    if (value && target)
      analysis.file(value, target, around, `There is no file \`${path}\`; MLflow can’t make the environment.`);
  }
}

/**
 * The fields of Python's `str.format`, by which MLflow fills in parameters: `{name}`, `{name:spec}`, `{name!r}`; `{{` is a
 * brace. A command that uses braces for something else is left alone.
 */
function placeholders(node: ScalarNode, text: string): { name: string; start: number; end: number }[] {
  const found: { name: string; start: number; end: number }[] = [];
  const pattern = /\{\{|\}\}|\{([A-Za-z_]\w*)(?:[.[!:][^{}]*)?\}|[{}]/g;
  for (const match of text.matchAll(pattern)) {
    if (match[0] === '{' || match[0] === '}') return [];
    const name = match[1];
    if (name === undefined) continue;
    found.push({ name, ...placeIn(node, text, { offset: match.index + 1, length: name.length }) });
  }
  return found;
}

/** Plain and quoted text on one line stands in the file as it reads; of any other the whole is the place. */
function placeIn(node: ScalarNode, text: string, at: { offset: number; length: number }) {
  const quote = node.style === 'plain' ? 0 : 1;
  if (node.end - node.start !== text.length + 2 * quote) return { start: node.start, end: node.end };
  const start = node.start + quote + at.offset;
  return { start, end: start + at.length };
}

const script = /(?:^|[\s;&|])(?:python[\d.]*|bash|sh|Rscript)\s+((?:[\w.-]+\/)*[\w.-]+\.(?:py|sh|R))\b/g;

function linkScripts(node: ScalarNode, text: string, { uri, around, analysis }: Omit<Project, 'root'>): void {
  for (const match of text.matchAll(script)) {
    const path = match[1] ?? '';
    const target = resolvePath(uri, path);
    const place = placeIn(node, text, { offset: match.index + match[0].length - path.length, length: path.length });
    if (target) analysis.file(place, target, around, null);
  }
}
