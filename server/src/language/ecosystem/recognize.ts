import { isEnvironmentName, mayBeEcosystem } from '#schemas/domain/ecosystem.ts';
import { keyText } from '../schema/check-value.ts';
import type { Node } from '../syntax/ast.ts';
import type { Source, SourceDocument } from '../syntax/source.ts';
import { entriesOf } from '../syntax/walk.ts';

/** What a document is. `kind` is a kind of the schema set. */
export type Recognized =
  | { readonly ecosystem: 'mlproject'; readonly set: 'mlproject'; readonly kind: 'MLproject' }
  | { readonly ecosystem: 'dvc'; readonly set: 'dvc'; readonly kind: 'Pipeline' }
  | { readonly ecosystem: 'conda'; readonly set: 'conda'; readonly kind: 'Environment' }
  | { readonly ecosystem: 'kfp'; readonly set: 'kfp'; readonly kind: 'PipelineSpec' }
  | { readonly ecosystem: 'kserve'; readonly set: 'kserve'; readonly kind: string }
  | { readonly ecosystem: 'argo'; readonly set: 'argo-rollouts' | 'argo-workflows'; readonly kind: string };

/** Whether a file may hold anything for us: cheap, so that other YAML costs nothing. */
export function mayHoldEcosystem(uri: string, text: string): boolean {
  return mayBeEcosystem(fileName(uri), text);
}

/** The name in lower case: MLflow takes `MLProject`, too. */
function fileName(uri: string): string {
  return decodeURIComponent(uri.slice(uri.lastIndexOf('/') + 1)).toLowerCase();
}

const rolloutKinds = new Set(['Rollout', 'AnalysisTemplate', 'ClusterAnalysisTemplate', 'AnalysisRun', 'Experiment']);
const workflowKinds = new Set([
  'Workflow',
  'CronWorkflow',
  'WorkflowTemplate',
  'ClusterWorkflowTemplate',
  'WorkflowEventBinding',
]);
const servingKinds: Readonly<Record<string, ReadonlySet<string>>> = {
  'serving.kserve.io/v1beta1': new Set(['InferenceService']),
  'serving.kserve.io/v1alpha1': new Set(['ServingRuntime', 'ClusterServingRuntime', 'InferenceGraph', 'TrainedModel']),
};

/** What a document of a file is; null for one that is none of the ecosystems'. */
export function recognize(uri: string, source: Source, document: SourceDocument): Recognized | null {
  if (document.body === null) return null;
  const name = fileName(uri);
  const keys = new Map<string, Node | null>();
  for (const { pair, branch } of entriesOf(document.body)) {
    const key = keyText(pair.key);
    // A value that was split again stands in the branch; that it is there is all that is asked.
    if (key !== null) keys.set(key, branch ? { type: 'map', start: 0, end: 0, flow: false, items: [] } : pair.value);
  }
  if (name === 'mlproject') return { ecosystem: 'mlproject', set: 'mlproject', kind: 'MLproject' };
  if (name === 'dvc.yaml') return { ecosystem: 'dvc', set: 'dvc', kind: 'Pipeline' };
  const apiVersion = text(keys.get('apiVersion'));
  const kind = text(keys.get('kind'));
  if (apiVersion !== null && kind !== null) return recognizeCluster(apiVersion, kind);
  if (keys.has('pipelineInfo') && keys.has('schemaVersion'))
    return { ecosystem: 'kfp', set: 'kfp', kind: 'PipelineSpec' };
  // One document of that name with what makes it an environment: others have such names too.
  if (isEnvironmentName(name) && source.documents.length === 1 && keys.has('dependencies') && !keys.has('python'))
    return { ecosystem: 'conda', set: 'conda', kind: 'Environment' };
  return null;
}

function recognizeCluster(apiVersion: string, kind: string): Recognized | null {
  if (apiVersion === 'argoproj.io/v1alpha1') {
    if (rolloutKinds.has(kind)) return { ecosystem: 'argo', set: 'argo-rollouts', kind };
    if (workflowKinds.has(kind)) return { ecosystem: 'argo', set: 'argo-workflows', kind };
  }
  return servingKinds[apiVersion]?.has(kind) ? { ecosystem: 'kserve', set: 'kserve', kind } : null;
}

function text(node: Node | null | undefined): string | null {
  return node?.type === 'scalar' && typeof node.value === 'string' ? node.value : null;
}
