import type { KeyObject } from 'node:crypto';
import type { AuditEntry, AuditVerdict, CheckpointPredicate, JudgedCheckpoint } from '#schemas/domain/audit.ts';
import { FailureError, toFailure } from '../platform/failure.ts';
import type { AuditLog } from './audit/audit-log.ts';
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
  const log = await audit.logId();
  // A registry that is only looked at keeps no log of its own: what others know is not about it.
  if (log === null && !registry.guarantees.writable && keys.length === 0) {
    const { lost: _, reached: __, ...verdict } = verifyChain(audit.entries());
    return { ...verdict, anchors: [], checkpoints: [] };
  }
  const [anchored, files] = await Promise.all([anchorsOf(audit, folder, log), readCheckpoints(folder)]);
  const trusted = files.length === 0 ? keys : [...keys, ...(await memberKeys(context.people))];
  const judged = judgeCheckpoints(files, { log, keys: trusted });
  const heads: (KnownHead | CheckpointHead)[] = [...anchored.heads, ...headsOf(judged)];
  const { lost, reached, ...verdict } = verifyChain(audit.entries(), heads);
  const checkpoints = withLost(judged, { lost, reached });
  const doubt = verdict.intact ? (doubtOf(checkpoints) ?? unsignedBy(keys, checkpoints)) : undefined;
  const refusal = doubt === undefined ? {} : ({ intact: false, problem: 'checkpoint', detail: doubt } as const);
  const warnings = [...verdict.warnings, ...anchored.warnings];
  return { ...verdict, ...refusal, warnings, anchors: anchored.anchors, checkpoints };
}

interface Anchored {
  readonly heads: readonly KnownHead[];
  readonly anchors: AuditVerdict['anchors'];
  readonly warnings: readonly string[];
}

/** Heads of a log that Git and the registry's server know. A server that does not answer is told of, and vouches for nothing. */
async function anchorsOf(audit: AuditLog, folder: string, log: string | null): Promise<Anchored> {
  if (log === null) return { heads: [], anchors: [], warnings: [] };
  const [git, server] = await Promise.all([
    readGitAnchors(folder, log),
    audit.anchors?.read(log).catch((error: unknown) => toFailure(error).message) ?? [],
  ]);
  const tags = typeof server === 'string' ? [] : server;
  const newest = (place: 'git' | 'mlflow', heads: readonly KnownHead[]) =>
    heads.length === 0 ? [] : [{ place, seq: Math.max(...heads.map(({ seq }) => seq)) }];
  return {
    heads: [...git, ...tags],
    anchors: [...newest('git', git), ...newest('mlflow', tags)],
    warnings: typeof server === 'string' ? [`What the server knows of the log could not be asked: ${server}`] : [],
  };
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

export interface Anchor extends Pick<AuditEntry, 'seq' | 'hash'> {
  /** The commit that has the note; null where Git could not take it and a server did. */
  readonly commit: string | null;
  /** The model of the server that has the tag; null where the registry is no server’s. */
  readonly model: string | null;
  /** What else could not be done. */
  readonly warning: string | null;
}

/**
 * Notes the head of the audit log in Git, and where the registry is an MLflow server’s, as a tag there. A log that is not
 * intact is not anchored: that would make a tampered one look right. Fails with `corrupt`, with `input` where there is
 * nothing to anchor, or no Git and no server, and as the server does.
 */
export async function anchorAuditLog(context: AuditContext): Promise<Anchor> {
  const { audit, folder } = context;
  await requireIntact(context, 'anchored');
  const { log, ...last } = await headOf(audit, 'anchor');
  const { seq, hash, target } = last;
  const model = (await audit.anchors?.write({ log, seq, hash, target })) ?? null;
  try {
    return { seq, hash, model, commit: await writeGitAnchor(folder, { log, seq, hash }), warning: null };
  } catch (error) {
    if (model === null) throw error;
    return { seq, hash, model, commit: null, warning: toFailure(error).message };
  }
}

/** Also the end of a log has to be there: the newest head would hide that it was cut. Fails with `corrupt`. */
async function requireIntact(context: AuditContext, done: 'anchored' | 'signed'): Promise<void> {
  const { intact, brokenAt, detail } = await verifyAuditLog(context);
  if (intact || brokenAt === null) return;
  throw new FailureError('corrupt', `The audit log is not what was written: ${detail}`, {
    remedy: `Nothing was ${done}. mlops audit verify tells more.`,
  });
}

/** The last entry of a log whose chain is whole. */
async function headOf(audit: AuditLog, purpose: 'anchor' | 'sign'): Promise<AuditEntry & { readonly log: string }> {
  const last = readAuditEntries(audit).at(-1);
  const log = await audit.logId();
  if (last && log !== null) return { ...last, log };
  throw new FailureError('input', `The audit log has no entry yet: there is nothing to ${purpose}.`);
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
  const { audit, folder, people, now } = context;
  const actor = await people.authorize('sign');
  const fingerprint = keyFingerprint(key);
  const member = (await memberKeys(people)).find((one) => keyFingerprint(one.key) === fingerprint);
  await requireIntact(context, 'signed');
  const { log, seq, hash } = await headOf(audit, 'sign');
  const time = now();
  const text = signCheckpoint({ log, seq, hash, signer: member?.name ?? actor, time }, key);
  const file = await writeCheckpoint(folder, { seq, hash, key: fingerprint }, text);
  return { seq, hash, time, file, signer: member?.name ?? null };
}
