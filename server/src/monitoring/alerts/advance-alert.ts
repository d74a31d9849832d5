import type { ActiveAlert } from './alert-memory.ts';
import type { Labels } from './labels.ts';
import type { AlertRule } from './rules.ts';

/** What a check found for one alert; `missing`: the series had values, but none for this label set. */
export interface Observation {
  readonly rule: AlertRule;
  /** All of the alert's. */
  readonly labels: Labels;
  readonly holds: boolean | null | 'missing';
  readonly found: string;
}

/** How one alert goes on; null where it is over, or never began. An unknown condition changes nothing. */
export function advanceAlert(before: ActiveAlert | null, seen: Observation, now: number): ActiveAlert | null {
  const { holds, found, rule } = seen;
  if (holds === true) return whileItHolds(before, seen, now);
  if (before === null) return null;
  const unsure = { ...before, found: `could not be told again: ${found}` };
  if (holds === null) return unsure;
  if (holds === 'missing') {
    // A series may be gone for good (a pod that was replaced): it isn't waited for longer than a repeat.
    return now - before.toldAt >= rule.repeatMs ? null : unsure;
  }
  if (before.phase === 'pending') return null;
  const quietSince = before.quietSince ?? now;
  return now - quietSince >= rule.keepFiringForMs ? null : { ...before, quietSince, toldAt: now, found };
}

function whileItHolds(before: ActiveAlert | null, { rule, labels, found }: Observation, now: number): ActiveAlert {
  const since = before?.since ?? now;
  const fires = before?.phase === 'firing' || now - since >= rule.forMs;
  return {
    rule: rule.name,
    labels,
    phase: fires ? 'firing' : 'pending',
    since,
    firedAt: fires ? (before?.firedAt ?? now) : null,
    quietSince: null,
    toldAt: now,
    found,
  };
}
