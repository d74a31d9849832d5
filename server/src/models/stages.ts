import { isDeepStrictEqual } from 'node:util';
import type { ModelVersion } from '#schemas/domain/model-version.ts';
import { FailureError } from '../platform/failure.ts';
import type { ModelPolicy } from './model-documents.ts';
import type { PlannedStep, StagePolicy } from './promotion.ts';

/** What the Model document asks of a stage; null where it names none at all: then nothing is asked. */
export function requireStage(name: string, policy: ModelPolicy | null): StagePolicy | null {
  const stages = policy?.document.stages ?? [];
  const stage = stages.find((one) => one.name === name);
  if (stage) return stage;
  if (stages.length === 0) {
    if (/^[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?$/i.test(name)) return null;
    throw new FailureError('input', `“${name}” can’t be a stage: write letters, digits and dashes, as in production.`);
  }
  throw new FailureError('input', `${policy?.document.metadata.name ?? 'The model'} has no stage “${name}”.`, {
    remedy: `Its Model document has: ${stages.map((one) => one.name).join(', ')}.`,
  });
}

/** A stage as pickers show it. */
export interface KnownStage {
  readonly name: string;
  /** Approvals that it asks for. */
  readonly approvals: number;
  readonly alias: string | null;
}

/** Stages of the Model document in their order; without one, those that versions are in and the usual ones. */
export function stagesOf(policy: ModelPolicy | null, versions: readonly Pick<ModelVersion, 'stage'>[]): KnownStage[] {
  const named = policy?.document.stages ?? [];
  if (named.length > 0) return named.map(({ name, approvals, alias }) => ({ name, approvals, alias: alias ?? null }));
  const used = versions.flatMap(({ stage }) => (stage === null ? [] : [stage]));
  return [...new Set([...usual, ...used])].map((name) => ({ name, approvals: 0, alias: null }));
}

const usual = ['staging', 'production'];

/** Whether two plans would do the same. */
export function sameSteps(a: readonly PlannedStep[], b: readonly PlannedStep[]): boolean {
  return isDeepStrictEqual(
    a.map(({ what, before, after }) => [what, before, after]),
    b.map(({ what, before, after }) => [what, before, after]),
  );
}
