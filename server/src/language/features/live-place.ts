import type { CursorContext, Path } from './cursor.ts';

type FixedPlace = 'metric' | 'experiment' | 'model' | 'context' | 'namespace' | 'promql' | 'ownVersion';

/** What live knowledge fits at a place of a document. */
export type LivePlace =
  | { readonly of: FixedPlace }
  /** A value of the param of that name. */
  | { readonly of: 'paramValue'; readonly param: string };

/** By kind and keys; `+` is a name of the author's own. `ownVersion` is a version of the model that the document is of. */
const fixed: Readonly<Record<string, FixedPlace>> = {
  'Model/validation/gates/*/metric': 'metric',
  'Model/validation/gates/*/compare': 'ownVersion',
  'Monitor/performance/metrics/*/name': 'metric',
  'Monitor/model': 'model',
  'Monitor/metrics/*/query': 'promql',
  'Deployment/model': 'model',
  'Deployment/analysis/+/metrics/*/query': 'promql',
  'Deployment/autoscaling/metrics/*/query': 'promql',
  'Pipeline/experiment': 'experiment',
  'Pipeline/steps/+/register/name': 'model',
  'Pipeline/finally/+/register/name': 'model',
  'Workspace/environments/+/kubernetes/context': 'context',
  'Workspace/environments/+/kubernetes/namespace': 'namespace',
};

/** What fits as the value of `key` in the mapping at `path`; null where live knowledge is of no use. */
export function livePlaceOf(kind: CursorContext['kind'], path: Path, key: string): LivePlace | null {
  if (kind === null) return null;
  const own = named[path[0] ?? ''] ?? -1;
  const steps = [kind, ...path.map((step, at) => (at === own ? '+' : step)), key];
  const found = fixed[steps.join('/')];
  if (found) return { of: found };
  return kind === 'Pipeline' ? paramPlace(path, key) : null;
}

/** Where, below these keys, names are the author's own. */
const named: Readonly<Record<string, number>> = { steps: 1, finally: 1, environments: 1, analysis: 1 };

function paramPlace(path: Path, key: string): LivePlace | null {
  const [section, name, inside] = path;
  if (section === 'params' && path.length === 2 && name !== undefined && key === 'default') {
    return { of: 'paramValue', param: name };
  }
  const isWith = (section === 'steps' || section === 'finally') && path.length === 3 && inside === 'with';
  const isTest = section === 'tests' && name === '*' && inside === 'params' && path.length === 3;
  return isWith || isTest ? { of: 'paramValue', param: key } : null;
}
