import { z } from 'zod';
import type { AuditEntry } from '#schemas/domain/audit.ts';
import { isAbout } from './audit/query.ts';

/** When a version came into a stage. */
export interface StageMove {
  readonly version: string;
  readonly stage: string;
  /** Unix milliseconds. */
  readonly time: number;
}

const stages = z.record(z.string(), z.unknown());
const stageKey = /^stage of (.+)$/;

/** Moves of a model's versions into stages, oldest first, as the audit log tells them. */
export function stageMoves(model: string, entries: readonly AuditEntry[]): StageMove[] {
  return entries.filter((entry) => isAbout(entry, model)).flatMap(movesOf);
}

function movesOf({ after, time }: AuditEntry): StageMove[] {
  const told = stages.safeParse(after);
  if (!told.success) return [];
  return Object.entries(told.data).flatMap(([key, stage]): StageMove[] => {
    const version = stageKey.exec(key)?.[1];
    return version !== undefined && typeof stage === 'string' ? [{ version, stage, time }] : [];
  });
}

/**
 * The stage that going back to a version is about, where nobody names one: the last that the version was in. Null where
 * it was in none.
 */
export function stageToReturnTo(version: string, moves: readonly StageMove[]): string | null {
  return moves.findLast((move) => move.version === version)?.stage ?? null;
}
