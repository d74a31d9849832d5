import type { AuditVerdict } from '#schemas/domain/audit.ts';
import { FailureError } from '../platform/failure.ts';
import { verifyChain } from './audit/chain.ts';
import { readGitAnchors, writeGitAnchor } from './audit/git-anchors.ts';
import { readAuditEntries } from './audit/read-entries.ts';
import type { ModelContext } from './model-context.ts';

/** Looks whether the audit log is what was written, and has all that its anchors in Git know. */
export async function verifyAuditLog({ registry, audit, folder }: ModelContext): Promise<AuditVerdict> {
  const id = await registry.id();
  const heads = id === null ? [] : await readGitAnchors(folder, id);
  return verifyChain(audit.entries(), heads);
}

/**
 * Notes the head of the audit log in Git. A log that is not intact is not anchored: that would make a tampered one look
 * right. Fails with `corrupt`, and with `input` where there is nothing to anchor, or no Git.
 */
export async function anchorAuditLog({
  registry,
  audit,
  folder,
}: ModelContext): Promise<{ readonly seq: number; readonly hash: string; readonly commit: string }> {
  const last = readAuditEntries(audit).at(-1);
  const id = await registry.id();
  if (!last || id === null) {
    throw new FailureError('input', 'The audit log has no entry yet: there is nothing to anchor.');
  }
  const { seq, hash } = last;
  return { seq, hash, commit: await writeGitAnchor(folder, { registry: id, seq, hash }) };
}
