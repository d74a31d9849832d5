import type { Output } from './output.ts';

/** Ids as a person needs them: on a terminal the first eight characters, or as many as tell these runs apart. */
export function shortenIds(ids: readonly string[], output: Pick<Output, 'interactive'>): ReadonlyMap<string, string> {
  if (!output.interactive) return new Map(ids.map((id) => [id, id]));
  const distinct = new Set(ids).size;
  let length = 8;
  while (length < 64 && new Set(ids.map((id) => id.slice(0, length))).size < distinct) length += 1;
  return new Map(ids.map((id) => [id, id.slice(0, length)]));
}
