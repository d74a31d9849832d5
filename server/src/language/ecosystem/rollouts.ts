import type { Node } from '../syntax/ast.ts';
import { Analysis, type EcosystemDocument } from './analysis.ts';
import { at, isPartial, itemsOf, pairOf, pairsOf } from './tree.ts';

/** What Argo Rollouts checks beside the schema (pkg/apis/rollouts/validation): one strategy, steps that say something. */
export function analyseRollout({ kind, root }: EcosystemDocument): Analysis {
  const analysis = new Analysis();
  if (kind !== 'Rollout') return analysis;
  const strategy = at(root, 'spec', 'strategy');
  const [, second] = ['canary', 'blueGreen'].flatMap((name) => pairOf(strategy, name) ?? []);
  if (second) analysis.form(second.key, 'A rollout has one strategy: `canary` or `blueGreen`.', 'error');
  const canary = at(strategy, 'canary');
  const limit = pairOf(at(canary, 'trafficRouting'), 'maxTrafficWeight') ? null : 100;
  let before = 0;
  for (const step of itemsOf(at(canary, 'steps'))) {
    if (step.type === 'map' && pairsOf(step).length === 0) {
      analysis.form(step, 'A step says what to do: `setWeight`, `pause`, `analysis`, `experiment` …', 'error');
    }
    if (isPartial(step)) continue;
    const value = at(step, 'setWeight');
    const weight = numberOf(value);
    if (!value || weight === null) continue;
    if (weight < 0 || (limit !== null && weight > limit)) {
      analysis.form(value, 'A weight is between 0 and 100.', 'error');
    } else if (weight < before) {
      analysis.form(value, `The weight goes down here, from ${before} to ${weight}.`, 'hint');
    }
    before = weight;
  }
  return analysis;
}

function numberOf(node: Node | null): number | null {
  return node?.type === 'scalar' && typeof node.value === 'number' ? node.value : null;
}
