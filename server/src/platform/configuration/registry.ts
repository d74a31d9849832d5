import { join } from 'node:path';
import type { ResolvedService, ResolvedTracker } from './resolved.ts';
import { parseTrackingUri, type TrackingTarget } from './tracking-uri.ts';

/** Where the model registry is. */
export interface ResolvedRegistry extends Omit<ResolvedService, 'kind' | 'backend'> {
  readonly kind: 'registry';
  readonly backend: 'sqlite' | 'mlflow';
  /** `sqlite` is always a file of ours; MLflow's may be a server, a database or a folder. */
  readonly target: TrackingTarget;
}

/** Below the workspace's folder. */
const embeddedDefault = '.mlops/models.db';

/**
 * The registry of the configuration: what `mlops.yaml` or the environment name; with nothing, a file below the folder.
 * An MLflow registry without an address is where the runs are, as MLflow has it.
 */
export function resolveRegistry(
  service: ResolvedService | undefined,
  { root, tracker }: { readonly root: string; readonly tracker: ResolvedTracker | undefined },
): ResolvedRegistry {
  if (service === undefined) return embedded(root);
  const named = { ...service, kind: 'registry' as const };
  if (service.backend === 'mlflow') {
    if (service.uri === '' && tracker !== undefined) {
      const { uri, origin, consent, problem, target } = tracker;
      return { ...named, backend: 'mlflow', uri, origin, consent, problem, target };
    }
    const { target, problem } = parseTrackingUri(service.uri, root);
    return { ...named, backend: 'mlflow', target, problem: service.problem ?? problem };
  }
  if (service.backend !== 'sqlite') {
    const message = `There is no registry “${service.backend}”: write sqlite or mlflow.`;
    return {
      ...named,
      backend: 'sqlite',
      target: { type: 'none' },
      problem: { attention: 'fix-configuration', message },
    };
  }
  if (service.uri === '') return { ...embedded(root), name: service.name, source: service.source };
  const { target, problem } = parseTrackingUri(service.uri, root);
  if (service.problem !== null || problem !== null || target.type === 'sqlite') {
    return { ...named, backend: 'sqlite', target, problem: service.problem ?? problem };
  }
  const message = `“${service.uri}” is no SQLite file: write sqlite:///models.db, or the backend mlflow.`;
  return {
    ...named,
    backend: 'sqlite',
    target: { type: 'none' },
    problem: { attention: 'fix-configuration', message },
  };
}

function embedded(root: string): ResolvedRegistry {
  return {
    name: 'registry',
    kind: 'registry',
    backend: 'sqlite',
    uri: `sqlite:///${embeddedDefault}`,
    origin: null,
    consent: 'given',
    credential: null,
    problem: null,
    source: 'found',
    target: { type: 'sqlite', path: join(root, embeddedDefault) },
  };
}
