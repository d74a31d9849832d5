import { searchFor } from './search-words.ts';

export type KeyValue = readonly [key: string, value: string];

/** Characters of a value that the page shows, and finds words in. */
export const longestShown = 20_000;

/** The entries that have all words of a search in key or value. */
export function matchingEntries(entries: readonly KeyValue[], search: string): KeyValue[] {
  const matches = searchFor(search);
  return entries.filter(([key, value]) => matches(`${key}\n${value.slice(0, longestShown)}`));
}
