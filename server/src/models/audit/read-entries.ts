import { type AuditEntry, auditEntry } from '#schemas/domain/audit.ts';
import { FailureError } from '../../platform/failure.ts';
import type { AuditLog } from './audit-log.ts';
import { verifyChain } from './chain.ts';

/** All entries, oldest first, of a log that is what was written. Fails with `corrupt` where it is not. */
export function readAuditEntries(log: AuditLog): readonly AuditEntry[] {
  const raw = [...log.entries()];
  const verdict = verifyChain(raw);
  if (verdict.intact) return raw.map((entry) => auditEntry.parse(entry));
  throw new FailureError('corrupt', `The audit log is not what was written: ${verdict.detail}`, {
    remedy: 'mlops audit verify tells more. Bring back a copy of the registry from before.',
  });
}
