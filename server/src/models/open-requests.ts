import type { ApprovalRequest } from '#schemas/domain/approval.ts';
import { mapConcurrently } from '../platform/concurrency.ts';
import { FailureError } from '../platform/failure.ts';
import { readApprovalRequests } from './approvals/approval-folder.ts';
import { approvalState } from './approve-version.ts';
import type { ModelContext } from './model-context.ts';

/** A request for approvals that still asks for something. */
export interface OpenRequest
  extends Pick<ApprovalRequest, 'model' | 'version' | 'to' | 'requestedBy' | 'requestedAt' | 'expiresAt' | 'comment'> {
  /** Approvals that count already, of how many. */
  readonly valid: number;
  readonly needed: number;
}

/** Approvals are judged with files and signatures: a few versions at a time. */
const judgedAtOnce = 4;

/**
 * Requests for approvals that are about versions as they are now, the newest of each promotion, in the order in which they
 * expire. Those that expired, that are about other files, another registry or another stage to come from, ask nothing any more.
 */
export async function openRequests(context: ModelContext, signal?: AbortSignal): Promise<readonly OpenRequest[]> {
  const newest = new Map<string, ApprovalRequest>();
  for (const request of await readApprovalRequests(context.folder)) {
    if (request.expiresAt <= context.now()) continue;
    const promotion = JSON.stringify([request.model, request.version, request.to]);
    if (request.requestedAt > (newest.get(promotion)?.requestedAt ?? 0)) newest.set(promotion, request);
  }
  const judged = await mapConcurrently([...newest.values()], judgedAtOnce, (one) => judge(context, one, signal));
  return judged.flat().sort((one, other) => one.expiresAt - other.expiresAt);
}

async function judge(context: ModelContext, request: ApprovalRequest, signal?: AbortSignal): Promise<OpenRequest[]> {
  const { model, version, to, requestedBy, requestedAt, expiresAt, comment } = request;
  try {
    const { subject, valid, needed } = await approvalState(context, { model, selector: version, stage: to }, signal);
    const isSame =
      subject.registry === request.registry &&
      subject.manifestDigest === request.manifestDigest &&
      subject.from === request.from &&
      needed > 0;
    const asked = { model, version, to, requestedBy, requestedAt, expiresAt, comment };
    return isSame ? [{ ...asked, valid: valid.length, needed }] : [];
  } catch (error) {
    // The version or the stage is gone: nobody can approve that.
    if (error instanceof FailureError && (error.reason === 'not-found' || error.reason === 'input')) return [];
    throw error;
  }
}
