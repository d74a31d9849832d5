import { posix } from 'node:path';
import { keyText } from '../schema/check-value.ts';
import type { Node } from '../syntax/ast.ts';
import { Analysis, type EcosystemDocument, isTemplated, resolvePath, type Surroundings } from './analysis.ts';
import { reportCycles } from './cycles.ts';
import { checkInterpolations, contextOf, filesOf, type Values } from './dvc-values.ts';
import { at, entriesOf, isPartial, itemsOf, pairsOf, textOf } from './tree.ts';

/** What DVC asks of a pipeline: keys of params.yaml that are there, outputs of one stage each, no circles. */
export function analysePipeline({ uri, root }: EcosystemDocument, around: Surroundings): Analysis {
  const analysis = new Analysis();
  const values = contextOf(at(root, 'vars'), { uri, folder: '.', around, withDefaults: true });
  const stages = entriesOf(at(root, 'stages')).map(({ name, key, value }) => readStage({ name, key, value }));
  for (const stage of stages) {
    checkStage(stage, { uri, around, analysis, values });
  }
  const named = [...itemsOf(at(root, 'metrics')), ...itemsOf(at(root, 'params')), ...itemsOf(at(root, 'plots'))];
  const artifacts = entriesOf(at(root, 'artifacts')).map(({ value }) => at(value, 'path'));
  for (const node of [...named, ...artifacts]) linkTo(node, { uri, folder: '.', around, analysis });
  checkOutputs(stages, analysis);
  return analysis;
}

interface Stage {
  readonly name: string;
  readonly key: Node;
  /** The definition; below `do` for a template. */
  readonly body: Node | null;
  /** `foreach` or `matrix`: many stages of one definition. */
  readonly items: Node | null;
  readonly folder: string;
  readonly deps: readonly Node[];
  readonly outs: readonly Node[];
}

function readStage({ name, key, value }: { name: string; key: Node; value: Node | null }): Stage {
  const foreach = at(value, 'foreach');
  const body = foreach ? at(value, 'do') : value;
  const outputs = ['outs', 'metrics', 'plots'].flatMap((list) => itemsOf(at(body, list)));
  return {
    name,
    key,
    body,
    items: foreach ?? at(value, 'matrix'),
    folder: textOf(at(body, 'wdir')) ?? '.',
    deps: itemsOf(at(body, 'deps')),
    // `- model.pkl: {cache: false}`
    outs: outputs.flatMap((output) => (output.type === 'map' ? pairsOf(output).map(({ key }) => key) : [output])),
  };
}

interface Context {
  readonly uri: string;
  readonly around: Surroundings;
  readonly analysis: Analysis;
  readonly values: Values;
}

function checkStage(stage: Stage, { uri, around, analysis, values }: Context): void {
  const place = { uri, folder: stage.folder, around };
  for (const node of [...stage.deps, ...stage.outs]) linkTo(node, { ...place, analysis });
  const own = at(stage.body, 'vars');
  const inner = own ? values.and(contextOf(own, { ...place, withDefaults: false })) : values;
  if (stage.items) checkInterpolations(stage.items, { values, hasItems: false }, analysis);
  const scope = { values: inner, hasItems: stage.items !== null };
  for (const { name, value } of entriesOf(stage.body)) {
    if (name !== 'vars' && name !== 'matrix' && !isPartial(stage.body)) checkInterpolations(value, scope, analysis);
  }
  checkParams(stage, { uri, around, analysis });
}

/** Keys of parameter files: `lr` is one of params.yaml, `{other.yaml: [lr]}` of another. */
function checkParams({ body, folder }: Stage, { uri, around, analysis }: Omit<Context, 'values'>): void {
  const check = (file: string, key: Node) => {
    const name = textOf(key);
    const known = filesOf({ uri, folder, around })(file);
    if (name === null || !known || isTemplated(name) || /[:*]/.test(name)) return;
    analysis.refer(key, name, { what: 'key', where: ` in ${file}`, names: known.keys, complete: known.complete });
  };
  for (const item of itemsOf(at(body, 'params'))) {
    if (item.type === 'scalar') check('params.yaml', item);
    for (const { key, value } of pairsOf(item)) {
      linkTo(key, { uri, folder, around, analysis });
      for (const inner of itemsOf(value)) check(keyText(key) ?? '', inner);
    }
  }
}

interface Linking {
  readonly uri: string;
  readonly folder: string;
  readonly around: Surroundings;
  readonly analysis: Analysis;
}

/** A file that is not there may be fetched, or made by another stage: only what is there is linked, nothing is missing. */
function linkTo(node: Node | null, { uri, folder, around, analysis }: Linking): void {
  const path = textOf(node);
  const target = path === null ? null : resolvePath(uri, path, folder);
  if (node && target) analysis.file(node, target, around, null);
}

function checkOutputs(stages: readonly Stage[], analysis: Analysis): void {
  const outputs = stages.flatMap((stage) =>
    stage.items ? [] : stage.outs.flatMap((node) => pathOf(node, stage).map((path) => ({ stage, node, path }))),
  );
  analysis.unique(
    outputs.map(({ path, node }) => ({ name: path, node })),
    'outputs',
  );
  const graph = new Map(
    stages.map((stage) => {
      const inputs = stage.deps.flatMap((node) => pathOf(node, stage));
      const needs = outputs
        .filter(({ path }) => inputs.some((input) => input === path || input.startsWith(`${path}/`)))
        .map((output) => output.stage.name);
      return [stage.name, { node: stage.key, needs: stage.items ? [] : [...new Set(needs)] }];
    }),
  );
  reportCycles(graph, 'stage', analysis);
}

function pathOf(node: Node, { folder }: Stage): string[] {
  const path = textOf(node);
  if (path === null || isTemplated(path) || isTemplated(folder) || /^[a-z][\w+.-]*:\/\//i.test(path)) return [];
  return [posix.normalize(posix.join(folder, path)).replace(/\/$/, '')];
}
