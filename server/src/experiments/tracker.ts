import type { TrackingStore } from './tracking-store.ts';

/** A tracker as the services see it. */
export interface Tracker {
  /** Tells it apart from trackers of the same name in other folders, and from what it was before a new configuration. */
  readonly key: string;
  /** As in run references. */
  readonly name: string;
  readonly store: TrackingStore;
}

/** A tracker with a page of its own is a server: what it is asked costs a round trip and comes in small pages. */
export function isServer(store: TrackingStore): boolean {
  return store.link('0', null) !== null;
}

/** Adds a signal to the options of a store's call where there is one. */
export function withSignal<T extends object>(
  options: T,
  signal: AbortSignal | undefined,
): T & { signal?: AbortSignal } {
  return signal === undefined ? options : { ...options, signal };
}
