import type { ModelVersion, ModelVersionDetails } from '#schemas/domain/model-version.ts';
import { FailureError } from '../platform/failure.ts';
import { validApprovals } from './approve-version.ts';
import { readAuditEntries } from './audit/read-entries.ts';
import { checkSignature, isSignatureAsked } from './check-signature.ts';
import { findVersionOf } from './find-version.ts';
import { newestReport } from './gates/newest-report.ts';
import type { ModelContext } from './model-context.ts';
import type { ModelPolicy } from './model-documents.ts';
import { formatVersion } from './model-reference.ts';
import { type PromotionFacts, type PromotionPlan, planPromotion, planRollback, type StagePolicy } from './promotion.ts';
import { stageMoves, stageToReturnTo } from './stage-history.ts';
import { requireStage } from './stages.ts';

/** A change of stage that could be made, with all that a person wants to see before. */
export interface StageProposal {
  readonly action: 'promote' | 'rollback';
  readonly candidate: ModelVersion;
  readonly stage: string;
  readonly plan: PromotionPlan;
}

export interface PromotionRequest {
  readonly model: string;
  /** A version, an alias or a range. */
  readonly selector: string;
  readonly stage: string;
}

/** What promoting a version would change, and what stands against it. Fails with `input` and `not-found`. */
export async function planStagePromotion(
  context: ModelContext,
  request: PromotionRequest,
  signal?: AbortSignal,
): Promise<StageProposal> {
  const details = await findVersionOf(context.registry, request, signal);
  const policy = await context.policy(details.version.model, signal);
  const stage = requireStage(request.stage, policy);
  const facts = await gatherFacts(context, { details, policy, stage }, signal);
  return {
    action: 'promote',
    candidate: details.version,
    stage: request.stage,
    plan: planPromotion(request.stage, facts),
  };
}

export interface RollbackRequest {
  readonly model: string;
  /** The version to go back to. */
  readonly selector: string;
  /** Null: the stage that the version was in last. */
  readonly stage: string | null;
}

/**
 * What going back to an earlier version would change. The audit log says where it has been: where that is not intact,
 * nobody knows (`corrupt`).
 */
export async function planStageRollback(
  context: ModelContext,
  request: RollbackRequest,
  signal?: AbortSignal,
): Promise<StageProposal> {
  const details = await findVersionOf(context.registry, request, signal);
  const { model, version } = details.version;
  const moves = stageMoves(model, readAuditEntries(context.audit));
  const name = request.stage ?? stageToReturnTo(version, moves);
  if (name === null) {
    throw new FailureError('input', `${formatVersion(details.version)} was never in a stage.`, {
      remedy: 'Going back is for versions that were in use: promote this one.',
    });
  }
  const policy = await context.policy(model, signal);
  const facts = await gatherFacts(context, { details, policy, stage: requireStage(name, policy) }, signal);
  const held = moves.filter(({ stage }) => stage === name).map((move) => move.version);
  return { action: 'rollback', candidate: details.version, stage: name, plan: planRollback(name, facts, held) };
}

/**
 * Makes the change of a proposal, with its audit entry in one transaction where the registry can. Fails with `input`
 * where something stands against it, with `permission`, and with `busy` where the registry has changed since: then
 * nothing was done.
 */
export async function carryOut(
  context: ModelContext,
  { action, candidate, plan }: StageProposal,
  reason: string | null,
  signal?: AbortSignal,
): Promise<void> {
  const actor = await context.people.authorize(action);
  const [problem] = plan.problems;
  if (problem !== undefined) {
    throw new FailureError('input', `${formatVersion(candidate)} can’t be ${participle[action]}: ${problem}`);
  }
  if (action === 'rollback' && (reason ?? '').trim() === '') {
    throw new FailureError('input', 'Going back needs a reason: the audit log keeps it.');
  }
  const act = { action, actor, reason, nonces: plan.nonces };
  await context.registry.change(candidate.model, plan.changes, act, signal);
}

const participle = { promote: 'promoted', rollback: 'rolled back to' } as const;

interface Subject {
  readonly details: ModelVersionDetails;
  readonly policy: ModelPolicy | null;
  readonly stage: StagePolicy | null;
}

async function gatherFacts(context: ModelContext, subject: Subject, signal?: AbortSignal): Promise<PromotionFacts> {
  const { details, policy, stage } = subject;
  const { model } = details.version;
  const gates = policy?.document.validation?.gates ?? [];
  const [versions, aliases, kept] = await Promise.all([
    context.registry.listVersions(model, signal),
    context.registry.aliases(model, signal),
    newestReport(context.registry, details, gates, signal),
  ]);
  // What has to be verified has to be there: who could take a signature away would go round it else.
  const asked = isSignatureAsked(policy, 'promote') || (details.bundle !== null && stage?.requireSignature);
  const signature = asked ? await checkSignature(context, details, policy) : null;
  const approvals =
    stage === null || stage.approvals === 0
      ? []
      : await validApprovals(context, { details, stage, report: kept?.digest ?? null }, signal);
  const left = policy?.document.stages?.find(({ name }) => name === details.version.stage);
  return {
    ...{ candidate: details.version, versions, aliases, policy: stage, leavingAlias: left?.alias ?? null },
    ...{ report: kept?.report ?? null, hasGates: gates.length > 0, signature, approvals },
  };
}
