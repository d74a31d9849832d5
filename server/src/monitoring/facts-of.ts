import type { DriftReport } from '#schemas/domain/drift-report.ts';
import type { MonitorCheck } from '#schemas/domain/monitor-report.ts';
import { fromJsonNumber } from '#schemas/domain/number.ts';
import type { Fact, MonitorFacts } from './monitor-facts.ts';

/** What the alerts of a monitor see of its checks. `drift` is null where the document has none or it could not be made. */
export function factsOf(checks: readonly MonitorCheck[], drift: DriftReport | null): MonitorFacts {
  const failed = checks.find(({ kind, name }) => kind === 'drift' && name === 'drift');
  return {
    drift: drift ? driftFacts(drift) : failed ? { unknown: failed.reason ?? 'The data could not be compared.' } : null,
    performance: series(checks.filter(({ kind }) => kind === 'performance')),
    metrics: series(checks.filter(({ kind }) => kind === 'metric')),
  };
}

function driftFacts({ share, drifted, rows, columns }: DriftReport): MonitorFacts['drift'] {
  const facts = columns.map(({ column, statistic, drifted: moved, missing, threshold }) => {
    const value = statistic === null ? null : fromJsonNumber(statistic);
    return [column, { statistic: value, drifted: moved, missing: missing?.current ?? null, threshold }] as const;
  });
  // Of a column by several methods, the one that drifted counts.
  const byDrift = facts.toSorted(([, one], [, other]) => Number(one.drifted ?? false) - Number(other.drifted ?? false));
  return { share, drifted, rows: rows.current, columns: Object.fromEntries(byDrift) };
}

function series(checks: readonly MonitorCheck[]): Readonly<Record<string, readonly Fact[]>> {
  const found = new Map<string, Fact[]>();
  for (const { name, labels, value, state, reason } of checks) {
    const fact: Fact =
      value === null || state === 'could-not-check' || state === 'no-data'
        ? { unknown: reason ?? 'There is no value.', labels }
        : { value: fromJsonNumber(value), labels };
    found.set(name, [...(found.get(name) ?? []), fact]);
  }
  return Object.fromEntries(found);
}
