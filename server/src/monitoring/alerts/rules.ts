import { FailureError } from '../../platform/failure.ts';
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

/** Fails with `input` where a silence has a time that is none, or two alerts have one name. */
export function policyOf(document: MonitorDocument, runbookBase: string | null): AlertPolicy {
  const { model, environment } = document;
  const rules = (document.alerts ?? []).map(
    (alert): AlertRule => ({
      name: alert.name ?? alert.when.trim(),
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
  requireUniqueNames(rules);
  return {
    monitor: document.metadata.name,
    model: model ?? null,
    labels: { ...(model === undefined ? {} : { model }), ...(environment === undefined ? {} : { environment }) },
    rules,
    silences: (document.silences ?? []).map(({ match, from, until, comment }) => ({
      match,
      from: from === undefined ? Number.NEGATIVE_INFINITY : time(from),
      until: time(until),
      comment,
    })),
  };
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

function time(text: string): number {
  const parsed = Date.parse(text);
  if (!Number.isNaN(parsed)) return parsed;
  throw new FailureError('input', `A silence has the time “${text}”, which is none.`, {
    remedy: 'Write it as 2026-01-05T10:00:00Z.',
  });
}

function requireUniqueNames(rules: readonly AlertRule[]): void {
  const seen = new Set<string>();
  for (const { name } of rules) {
    if (seen.has(name)) {
      throw new FailureError('input', `Two alerts have the name “${name}”.`, {
        remedy: 'Give each a “name” of its own.',
      });
    }
    seen.add(name);
  }
}
