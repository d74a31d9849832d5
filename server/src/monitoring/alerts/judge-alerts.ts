import type { AlertNotice } from '#schemas/domain/alert-notice.ts';
import type { AlertStatus } from '#schemas/domain/monitor-report.ts';
import { advanceAlert, type Observation } from './advance-alert.ts';
import { type ActiveAlert, type AlertMemory, notAfter } from './alert-memory.ts';
import type { Outcome } from './conditions.ts';
import { fingerprintOf } from './labels.ts';
import { createInhibition, silenceOf } from './muting.ts';
import { type AlertPolicy, labelsOf } from './rules.ts';
import { tellGroups } from './tell-groups.ts';

export interface AlertCheck {
  readonly policy: AlertPolicy;
  /** What each rule's condition says, by the rule's name. */
  readonly outcomes: ReadonlyMap<string, readonly Outcome[]>;
  /** Channels that want to hear of what fires with every check. */
  readonly refreshed: ReadonlySet<string>;
  /** Unix milliseconds. */
  readonly now: number;
}

export interface JudgedAlerts {
  readonly memory: AlertMemory;
  readonly notices: readonly AlertNotice[];
  readonly statuses: readonly AlertStatus[];
}

/** One step of a monitor's alerts: what is remembered and what was found give what is remembered next and who is told what. */
export function judgeAlerts(memory: AlertMemory, check: AlertCheck): JudgedAlerts {
  const { policy, now } = check;
  const before = notAfter(memory, now);
  const observations = observe(before, check);
  const active: Record<string, ActiveAlert> = {};
  for (const [fingerprint, seen] of observations) {
    const next = advanceAlert(before.active[fingerprint] ?? null, seen, now);
    if (next) active[fingerprint] = next;
  }
  const firing = Object.entries(active).filter(([, { phase }]) => phase === 'firing');
  const inhibitorOf = createInhibition(
    policy.rules,
    firing.map(([, alert]) => alert),
  );
  const muteOf = (alert: ActiveAlert) => muted(alert, { check, inhibitorOf });
  const loud = firing.flatMap(([fingerprint, alert]) => {
    const rule = policy.rules.find(({ name }) => name === alert.rule);
    return rule && muteOf(alert) === null ? [{ fingerprint, alert, rule }] : [];
  });
  const { groups, notices } = tellGroups(before.groups, {
    ...check,
    loud,
    fires: (fingerprint) => active[fingerprint]?.phase === 'firing',
    isSilenced: (labels) => silenceOf(labels, policy.silences, now) !== null,
    ending: (fingerprint, rule) => observations.get(fingerprint)?.found ?? endingOf(rule, policy),
  });
  const statuses = [...observations].map(([fingerprint, seen]) => statusOf(seen, active[fingerprint] ?? null, muteOf));
  return { memory: { at: now, active, groups }, notices, statuses: statuses.sort(byName) };
}

/** Each alert that could be told of now or was active before, by its fingerprint, in its order. */
function observe(before: AlertMemory, { policy, outcomes }: AlertCheck): ReadonlyMap<string, Observation> {
  const found = new Map<string, Observation>();
  for (const rule of policy.rules) {
    const own = outcomes.get(rule.name) ?? [];
    for (const { labels: series, holds, found: figures } of own) {
      const labels = labelsOf(policy, rule, series);
      const seen = { rule, labels, holds, found: figures };
      const fingerprint = fingerprintOf(labels);
      found.set(fingerprint, graver(found.get(fingerprint), seen));
    }
    const toldNow = own.some(({ holds }) => holds !== null);
    for (const [fingerprint, { rule: name, labels }] of Object.entries(before.active)) {
      if (name !== rule.name || found.has(fingerprint)) continue;
      found.set(fingerprint, { rule, labels, ...missing(own, toldNow) });
    }
  }
  return new Map([...found].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function endingOf(name: string, { rules }: AlertPolicy): string {
  const isThere = rules.some((rule) => rule.name === name);
  return isThere ? goneLabels : 'The alert is no longer in the document.';
}

const goneLabels = 'Nothing is reported for these labels any more.';

function missing(own: readonly Outcome[], toldNow: boolean): Pick<Observation, 'holds' | 'found'> {
  if (toldNow) return { holds: 'missing', found: goneLabels };
  return { holds: null, found: own[0]?.found ?? 'The condition was not judged.' };
}

/** Of two observations with the same labels, the one that says more: it holds, then nobody knows, then it doesn't. */
function graver(a: Observation | undefined, b: Observation): Observation {
  if (!a) return b;
  const rank = ({ holds }: Observation) => (holds === true ? 2 : holds === null ? 1 : 0);
  if (rank(a) !== rank(b)) return rank(a) > rank(b) ? a : b;
  return a.found <= b.found ? a : b;
}

interface Muting {
  readonly check: AlertCheck;
  readonly inhibitorOf: (alert: ActiveAlert) => string | null;
}

function muted({ labels, ...alert }: ActiveAlert, { check, inhibitorOf }: Muting) {
  const silence = silenceOf(labels, check.policy.silences, check.now);
  if (silence) return { state: 'silenced' as const, why: `silenced: ${silence.comment}` };
  const inhibitor = inhibitorOf({ labels, ...alert });
  return inhibitor === null ? null : { state: 'inhibited' as const, why: `kept quiet by “${inhibitor}”` };
}

function statusOf(
  { rule, labels, holds, found }: Observation,
  alert: ActiveAlert | null,
  muteOf: (alert: ActiveAlert) => ReturnType<typeof muted>,
): AlertStatus {
  const about = { name: rule.name, severity: rule.severity, labels, runbook: rule.runbook };
  if (alert === null) return { ...about, state: holds === null ? 'unknown' : 'inactive', since: null, reason: found };
  const mute = alert.phase === 'firing' ? muteOf(alert) : null;
  const reason = [alert.found, ...(mute ? [mute.why] : [])].join('; ');
  return { ...about, state: mute?.state ?? alert.phase, since: alert.firedAt ?? alert.since, reason };
}

function byName(a: AlertStatus, b: AlertStatus): number {
  const key = ({ name, labels }: AlertStatus) => `${name}\0${fingerprintOf(labels)}`;
  return key(a) < key(b) ? -1 : 1;
}
