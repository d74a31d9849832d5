import type { AuditEntry } from '#schemas/domain/audit.ts';

/** The port to where the audit log of a registry is kept. Nothing in it is ever changed. */
export interface AuditLog {
  /** As stored, oldest first, unchecked: who verifies the chain wants to see what is really there. */
  entries(): Iterable<unknown>;
  head(): Promise<Pick<AuditEntry, 'seq' | 'hash'> | null>;
}
