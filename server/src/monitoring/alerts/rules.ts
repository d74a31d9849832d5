import { durationMs } from '../../platform/units.ts';
import type { MonitorDocument } from '../monitor-documents.ts';
import type { Labels } from './labels.ts';

type Severity = NonNullable<MonitorDocument['alerts']>[number]['severity'];

/** One alert of a document, durations in milliseconds. */
export interface AlertRule {
  /** Unique in the document. */
  readonly name: string;
  readonly when: string;
  readonly channels: readonly string[];
  readonly severity: Severity;
  readonly forMs: number;
  readonly keepFiringForMs: number;
  readonly groupBy: readonly string[];
  readonly repeatMs: number;
  /** Names of alerts that keep quiet while this one fires. */
  readonly inhibits: readonly string[];
  readonly runbook: string | null;
  readonly labels: Labels;
  readonly tellsResolved: boolean;
}

export interface Silence {
  readonly match: Labels;
  /** Unix milliseconds; `until` is exclusive. */
  readonly from: number;
  readonly until: number;
  readonly comment: string;
}

/** What a document says about its alerts. */
export interface AlertPolicy {
  readonly monitor: string;
  readonly model: string | null;
  /** Labels of all its alerts. */
  readonly labels: Labels;
  readonly rules: readonly AlertRule[];
  readonly silences: readonly Silence[];
}

/**
 * What a document says about its alerts. Mistakes don't keep the others from being judged: `onWarning` hears of a silence with
 * a time that is none, which does not hold, and of a second alert of one name, which gets a number.
 */
export function policyOf(
  document: MonitorDocument,
  runbookBase: string | null,
  onWarning: (message: string) => void,
): AlertPolicy {
  const { model, environment } = document;
  const taken = new Set<string>();
  const rules = (document.alerts ?? []).map(
    (alert): AlertRule => ({
      name: freeName(alert.name ?? alert.when.trim(), taken, onWarning),
      when: alert.when,
      channels: [...new Set([alert.channel].flat())],
      severity: alert.severity,
      forMs: optionalMs(alert.for),
      keepFiringForMs: optionalMs(alert.keepFiringFor),
      groupBy: alert.groupBy ?? ['alert'],
      repeatMs: durationMs(alert.repeat),
      inhibits: alert.inhibit ?? [],
      runbook: alert.runbook === undefined ? null : runbookAddress(alert.runbook, runbookBase),
      labels: alert.labels ?? {},
      tellsResolved: alert.resolved,
    }),
  );
  return {
    monitor: document.metadata.name,
    model: model ?? null,
    labels: { ...(model === undefined ? {} : { model }), ...(environment === undefined ? {} : { environment }) },
    rules,
    silences: (document.silences ?? []).flatMap((silence) => readSilence(silence, onWarning)),
  };
}

type SilenceEntry = NonNullable<MonitorDocument['silences']>[number];

function readSilence({ match, from, until, comment }: SilenceEntry, onWarning: (message: string) => void): Silence[] {
  const times = { from: from === undefined ? Number.NEGATIVE_INFINITY : Date.parse(from), until: Date.parse(until) };
  if (!Number.isNaN(times.from) && !Number.isNaN(times.until)) return [{ match, comment, ...times }];
  const wrong = Number.isNaN(times.until) ? until : from;
  onWarning(`The silence “${comment}” does not hold: “${wrong}” is no time. Write it as 2026-01-05T10:00:00Z.`);
  return [];
}

function freeName(name: string, taken: Set<string>, onWarning: (message: string) => void): string {
  let free = name;
  for (let number = 2; taken.has(free); number++) free = `${name} (${number})`;
  if (free !== name) onWarning(`Two alerts have the name “${name}”: the second is “${free}”.`);
  taken.add(free);
  return free;
}

/** Labels of an alert: those of the series, over them those of the rule, over all what names it. */
export function labelsOf(policy: AlertPolicy, rule: AlertRule, series: Labels): Labels {
  const named = { alert: rule.name, monitor: policy.monitor, severity: rule.severity };
  return { ...policy.labels, ...series, ...rule.labels, ...named };
}

/** A runbook as an address where there is one: as it is, or below the base. Anything but http and https stays text. */
function runbookAddress(runbook: string, base: string | null): string {
  if (/^[a-z][a-z0-9+.-]*:/i.test(runbook) || base === null) return runbook;
  return URL.parse(runbook.replace(/^\/+/, ''), base.endsWith('/') ? base : `${base}/`)?.href ?? runbook;
}

function optionalMs(duration: string | undefined): number {
  return duration === undefined ? 0 : durationMs(duration);
}
