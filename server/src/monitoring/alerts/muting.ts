import type { ActiveAlert } from './alert-memory.ts';
import { isSubset, type Labels } from './labels.ts';
import type { AlertRule, Silence } from './rules.ts';

/** The silence that keeps these labels quiet now; null where none does. */
export function silenceOf(labels: Labels, silences: readonly Silence[], now: number): Silence | null {
  return silences.find(({ match, from, until }) => from <= now && now < until && isSubset(match, labels)) ?? null;
}

/**
 * The name of the alert that keeps another quiet; null where none does. One inhibits those it names that have no label in
 * common with another value. Of alerts that inhibit each other in a circle, the first of the document is told.
 */
export function createInhibition(
  rules: readonly AlertRule[],
  firing: readonly ActiveAlert[],
): (alert: ActiveAlert) => string | null {
  const inhibitors = inhibitorsByName(rules);
  return (alert) => {
    const names = inhibitors.get(alert.rule) ?? [];
    if (names.length === 0) return null;
    return firing.find((other) => names.includes(other.rule) && agree(other.labels, alert.labels))?.rule ?? null;
  };
}

function inhibitorsByName(rules: readonly AlertRule[]): ReadonlyMap<string, readonly string[]> {
  const place = new Map(rules.map(({ name }, index) => [name, index]));
  const targets = new Map(rules.map(({ name, inhibits }) => [name, inhibits]));
  const reaches = (from: string, to: string, seen = new Set<string>()): boolean => {
    if (seen.has(from)) return false;
    seen.add(from);
    const next = targets.get(from) ?? [];
    return next.includes(to) || next.some((name) => reaches(name, to, seen));
  };
  const isLater = (source: string, target: string) => (place.get(source) ?? 0) >= (place.get(target) ?? 0);
  return new Map(
    rules.map(({ name }) => [
      name,
      rules
        .filter(
          ({ name: source, inhibits }) => inhibits.includes(name) && !(isLater(source, name) && reaches(name, source)),
        )
        .map(({ name: source }) => source),
    ]),
  );
}

const ownLabels: ReadonlySet<string> = new Set(['alert', 'severity']);

function agree(a: Labels, b: Labels): boolean {
  return Object.entries(a).every(
    ([name, value]) => ownLabels.has(name) || !Object.hasOwn(b, name) || b[name] === value,
  );
}
