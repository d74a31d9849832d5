import { z } from 'zod';

const labels = z.record(z.string(), z.string());

/** An alert whose condition held: not yet for long enough, or firing. */
const activeAlert = z.object({
  rule: z.string(),
  labels,
  phase: z.enum(['pending', 'firing']),
  /** Unix milliseconds since when the condition held. */
  since: z.number(),
  /** Since when it fires; null while it is pending. */
  firedAt: z.number().nullable(),
  /** Since when the condition no longer holds though it goes on firing (`keepFiringFor`); null while it holds. */
  quietSince: z.number().nullable(),
  /** When the condition could last be told for this label set. */
  toldAt: z.number(),
  found: z.string(),
});
export type ActiveAlert = z.infer<typeof activeAlert>;

/** What a channel was told about a group. */
const toldGroup = z.object({
  channel: z.string(),
  labels,
  /** When it was last told of alerts that fire. */
  at: z.number(),
  /** Notices so far. */
  count: z.int(),
  /** The alerts that it believes to fire, by fingerprint. */
  firing: z.record(
    z.string(),
    z.object({
      name: z.string(),
      severity: z.enum(['info', 'warning', 'critical']),
      labels,
      condition: z.string(),
      startedAt: z.number(),
      runbook: z.string().nullable(),
      tellsResolved: z.boolean(),
    }),
  ),
});
export type ToldGroup = z.infer<typeof toldGroup>;

/** What is remembered of a monitor's alerts from one check to the next. */
export const alertMemory = z.object({
  /** Of the last check. */
  at: z.number(),
  active: z.record(z.string(), activeAlert),
  groups: z.record(z.string(), toldGroup),
});
export type AlertMemory = z.infer<typeof alertMemory>;

export const noMemory: AlertMemory = { at: 0, active: {}, groups: {} };

/**
 * The memory as if none of it were of the future. Where the clock went back, waiting begins anew instead of ending early or
 * never.
 */
export function notAfter(memory: AlertMemory, now: number): AlertMemory {
  if (memory.at <= now) return memory;
  const at = (time: number) => Math.min(time, now);
  const orNull = (time: number | null) => (time === null ? null : at(time));
  return {
    at: now,
    active: mapValues(memory.active, (alert) => ({
      ...alert,
      since: at(alert.since),
      firedAt: orNull(alert.firedAt),
      quietSince: orNull(alert.quietSince),
      toldAt: at(alert.toldAt),
    })),
    groups: mapValues(memory.groups, (group) => ({ ...group, at: at(group.at) })),
  };
}

function mapValues<T>(record: Readonly<Record<string, T>>, change: (value: T) => T): Record<string, T> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]));
}
