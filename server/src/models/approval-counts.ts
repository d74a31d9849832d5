import type { ApprovalCount } from '#schemas/domain/approval.ts';
import type { ModelVersion } from '#schemas/domain/model-version.ts';
import { mapConcurrently } from '../platform/concurrency.ts';
import { readApprovalNames, readApprovalRequests } from './approvals/approval-folder.ts';
import { approvalState } from './approve-version.ts';
import type { ModelContext } from './model-context.ts';

/** Approvals are judged with files and signatures: a few versions at a time. */
const judgedAtOnce = 4;

/**
 * How far versions of one model are with their approvals: for each stage that asks for some, those versions that somebody
 * approved, or asked approval for, and that are not there yet. Fails as {@link approvalState} does.
 */
export async function approvalCounts(
  context: ModelContext,
  { model, versions }: { readonly model: string; readonly versions: readonly ModelVersion[] },
  signal?: AbortSignal,
): Promise<ApprovalCount[]> {
  const policy = await context.policy(model, signal);
  const stages = (policy?.document.stages ?? []).filter(({ approvals }) => approvals > 0);
  if (stages.length === 0) return [];
  const names = await readApprovalNames(context.folder);
  const begun = versions
    .filter(({ archived }) => !archived)
    .flatMap((version) => stages.map(({ name: stage }) => ({ version, stage })))
    .filter(({ version, stage }) => stage !== version.stage)
    .filter(({ version, stage }) => names.some((name) => name.startsWith(`${model}-${version.version}-${stage}-`)));
  if (begun.length === 0) return [];
  const asked = await readApprovalRequests(context.folder);
  const counts = await mapConcurrently(begun, judgedAtOnce, async ({ version: { version }, stage }) => {
    const state = await approvalState(context, { model, selector: version, stage }, signal);
    const { subject, needed, valid } = state;
    // What was used up, or is about other files, says nothing of what comes next.
    const isAsked = asked.some(
      (request) =>
        request.expiresAt > context.now() &&
        request.manifestDigest === subject.manifestDigest &&
        request.from === subject.from &&
        request.to === stage &&
        request.version === version &&
        request.model === model,
    );
    return isAsked || valid.length > 0 ? [{ version, stage, valid: valid.length, needed }] : [];
  });
  return counts.flat();
}
