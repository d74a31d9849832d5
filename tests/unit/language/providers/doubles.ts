import type { LiveAnswer } from '#server/language/providers/live-cache.ts';
import type { LiveKnowledge, RegisteredModel, TrackerValues } from '#server/language/providers/ports.ts';

export const minute = 60_000;
const nothing: LiveAnswer<never> = { known: null, pending: false };
const known = <T>(value: T | undefined, ageMs: number): LiveAnswer<T> =>
  value === undefined ? nothing : { known: { value, ageMs }, pending: false };

/** What a double of each provider knows; what is left out it does not know. */
export interface Knows {
  readonly trackers?: readonly TrackerValues[];
  readonly models?: readonly RegisteredModel[];
  readonly contexts?: readonly string[];
  /** By context. */
  readonly namespaces?: Readonly<Record<string, readonly string[]>>;
  /** Values by label, by metric. */
  readonly prometheus?: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
  readonly ageMs?: number;
  /** Nothing came yet, but will. */
  readonly pending?: true;
}

/** Doubles of tracker, registry, cluster and Prometheus. */
export function liveDouble({
  trackers,
  models,
  contexts,
  namespaces,
  prometheus,
  ageMs = 0,
  pending,
}: Knows): LiveKnowledge {
  const answer = <T>(value: T | undefined): LiveAnswer<T> =>
    pending ? { known: null, pending: true } : known(value, ageMs);
  const labels = (metric: string) => {
    if (!prometheus) return undefined;
    return metric === '' ? Object.assign({}, ...Object.values(prometheus)) : prometheus[metric];
  };
  return {
    tracker: { trackerValues: () => answer(trackers) },
    registry: { models: () => answer(models) },
    cluster: {
      contexts: () => answer(contexts),
      namespaces: (_, context) => answer(namespaces?.[context]),
    },
    prometheus: {
      metricNames: () => answer(prometheus && Object.keys(prometheus)),
      labelNames: (_, metric) => {
        const of = labels(metric);
        return answer(of && Object.keys(of));
      },
      labelValues: (_, { metric, label }) => answer(labels(metric)?.[label]),
    },
  };
}
