import { type KeyObject, randomBytes } from 'node:crypto';
import type { ApprovalSubject, JudgedApproval } from '#schemas/domain/approval.ts';
import type { ModelVersionDetails } from '#schemas/domain/model-version.ts';
import { FailureError } from '../platform/failure.ts';
import { readApprovalFiles, writeApprovalFile } from './approvals/approval-folder.ts';
import { parseApproval, signApproval } from './approvals/attestation.ts';
import { type Judgement, judgeApprovals } from './approvals/judge-approvals.ts';
import { findVersionOf } from './find-version.ts';
import { newestReport } from './gates/newest-report.ts';
import { digestsOf } from './known-files.ts';
import { memberKeys } from './member-keys.ts';
import type { ModelContext, People } from './model-context.ts';
import { formatVersion } from './model-reference.ts';
import type { StagePolicy } from './promotion.ts';
import { keyFingerprint } from './signing/keys.ts';
import { requireStage } from './stages.ts';

/** A change of stage that somebody approves. */
export interface ApprovedChange {
  readonly model: string;
  /** A version, an alias or a range. */
  readonly selector: string;
  readonly stage: string;
}

/** What is approved and by whom so far. */
export interface ApprovalState {
  readonly subject: ApprovalSubject;
  /** Approvals that the stage asks for. */
  readonly needed: number;
  /** Approvals that count. */
  readonly valid: Judgement['valid'];
  /** Every file about this version and stage. */
  readonly approvals: readonly JudgedApproval[];
}

/** Which approvals of a change there are, and what each is worth today. Fails with `input` and `not-found`. */
export async function approvalState(
  context: ModelContext,
  change: ApprovedChange,
  signal?: AbortSignal,
): Promise<ApprovalState> {
  const { subject, stage } = await subjectOf(context, change, signal);
  const judgement = await judge(context, { subject, stage }, signal);
  return { subject, needed: stage?.approvals ?? 0, valid: judgement.valid, approvals: judgement.all };
}

/** A week: long enough to ask people, short enough that nobody has forgotten what it was about. */
const defaultLifetimeMs = 7 * 24 * 3_600_000;

/**
 * Approves a change by a key, as a file in `approvals/`. The key has to be that of a member who may approve it. Fails
 * with `permission`, `input` and `not-found`.
 */
export async function approveVersion(
  context: ModelContext,
  {
    key,
    lifetimeMs = defaultLifetimeMs,
    ...change
  }: ApprovedChange & { readonly key: KeyObject; readonly lifetimeMs?: number },
  signal?: AbortSignal,
): Promise<{
  readonly file: string;
  readonly approver: string;
  readonly subject: ApprovalSubject;
  readonly expiresAt: number;
}> {
  await context.people.authorize('approve');
  const { subject, stage } = await subjectOf(context, change, signal);
  const fingerprint = keyFingerprint(key);
  const member = (await memberKeys(context.people)).find((one) => keyFingerprint(one.key) === fingerprint);
  if (!member) {
    throw new FailureError('permission', 'This key is no member’s: an approval by it would count nothing.', {
      remedy: 'Name its public key as publicKey of a member under access.members in mlops.yaml.',
    });
  }
  if (!mayApprove(context.people, stage)(member.role)) {
    const whose = `${member.name} is ${member.role}`;
    throw new FailureError('permission', `${whose}, who may not approve ${formatVersion(subject)} for ${subject.to}.`);
  }
  const issuedAt = context.now();
  const expiresAt = issuedAt + lifetimeMs;
  const nonce = randomBytes(16).toString('hex');
  const text = signApproval({ ...subject, approver: member.name, nonce, issuedAt, expiresAt }, key);
  const file = await writeApprovalFile(context.folder, { ...subject, nonce }, { kind: 'approval', text });
  return { file, approver: member.name, subject, expiresAt };
}

/** Asks for approvals of a change, as a file in `approvals/` that a pull request can carry. */
export async function requestApproval(
  context: ModelContext,
  { comment, ...change }: ApprovedChange & { readonly comment: string | null },
  signal?: AbortSignal,
): Promise<{ readonly file: string; readonly subject: ApprovalSubject; readonly needed: number }> {
  const { subject, stage } = await subjectOf(context, change, signal);
  const requestedAt = context.now();
  const request = {
    form: 'mlops.approval-request/v1',
    ...subject,
    nonce: randomBytes(16).toString('hex'),
    requestedBy: await context.people.actor(),
    requestedAt,
    expiresAt: requestedAt + defaultLifetimeMs,
    comment,
  } as const;
  const text = `${JSON.stringify(request, null, 2)}\n`;
  const file = await writeApprovalFile(context.folder, request, { kind: 'request', text });
  return { file, subject, needed: stage?.approvals ?? 0 };
}

/** Approvals that count for a change whose facts are known already. */
export async function validApprovals(
  context: ModelContext,
  facts: { readonly details: ModelVersionDetails; readonly stage: StagePolicy; readonly report: string | null },
  signal?: AbortSignal,
): Promise<Judgement['valid']> {
  const subject = await asSubject(context, { ...facts, to: facts.stage.name }, signal);
  return (await judge(context, { subject, stage: facts.stage }, signal)).valid;
}

async function subjectOf(context: ModelContext, { stage: to, ...change }: ApprovedChange, signal?: AbortSignal) {
  const details = await findVersionOf(context.registry, change, signal);
  const policy = await context.policy(details.version.model, signal);
  const stage = requireStage(to, policy);
  const gates = policy?.document.validation?.gates ?? [];
  const kept = await newestReport(context.registry, details, gates, signal);
  const subject = await asSubject(context, { details, to, report: kept?.digest ?? null }, signal);
  return { subject, stage };
}

async function asSubject(
  { registry }: ModelContext,
  { details, to, report }: { details: ModelVersionDetails; to: string; report: string | null },
  signal?: AbortSignal,
): Promise<ApprovalSubject> {
  const { model, version, stage: from } = details.version;
  const id = await registry.id(signal);
  // It had the version just now.
  if (id === null) throw new FailureError('busy', 'The registry was taken away meanwhile.');
  return { registry: id, model, version, ...digestsOf(details.version), from, to, report };
}

async function judge(
  context: ModelContext,
  { subject, stage }: { readonly subject: ApprovalSubject; readonly stage: StagePolicy | null },
  signal?: AbortSignal,
): Promise<Judgement> {
  const prefix = `${subject.model}-${subject.version}-${subject.to}-`;
  // Names are for people; what a file says decides. Files about something else are left out where their names say so.
  const files = (await readApprovalFiles(context.folder)).filter(({ file }) => file.startsWith(prefix));
  const approvers = await memberKeys(context.people);
  const rules = { subject, approvers, mayApprove: mayApprove(context.people, stage), now: context.now() };
  return judgeApprovals(files, { ...rules, consumed: await consumedOf(context, files, signal) });
}

async function consumedOf(
  { registry }: ModelContext,
  files: readonly { readonly text: string }[],
  signal?: AbortSignal,
): Promise<ReadonlySet<string>> {
  const nonces = files.flatMap(({ text }) => {
    const parsed = parseApproval(text);
    return typeof parsed === 'string' ? [] : [parsed.claims.nonce];
  });
  const used = await Promise.all(nonces.map((nonce) => registry.isConsumed(nonce, signal)));
  return new Set(nonces.filter((_, index) => used[index]));
}

function mayApprove(people: People, stage: StagePolicy | null): (role: string) => boolean {
  return (role) => people.roleAllows(role, 'approve') && (stage?.approvers?.includes(role) ?? true);
}
