import type { KeyObject } from 'node:crypto';
import type { CheckpointReason, JudgedCheckpoint } from '#schemas/domain/audit.ts';
import { isSignedBy } from '../signing/dsse.ts';
import { keyFingerprint } from '../signing/keys.ts';
import type { ChainVerdict, KnownHead } from './chain.ts';
import { checkpointsFolder, parseCheckpoint } from './checkpoint.ts';

/** A key that checkpoints may be signed by, and whose it is. */
export interface CheckpointKey {
  readonly name: string;
  readonly key: KeyObject;
}

/** A head that a checkpoint holds. */
export interface CheckpointHead extends KnownHead {
  readonly kind: 'checkpoint';
  /** File name of the checkpoint. */
  readonly file: string;
}

const otherLog = 'It is of another log: of another registry or machine, or of one that was replaced.';

/** Says which checkpoints can be believed; whether the log has what they hold is another question. */
export function judgeCheckpoints(
  files: readonly { readonly file: string; readonly text: string }[],
  { log, keys }: { readonly log: string | null; readonly keys: readonly CheckpointKey[] },
): JudgedCheckpoint[] {
  const known = new Map(keys.map((key) => [keyFingerprint(key.key), key]));
  const judged = files.map(({ file, text }): JudgedCheckpoint => {
    const parsed = parseCheckpoint(text);
    if (typeof parsed === 'string') {
      const unread = { seq: null, hash: null, time: null, signer: null, key: null };
      return { file, ...unread, problem: { reason: 'malformed', detail: parsed } };
    }
    const { claims, envelope } = parsed;
    const { seq, hash, time, key } = claims;
    const signer = known.get(key);
    const said = { file, seq, hash, time, signer: signer?.name ?? null, key };
    const problem = (reason: CheckpointReason, detail: string) => ({ ...said, problem: { reason, detail } });
    if (!signer) return problem('unknown-key', `The key ${key.slice(0, 16)} is no member’s.`);
    if (!isSignedBy(envelope, signer.key)) {
      return problem('bad-signature', `It was changed after ${signer.name} signed it.`);
    }
    if (claims.log !== log) return problem('other-registry', otherLog);
    return { ...said, problem: null };
  });
  return judged.sort((a, b) => (a.seq ?? 0) - (b.seq ?? 0));
}

/** What the checkpoints that can be believed say of the log. */
export function headsOf(checkpoints: readonly JudgedCheckpoint[]): CheckpointHead[] {
  return checkpoints.flatMap(({ file, seq, hash, signer, problem }) => {
    if (problem !== null || seq === null || hash === null) return [];
    const source = `the checkpoint ${checkpointsFolder}/${file}, signed by ${signer},`;
    return [{ seq, hash, kind: 'checkpoint', source, file }];
  });
}

/** The same checkpoints, with what the log no longer has, or where it is broken before what they sign. */
export function withLost(
  checkpoints: readonly JudgedCheckpoint[],
  { lost, reached }: Pick<ChainVerdict, 'lost' | 'reached'>,
): JudgedCheckpoint[] {
  const byFile = new Map(
    lost.flatMap(({ head, reason, detail }) =>
      'file' in head && typeof head.file === 'string' ? [[head.file, { reason, detail }] as const] : [],
    ),
  );
  const beyond = { reason: 'broken', detail: `The log is broken after entry ${reached}.` } as const;
  return checkpoints.map((checkpoint) => ({
    ...checkpoint,
    problem: checkpoint.problem ?? byFile.get(checkpoint.file) ?? ((checkpoint.seq ?? 0) > reached ? beyond : null),
  }));
}
