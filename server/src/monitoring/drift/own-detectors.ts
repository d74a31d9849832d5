import type { DriftColumn } from '#schemas/domain/drift-report.ts';
import { toJsonNumber } from '#schemas/domain/number.ts';
import { toFailure } from '../../platform/failure.ts';
import type { DetectedColumn } from './plan-columns.ts';

/** A command that judges a column in a way of its own. */
export interface OwnDetector {
  readonly name: string;
  readonly run: string;
  readonly timeoutMs: number;
}

/** What a detector printed. */
export interface Detection {
  readonly statistic: number;
  readonly drifted: boolean;
  readonly pValue: number | null;
  readonly threshold: number | null;
  readonly reason: string | null;
}

/** Runs a detector on both samples. Fails with FailureError where it fails, takes too long or prints something else. */
export type RunDetector = (detector: OwnDetector, column: string, signal?: AbortSignal) => Promise<Detection>;

/** The row of a column that a detector of one’s own judges; where that fails, nobody could check it. */
export async function detectedRow(
  { name, type, detector }: DetectedColumn,
  run: RunDetector,
  signal?: AbortSignal,
): Promise<DriftColumn> {
  const row = {
    ...{ column: name, type, method: null, adjustedPValue: null, errorBound: null, missing: null },
    detector: detector.name,
  };
  try {
    const { statistic, drifted, pValue, threshold, reason } = await run(detector, name, signal);
    const verdict = drifted ? 'drift' : 'no-drift';
    return { ...row, statistic: toJsonNumber(statistic), pValue, threshold, drifted, verdict, reason };
  } catch (error) {
    signal?.throwIfAborted();
    const { message, remedy } = toFailure(error);
    const reason = remedy === null ? message : `${message} ${remedy}`;
    const none = { statistic: null, pValue: null, threshold: null, drifted: null } as const;
    return { ...row, ...none, verdict: 'could-not-check', reason };
  }
}
