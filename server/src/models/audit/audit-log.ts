import type { AuditEntry } from '#schemas/domain/audit.ts';
import type { AuditRecord, KnownHead } from './chain.ts';

/** The port to where the audit log of a registry is kept. Nothing in it is ever changed. */
export interface AuditLog {
  /** As stored, oldest first, unchecked: who verifies the chain wants to see what is really there. */
  entries(): Iterable<unknown>;
  head(): Promise<Pick<AuditEntry, 'seq' | 'hash'> | null>;
  /** Names this very log, wherever it is moved: what vouches for it is bound to that. Null where there is none yet. */
  logId(): Promise<string | null>;
  /** Where its head can be noted beside Git, out of reach of who has the log alone. */
  readonly anchors?: HeadAnchors;
}

export interface AnchoredHead extends Pick<AuditEntry, 'seq' | 'hash' | 'target'> {
  readonly log: string;
}

/** A place that keeps heads of audit logs. Fails as remote systems do. */
export interface HeadAnchors {
  /** Answers where it is noted, for a person. Fails with `input` where there is no place for it. */
  write(head: AnchoredHead, signal?: AbortSignal): Promise<string>;
  read(log: string, signal?: AbortSignal): Promise<readonly KnownHead[]>;
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
