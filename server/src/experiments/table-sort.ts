import { parseNumber } from './number-text.ts';
import { byText } from './table-columns.ts';

/** What to sort by: each row's value, undefined where it has none. */
export interface SortKey {
  readonly values: readonly (string | number | null | undefined)[];
  readonly descending: boolean;
}

/**
 * The rows in the order of the keys, one after another; rows that are equal by all of them keep their order. In either
 * direction NaN comes after all numbers and what is missing comes last. Texts that are all numbers are ordered as such.
 */
export function sortRows(rows: readonly number[], keys: readonly SortKey[]): number[] {
  const ranked = keys.map((key) => ({ ranks: ranksOf(key.values), sign: key.descending ? -1 : 1 }));
  return [...rows].sort((a, b) => {
    for (const { ranks, sign } of ranked) {
      const order = compareRanks(ranks[a] ?? missing, ranks[b] ?? missing, sign);
      if (order !== 0) return order;
    }
    return 0;
  });
}

interface Rank {
  /** 0 for a value, 1 for NaN, 2 for none. */
  readonly tier: number;
  readonly value: number;
}

const missing: Rank = { tier: 2, value: 0 };
const notANumber: Rank = { tier: 1, value: 0 };

function compareRanks(a: Rank, b: Rank, sign: number): number {
  if (a.tier !== b.tier) return a.tier - b.tier;
  if (a.value === b.value) return 0;
  return a.value < b.value ? -sign : sign;
}

function ranksOf(values: SortKey['values']): Rank[] {
  const present = values.filter((value) => value !== null && value !== undefined);
  const numbers = new Map(present.map((value) => [value, typeof value === 'number' ? value : parseNumber(value)]));
  const numeric = [...numbers.values()].every((value) => value !== null);
  const places = numeric ? numbers : placesOf([...numbers.keys()].map(String));
  return values.map((value) => {
    if (value === null || value === undefined) return missing;
    const place = places.get(numeric ? value : String(value)) ?? 0;
    return Number.isNaN(place) ? notANumber : { tier: 0, value: place };
  });
}

function placesOf(texts: readonly string[]): Map<string | number, number | null> {
  const sorted = [...new Set(texts)].sort((a, b) => byText.compare(a, b) || (a < b ? -1 : 1));
  return new Map(sorted.map((text, place) => [text, place]));
}
