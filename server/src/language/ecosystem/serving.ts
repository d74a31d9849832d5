import type { Node } from '../syntax/ast.ts';
import { Analysis, type EcosystemDocument, isTemplated, type Names } from './analysis.ts';
import { at, entriesOf, isPartial, itemsOf, mappingsBelow, pairOf, textOf } from './tree.ts';

/** What KServe's admission checks beside the schema: places of models, bounds of replicas, shares of traffic, graphs. */
export function analyseServing({ kind, root }: EcosystemDocument): Analysis {
  const analysis = new Analysis();
  const spec = at(root, 'spec');
  for (const mapping of mappingsBelow(spec)) {
    checkStorage(at(mapping, 'storageUri'), analysis);
    checkReplicas(mapping, analysis);
  }
  if (kind === 'InferenceService') {
    checkShare(at(spec, 'predictor', 'canaryTrafficPercent'), analysis);
  }
  if (kind === 'InferenceGraph') checkGraph(spec, analysis);
  return analysis;
}

function checkStorage(value: Node | null, analysis: Analysis): void {
  const text = textOf(value);
  if (!value || !text || isTemplated(text) || /^[\w.+-]+:\/\/./.test(text) || text.startsWith('/')) return;
  analysis.form(
    value,
    'The place of a model begins with its kind: `s3://`, `gs://`, `hf://`, `pvc://`, `oci://`, `https://` …',
  );
}

function checkReplicas(mapping: Node, analysis: Analysis): void {
  const [least, most] = [numberAt(mapping, 'minReplicas'), numberAt(mapping, 'maxReplicas')];
  const place = at(mapping, 'maxReplicas');
  // Zero is no bound.
  if (!place || least === null || most === null || most === 0 || most >= least) return;
  analysis.form(place, `maxReplicas (${most}) is smaller than minReplicas (${least}).`, 'error');
}

function checkShare(value: Node | null, analysis: Analysis): void {
  const share = value?.type === 'scalar' && typeof value.value === 'number' ? value.value : null;
  if (value && share !== null && (share < 0 || share > 100))
    analysis.form(value, 'A share of the traffic is between 0 and 100 percent.', 'error');
}

function checkGraph(spec: Node | null, analysis: Analysis): void {
  const nodes = at(spec, 'nodes');
  const names: Names = {
    what: 'node',
    where: ' in this graph',
    names: new Map(entriesOf(nodes).map(({ name, key }) => [name, key])),
    complete: nodes?.type === 'map' && !isPartial(nodes),
  };
  for (const { name, key, value } of entriesOf(nodes)) {
    const steps = itemsOf(at(value, 'steps'));
    for (const step of steps) {
      const place = at(step, 'nodeName');
      const target = textOf(place);
      if (place && target !== null && !isTemplated(target)) analysis.refer(place, target, names);
    }
    if (textOf(at(value, 'routerType')) !== 'Splitter' || steps.some(isPartial)) continue;
    const weights = steps.map((step) => numberAt(step, 'weight'));
    if (weights.length === 0 || weights.some((weight) => weight === null)) continue;
    const sum = weights.reduce<number>((total, weight) => total + (weight ?? 0), 0);
    if (sum !== 100)
      analysis.form(key, `The weights of the steps of \`${name}\` add up to ${sum}; KServe asks for 100.`, 'error');
  }
  if (names.complete && !names.names.has('root')) {
    const place = pairOf(spec, 'nodes')?.key;
    if (place) analysis.form(place, 'A graph begins at the node `root`, which is not there.', 'error');
  }
}

function numberAt(node: Node, name: string): number | null {
  const value = at(node, name);
  return value?.type === 'scalar' && typeof value.value === 'number' ? value.value : null;
}
