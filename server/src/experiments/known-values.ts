import { isSmallerBetter } from '#schemas/domain/metric-direction.ts';
import { toJsonNumber } from '#schemas/domain/number.ts';
import type { TrackerValues } from '#schemas/protocol/experiments.ts';
import { mapConcurrently } from '../platform/concurrency.ts';
import { type Tracker, withSignal } from './tracker.ts';
import type { FieldSummary, RunRecord, TrackingStore } from './tracking-store.ts';

/** So many of the newest runs tell of values. */
const sampledRuns = 200;
/** Where counting is cheap, so many are counted. */
const countedRuns = 10_000;

// A completion list nobody reads to its end, and an answer that stays far under a megabyte.
const mostNames = 300;
const mostValues = 10;
const mostRecent = 5;
const longestText = 100;
const longestName = 250;
const mostCharacters = 900_000;
const askedAtOnce = 6;
/** How long a tracker is waited for: others have answers, too. */
const patienceMs = 8_000;

interface Asking {
  /** Null where a tracker may not be connected to. */
  readonly open: (name: string, signal: AbortSignal) => Promise<Tracker | null>;
  readonly onFailed: (name: string, error: unknown) => void;
  readonly signal: AbortSignal;
}

/** What each tracker knows that answers in time; the first ones, as far as that is no megabyte of JSON. */
export async function readEveryKnownValue(names: readonly string[], asking: Asking): Promise<TrackerValues[]> {
  const found = await mapConcurrently(names, askedAtOnce, async (name) => {
    const within = AbortSignal.any([asking.signal, AbortSignal.timeout(patienceMs)]);
    try {
      const tracker = await asking.open(name, within);
      return tracker && (await readKnownValues(tracker, within));
    } catch (error) {
      asking.signal.throwIfAborted();
      asking.onFailed(name, error);
      return null;
    }
  });
  let left = mostCharacters;
  return found.flatMap((values) => {
    if (values === null) return [];
    left -= JSON.stringify(values).length;
    return left >= 0 ? [values] : [];
  });
}

/**
 * What the runs of a tracker say of metrics, params and experiments: names over all runs where the store counts them
 * cheaply, else over its newest 200; values over those. Deleted runs are left out. The most used names come first.
 */
async function readKnownValues({ name, store }: Tracker, signal?: AbortSignal): Promise<TrackerValues> {
  const experiments = await store.listExperiments(withSignal({ view: 'active' }, signal));
  const { runs } = await store.searchRuns(newest, withSignal({ limit: sampledRuns, page: null, fields }, signal));
  const counts = await countFields(store, runs, signal);
  const metrics = namesOf(counts, 'metric').map(({ key, runs: count }) => ({
    name: key,
    runs: count,
    ...metricValues(key, runs),
  }));
  const params = namesOf(counts, 'param').map(({ key, runs: count }) => ({
    name: key,
    runs: count,
    values: paramValues(key, runs),
  }));
  return {
    tracker: name,
    experiments: experiments.slice(0, mostNames).map((experiment) => experiment.name.slice(0, longestName)),
    metrics,
    params,
  };
}

const newest = { experimentIds: [], conditions: [], orderBy: [], view: 'active' } as const;
const fields = { params: null, metrics: null, tags: [] } as const;
const noFields = { params: [], metrics: [], tags: [] } as const;

type Count = Pick<FieldSummary, 'kind' | 'key' | 'runs'>;

async function countFields(store: TrackingStore, sample: readonly RunRecord[], signal?: AbortSignal): Promise<Count[]> {
  if (store.fieldSummaries && sample.length === sampledRuns) {
    const all = await store.searchRuns(
      newest,
      withSignal({ limit: countedRuns, page: null, fields: noFields }, signal),
    );
    return [
      ...(await store.fieldSummaries(
        all.runs.map(({ id }) => id),
        signal,
      )),
    ];
  }
  const counts = new Map<string, Count>();
  const count = (kind: 'metric' | 'param', keys: Iterable<string>) => {
    for (const key of keys) {
      const id = `${kind}.${key}`;
      counts.set(id, { kind, key, runs: (counts.get(id)?.runs ?? 0) + 1 });
    }
  };
  for (const run of sample) {
    count('metric', run.metrics.keys());
    count('param', run.params.keys());
  }
  return [...counts.values()];
}

/** A name nobody would type is none to offer. */
function namesOf(counts: readonly Count[], kind: Count['kind']): Count[] {
  return counts
    .filter((count) => count.kind === kind && count.key.length <= longestName)
    .sort((a, b) => b.runs - a.runs || (a.key < b.key ? -1 : 1))
    .slice(0, mostNames);
}

function metricValues(
  key: string,
  runs: readonly RunRecord[],
): Pick<TrackerValues['metrics'][number], 'best' | 'recent'> {
  const values = runs.flatMap((run) => run.metrics.get(key)?.value ?? []);
  const numbers = values.filter((value) => !Number.isNaN(value));
  const better = isSmallerBetter(key) ? Math.min : Math.max;
  return {
    best: numbers.length === 0 ? null : toJsonNumber(better(...numbers)),
    recent: values.slice(0, mostRecent).map(toJsonNumber),
  };
}

function paramValues(key: string, runs: readonly RunRecord[]): { text: string; runs: number }[] {
  const counts = new Map<string, number>();
  for (const run of runs) {
    const value = run.params.get(key);
    // What was cut is no value to put anywhere.
    if (value === undefined || value.length > longestText) continue;
    counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  return [...counts]
    .map(([text, count]) => ({ text, runs: count }))
    .sort((a, b) => b.runs - a.runs)
    .slice(0, mostValues);
}
