import type { KeyObject } from 'node:crypto';
import { join } from 'node:path';
import { z } from 'zod';
import { type CheckpointPredicate, checkpointPredicate } from '#schemas/domain/audit.ts';
import { sha256 } from '#schemas/domain/model-version.ts';
import { readSmallFiles, writeSmallFile } from '../signed-files.ts';
import type { DsseEnvelope } from '../signing/dsse.ts';
import { keyFingerprint } from '../signing/keys.ts';
import { parseStatement, signStatement } from '../signing/signed-statement.ts';
import { statementType } from '../signing/statement.ts';

/** In the workspace's folder; in Git, so that a pull request can carry checkpoints. */
export const checkpointsFolder = 'audit';

const checkpointFile = /\.checkpoint\.json$/;

/** Names our checkpoints among in-toto's predicates; a name, nothing that is fetched. */
export const checkpointPredicateType = 'https://mlops-workbench.dev/attestations/audit-checkpoint/v1';

const checkpointStatement = z.object({
  _type: z.literal(statementType),
  subject: z.tuple([z.object({ name: z.string(), digest: z.object({ sha256 }) })]),
  predicateType: z.literal(checkpointPredicateType),
  predicate: checkpointPredicate,
});

/** A checkpoint as a file: a DSSE envelope around an in-toto statement about the log's last entry. */
export function signCheckpoint(head: Omit<CheckpointPredicate, 'key'>, key: KeyObject): string {
  const statement = {
    subject: [{ name: subjectOf(head), digest: { sha256: head.hash } }],
    predicateType: checkpointPredicateType,
    predicate: { ...head, key: keyFingerprint(key) },
  };
  return signStatement(statement, key);
}

export interface ParsedCheckpoint {
  readonly envelope: DsseEnvelope;
  /** What it says: to be believed once its signature is verified. */
  readonly claims: CheckpointPredicate;
}

/** Reads a checkpoint; where it is none, a text says why. */
export function parseCheckpoint(text: string): ParsedCheckpoint | string {
  const parsed = parseStatement(text, checkpointStatement, 'checkpoint');
  if (typeof parsed === 'string') return parsed;
  const { subject, predicate } = parsed.statement;
  if (subject[0].name !== subjectOf(predicate) || subject[0].digest.sha256 !== predicate.hash) {
    return 'Its subject is not the entry that it signs.';
  }
  return { envelope: parsed.envelope, claims: predicate };
}

/** Checkpoints of a workspace, in the order of their names. What can’t be read is there with an empty text. */
export function readCheckpoints(folder: string): Promise<{ readonly file: string; readonly text: string }[]> {
  return readSmallFiles(join(folder, checkpointsFolder), checkpointFile);
}

/**
 * Writes a checkpoint; answers the file's absolute path. One entry is signed by each key once: signing again takes the
 * place of what was there. Fails with `permission` and `input`.
 */
export function writeCheckpoint(
  folder: string,
  { seq, hash, key }: Pick<CheckpointPredicate, 'seq' | 'hash' | 'key'>,
  text: string,
): Promise<string> {
  const name = `${String(seq).padStart(6, '0')}-${hash.slice(0, 12)}-${key.slice(0, 8)}.checkpoint.json`;
  return writeSmallFile(join(folder, checkpointsFolder), name, text);
}

function subjectOf({ log, seq }: Pick<CheckpointPredicate, 'log' | 'seq'>): string {
  return `${log}#${seq}`;
}
