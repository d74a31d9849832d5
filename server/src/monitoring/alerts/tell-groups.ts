import type { AlertNotice, NoticeAlert } from '#schemas/domain/alert-notice.ts';
import { digestOfJson } from '../../platform/canonical-json.ts';
import type { ActiveAlert, ToldGroup } from './alert-memory.ts';
import { type Labels, pick } from './labels.ts';
import type { AlertPolicy, AlertRule } from './rules.ts';

/** An alert that fires and that nothing keeps quiet. */
export interface LoudAlert {
  readonly fingerprint: string;
  readonly alert: ActiveAlert;
  readonly rule: AlertRule;
}

export interface Telling {
  readonly policy: AlertPolicy;
  readonly loud: readonly LoudAlert[];
  /** Whether an alert fires, told or not. */
  readonly fires: (fingerprint: string) => boolean;
  readonly isSilenced: (labels: Labels) => boolean;
  /** Channels that want to hear of what fires with every check. */
  readonly refreshed: ReadonlySet<string>;
  /** Why an alert that no longer fires is over, one line. */
  readonly ending: (fingerprint: string, rule: string) => string;
  readonly now: number;
}

interface Told {
  readonly groups: Record<string, ToldGroup>;
  readonly notices: AlertNotice[];
}

/** What every group's channel has to hear now, given what it heard before. */
export function tellGroups(before: Readonly<Record<string, ToldGroup>>, telling: Telling): Told {
  const groups: Record<string, ToldGroup> = {};
  const notices: AlertNotice[] = [];
  const members = membersByGroup(telling);
  for (const key of [...new Set([...Object.keys(before), ...members.keys()])].sort()) {
    const member = members.get(key);
    const known = before[key] ?? (member && { ...member.group, at: 0, count: 0, firing: {} });
    if (!known) continue;
    const { group, notice } = tellGroup(key, known, { ...telling, loud: member?.loud ?? [] });
    if (Object.keys(group.firing).length > 0) groups[key] = group;
    if (notice) notices.push(notice);
  }
  return { groups, notices };
}

interface Member {
  readonly group: { readonly channel: string; readonly labels: Labels };
  readonly loud: LoudAlert[];
}

function membersByGroup({ policy, loud }: Telling): ReadonlyMap<string, Member> {
  const found = new Map<string, Member>();
  for (const one of loud) {
    const labels = pick(one.alert.labels, one.rule.groupBy);
    for (const channel of one.rule.channels) {
      const { digest } = digestOfJson({ monitor: policy.monitor, channel, labels });
      const member = found.get(digest) ?? { group: { channel, labels }, loud: [] };
      member.loud.push(one);
      found.set(digest, member);
    }
  }
  return found;
}

function tellGroup(key: string, before: ToldGroup, telling: Telling): { group: ToldGroup; notice: AlertNotice | null } {
  const { loud, now } = telling;
  const { over, kept } = sortOut(before, telling);
  const resolved = over.filter(([, told]) => told.tellsResolved);
  const isNew = loud.some(({ fingerprint }) => !Object.hasOwn(before.firing, fingerprint));
  const isDue = loud.length > 0 && now - before.at >= Math.min(...loud.map(({ rule }) => rule.repeatMs));
  const kind = kindOf({ isNew, hasResolved: resolved.length > 0, isDue, ...telling }, before.channel);
  if (kind === null) return { group: { ...before, firing: kept }, notice: null };
  const count = before.count + 1;
  const firing = { ...kept, ...Object.fromEntries(loud.map((one) => [one.fingerprint, toldOf(one)])) };
  // A refresh is no news: it does not put off the next repeat.
  const at = loud.length > 0 && kind !== 'refresh' ? now : before.at;
  const notice: AlertNotice = {
    id: digestOfJson({ group: key, count, now }).digest,
    monitor: telling.policy.monitor,
    model: telling.policy.model,
    channel: before.channel,
    group: key,
    groupLabels: before.labels,
    kind,
    firing: loud.map((one) => firingAlert(one)),
    resolved: resolved.map(([fingerprint, told]) => resolvedAlert(fingerprint, told, telling)),
    at: now,
    validUntil: now + 2 * Math.max(0, ...loud.map(({ rule }) => rule.repeatMs)),
  };
  return { group: { ...before, at, count, firing }, notice };
}

type ToldAlert = ToldGroup['firing'][string];

/** What the channel believes to fire: over and to be said so, or to be kept in mind because it still fires or is silenced. */
function sortOut(before: ToldGroup, { policy, fires, isSilenced }: Telling) {
  const over: [string, ToldAlert][] = [];
  const kept: Record<string, ToldAlert> = {};
  for (const [fingerprint, told] of Object.entries(before.firing)) {
    const stillToThem = policy.rules.find(({ name }) => name === told.name)?.channels.includes(before.channel) ?? true;
    if (isSilenced(told.labels)) kept[fingerprint] = told;
    else if (!fires(fingerprint)) over.push([fingerprint, told]);
    else if (stillToThem) kept[fingerprint] = told;
  }
  return { over, kept };
}

function kindOf(
  found: {
    isNew: boolean;
    hasResolved: boolean;
    isDue: boolean;
    loud: readonly LoudAlert[];
    refreshed: ReadonlySet<string>;
  },
  channel: string,
): AlertNotice['kind'] | null {
  if (found.isNew) return 'new';
  if (found.hasResolved) return 'resolved';
  if (found.isDue) return 'repeat';
  return found.loud.length > 0 && found.refreshed.has(channel) ? 'refresh' : null;
}

function toldOf({ alert, rule }: LoudAlert): ToldAlert {
  return {
    name: rule.name,
    severity: rule.severity,
    labels: alert.labels,
    condition: rule.when,
    startedAt: alert.since,
    runbook: rule.runbook,
    tellsResolved: rule.tellsResolved,
  };
}

function firingAlert(one: LoudAlert): NoticeAlert {
  const { tellsResolved: _, ...told } = toldOf(one);
  return { ...told, fingerprint: one.fingerprint, found: one.alert.found, endedAt: null };
}

function resolvedAlert(fingerprint: string, told: ToldAlert, { ending, now }: Telling): NoticeAlert {
  const { tellsResolved: _, ...about } = told;
  return { ...about, fingerprint, found: ending(fingerprint, told.name), endedAt: now };
}
