import type { LiveAnswer } from './live-cache.ts';

/** What past runs say of a metric. */
export interface KnownMetric {
  readonly name: string;
  /** Runs that have it. */
  readonly runs: number;
  /** Of the runs that were looked at; as its name says which way is better. Null where no value is a number. */
  readonly best: number | null;
  /** Of the newest runs, newest first. */
  readonly recent: readonly number[];
}

/** What past runs say of a param. */
export interface KnownParam {
  readonly name: string;
  readonly runs: number;
  /** Different values, the most used first, with the number of runs that were looked at and have it. */
  readonly values: readonly { readonly text: string; readonly runs: number }[];
}

export interface TrackerValues {
  readonly tracker: string;
  /** Names, last used first. */
  readonly experiments: readonly string[];
  readonly metrics: readonly KnownMetric[];
  readonly params: readonly KnownParam[];
}

export interface RegisteredModel {
  readonly name: string;
  /** Newest first. */
  readonly versions: readonly string[];
  readonly aliases: readonly { readonly name: string; readonly version: string }[];
}

/*
 * The ports through which the language features see what lies outside of the files. Each answers at once: with what is
 * known, how old that is, and whether something newer is on its way. None may fail. `uri` is the document asked from.
 */

export interface TrackerKnowledge {
  /** By tracker, the default one first. */
  trackerValues(uri: string): LiveAnswer<readonly TrackerValues[]>;
}

export interface RegistryKnowledge {
  models(uri: string): LiveAnswer<readonly RegisteredModel[]>;
}

export interface ClusterKnowledge {
  /** Names of the kubeconfig's contexts. */
  contexts(uri: string): LiveAnswer<readonly string[]>;
  namespaces(uri: string, context: string): LiveAnswer<readonly string[]>;
}

export interface PrometheusKnowledge {
  metricNames(uri: string): LiveAnswer<readonly string[]>;
  labelNames(uri: string, metric: string): LiveAnswer<readonly string[]>;
  labelValues(uri: string, of: { readonly metric: string; readonly label: string }): LiveAnswer<readonly string[]>;
}

export interface LiveKnowledge {
  readonly tracker: TrackerKnowledge;
  readonly registry: RegistryKnowledge;
  readonly cluster: ClusterKnowledge;
  readonly prometheus: PrometheusKnowledge;
}

const nothing: LiveAnswer<never> = { known: null, pending: false };

/** For what has no provider, and where nothing may be asked. */
export const nothingKnown: LiveKnowledge = {
  tracker: { trackerValues: () => nothing },
  registry: { models: () => nothing },
  cluster: { contexts: () => nothing, namespaces: () => nothing },
  prometheus: { metricNames: () => nothing, labelNames: () => nothing, labelValues: () => nothing },
};
