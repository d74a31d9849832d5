import type { AuditEntry } from '#schemas/domain/audit.ts';
import type { AuditRecord } from './chain.ts';

/** The port to where the audit log of a registry is kept. Nothing in it is ever changed. */
export interface AuditLog {
  /** As stored, oldest first, unchecked: who verifies the chain wants to see what is really there. */
  entries(): Iterable<unknown>;
  head(): Promise<Pick<AuditEntry, 'seq' | 'hash'> | null>;
}

/** An audit log beside a registry that can't keep one itself. */
export interface WritableAuditLog extends AuditLog {
  /**
   * Writes an entry and uses up nonces of approvals: both or neither, on the disk when it returns. Fails with `input`
   * where a nonce was used before.
   */
  append(record: AuditRecord, nonces?: readonly string[]): Promise<AuditEntry>;
  isConsumed(nonce: string): Promise<boolean>;
  close(): Promise<void>;
}
