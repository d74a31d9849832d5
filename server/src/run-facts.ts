import { toJsonNumber } from '#schemas/domain/number.ts';
import type { RunRef } from '#schemas/domain/run.ts';
import type { TrackingStore } from './experiments/tracking-store.ts';
import type { RunFacts } from './models/model-context.ts';

/** What a model version takes from the run that it came from. Fails as the tracker does. */
export async function runFacts(store: TrackingStore, ref: RunRef, signal?: AbortSignal): Promise<RunFacts> {
  const [run, dataSets] = await Promise.all([store.getRun(ref.runId, signal), store.datasets(ref.runId, signal)]);
  return {
    run: { tracker: ref.tracker, runId: run.id },
    gitCommit: run.tags.get('mlflow.source.git.commit') ?? null,
    dataSets: dataSets.map(({ name, digest, context }) => ({ name, digest, context })),
    params: Object.fromEntries(run.params),
    metrics: Object.fromEntries([...run.metrics].map(([key, { value }]) => [key, toJsonNumber(value)])),
  };
}
