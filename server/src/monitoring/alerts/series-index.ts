import type { Fact } from '../monitor-facts.ts';
import { fingerprintOf, type Labels } from './labels.ts';

const indexes = new WeakMap<readonly Fact[], ReadonlyMap<string, Fact>>();

/** The fact of a series with exactly these labels. A query may give thousands: they are found without a look at each. */
export function exactFact(facts: readonly Fact[], labels: Labels): Fact | null {
  return indexOf(facts).get(fingerprintOf(labels)) ?? null;
}

function indexOf(facts: readonly Fact[]): ReadonlyMap<string, Fact> {
  const known = indexes.get(facts);
  if (known) return known;
  const made = new Map(facts.map((fact) => [fingerprintOf(fact.labels), fact]));
  indexes.set(facts, made);
  return made;
}
