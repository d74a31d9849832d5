import type { KeyObject } from 'node:crypto';
import type { AuditVerdict, CheckpointPredicate, JudgedCheckpoint } from '#schemas/domain/audit.ts';
import { FailureError } from '../platform/failure.ts';
import { type KnownHead, verifyChain } from './audit/chain.ts';
import { checkpointsFolder, readCheckpoints, signCheckpoint, writeCheckpoint } from './audit/checkpoint.ts';
import { readGitAnchors, writeGitAnchor } from './audit/git-anchors.ts';
import {
  type CheckpointHead,
  type CheckpointKey,
  headsOf,
  judgeCheckpoints,
  withLost,
} from './audit/judge-checkpoints.ts';
import { readAuditEntries } from './audit/read-entries.ts';
import { memberKeys } from './member-keys.ts';
import type { ModelContext } from './model-context.ts';
import { keyFingerprint } from './signing/keys.ts';

type AuditContext = Pick<ModelContext, 'registry' | 'audit' | 'folder' | 'people' | 'now'>;

/**
 * Looks whether the audit log is what was written, and has all that its anchors in Git and its signed checkpoints know.
 * `keys` are trusted beside those of the members; where there are some, a checkpoint by one of them has to be there.
 */
export async function verifyAuditLog(
  context: AuditContext,
  keys: readonly CheckpointKey[] = [],
): Promise<AuditVerdict> {
  const { registry, audit, folder } = context;
  const isEmpty = (await audit.head()) === null;
  // A registry that is only looked at keeps no log of its own: what others know is not about it.
  if (isEmpty && !registry.guarantees.writable && keys.length === 0) {
    const { lost: _, reached: __, ...verdict } = verifyChain(audit.entries());
    return { ...verdict, anchoredAt: null, checkpoints: [] };
  }
  const id = await registry.id();
  const [anchors, files] = await Promise.all([readGitAnchors(folder, id), readCheckpoints(folder)]);
  const trusted = files.length === 0 ? keys : [...keys, ...(await memberKeys(context.people))];
  const judged = judgeCheckpoints(files, { registry: id, keys: trusted });
  const heads: (KnownHead | CheckpointHead)[] = [...anchors, ...headsOf(judged)];
  const { lost, reached, ...verdict } = verifyChain(audit.entries(), heads);
  const checkpoints = withLost(judged, { lost, reached });
  const anchoredAt = anchors.at(-1)?.seq ?? null;
  const doubt = verdict.intact ? (doubtOf(checkpoints) ?? unsignedBy(keys, checkpoints)) : undefined;
  const refusal = doubt === undefined ? {} : ({ intact: false, problem: 'checkpoint', detail: doubt } as const);
  return { ...verdict, ...refusal, anchoredAt, checkpoints };
}

/** Why a chain that is whole is not believed all the same: a checkpoint that can’t be. */
function doubtOf(checkpoints: readonly JudgedCheckpoint[]): string | undefined {
  // Whoever signed one of this registry vouches for it, beside others of the same folder.
  const isVouchedFor = checkpoints.some(({ problem }) => problem === null);
  const bad = checkpoints.find(({ problem }) => problem && !(problem.reason === 'other-registry' && isVouchedFor));
  if (!bad?.problem) return undefined;
  return `The checkpoint ${checkpointsFolder}/${bad.file} does not hold: ${bad.problem.detail}`;
}

function unsignedBy(keys: readonly CheckpointKey[], checkpoints: readonly JudgedCheckpoint[]): string | undefined {
  if (keys.length === 0) return undefined;
  const wanted = new Set(keys.map(({ key }) => keyFingerprint(key)));
  if (checkpoints.some(({ key, problem }) => problem === null && key !== null && wanted.has(key))) return undefined;
  return `No checkpoint in ${checkpointsFolder}/ is signed by ${keys.map(({ name }) => name).join(' or ')}.`;
}

/**
 * Notes the head of the audit log in Git. A log that is not intact is not anchored: that would make a tampered one look
 * right. Fails with `corrupt`, and with `input` where there is nothing to anchor, or no Git.
 */
export async function anchorAuditLog({
  registry,
  audit,
  folder,
}: AuditContext): Promise<{ readonly seq: number; readonly hash: string; readonly commit: string }> {
  const last = readAuditEntries(audit).at(-1);
  if (!last) throw new FailureError('input', 'The audit log has no entry yet: there is nothing to anchor.');
  const { seq, hash } = last;
  return { seq, hash, commit: await writeGitAnchor(folder, { registry: await registry.id(), seq, hash }) };
}

export interface SignedCheckpoint extends Pick<CheckpointPredicate, 'seq' | 'hash' | 'time'> {
  /** Absolute. */
  readonly file: string;
  /** The member whose key it is; null where nobody's: `audit verify` wants it named then. */
  readonly signer: string | null;
}

/**
 * Signs the head of the audit log, as a file in `audit/`. A log that lost entries is not signed: that would make it look
 * right. Fails with `permission`, with `corrupt`, and with `input` where there is nothing to sign.
 */
export async function signAuditLog(context: AuditContext, key: KeyObject): Promise<SignedCheckpoint> {
  const { registry, audit, folder, people, now } = context;
  const actor = await people.authorize('sign');
  const fingerprint = keyFingerprint(key);
  const member = (await memberKeys(people)).find((one) => keyFingerprint(one.key) === fingerprint);
  const { intact, brokenAt, detail } = await verifyAuditLog(context);
  if (!intact && brokenAt !== null) {
    throw new FailureError('corrupt', `The audit log is not what was written: ${detail}`, {
      remedy: 'Nothing was signed. mlops audit verify tells more.',
    });
  }
  const head = readAuditEntries(audit).at(-1);
  if (!head) throw new FailureError('input', 'The audit log has no entry yet: there is nothing to sign.');
  const { seq, hash } = head;
  const time = now();
  const text = signCheckpoint({ registry: await registry.id(), seq, hash, signer: member?.name ?? actor, time }, key);
  const file = await writeCheckpoint(folder, { seq, hash, key: fingerprint }, text);
  return { seq, hash, time, file, signer: member?.name ?? null };
}
