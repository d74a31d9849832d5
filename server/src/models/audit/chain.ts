import { type AuditEntry, type AuditVerdict, auditEntry } from '#schemas/domain/audit.ts';
import { digestOfJson } from '../../platform/canonical-json.ts';

/** What an entry says before it has its place in the chain. */
export type AuditRecord = Omit<AuditEntry, 'seq' | 'previous' | 'hash'>;

/** What stands before the first entry. */
export const genesis = '0'.repeat(64);

/** Gives a record its place after `last` (null: it is the first). */
export function chained(record: AuditRecord, last: Pick<AuditEntry, 'seq' | 'hash'> | null): AuditEntry {
  const entry = { ...record, seq: (last?.seq ?? 0) + 1, previous: last?.hash ?? genesis };
  return { ...entry, hash: hashOf(entry) };
}

/** SHA-256 of the canonical JSON (RFC 8785) of everything but the hash, in hexadecimal digits. */
export function hashOf(entry: Omit<AuditEntry, 'hash'>): string {
  const { seq, time, actor, action, target, before, after, reason, previous } = entry;
  return digestOfJson({ seq, time, actor, action, target, before, after, reason, previous }).digest;
}

/** A head that was written down elsewhere, and when the chain was known to reach it. */
export interface KnownHead {
  readonly seq: number;
  readonly hash: string;
  /** Where it stands, for a person: `the Git note of 1a2b3c`. */
  readonly source: string;
}

/**
 * Looks whether entries, in the order they are stored, are the chain that was written. Finds any entry that was
 * changed, cut out, moved or put in; with heads that are known from elsewhere, also a chain that was cut at its end or
 * written anew.
 */
export function verifyChain(entries: Iterable<unknown>, heads: readonly KnownHead[] = []): AuditVerdict {
  const warnings: string[] = [];
  const wanted = new Map(heads.map((head) => [head.seq, head]));
  let last: AuditEntry | null = null;
  let count = 0;
  for (const raw of entries) {
    count++;
    const problem = problemOf(raw, last);
    if (problem) return { intact: false, entries: count, ...problem, warnings };
    const entry = auditEntry.parse(raw);
    const head = wanted.get(entry.seq);
    if (head && head.hash !== entry.hash) return rewritten(entry.seq, count, head, warnings);
    if (last && entry.time < last.time) {
      warnings.push(`The clock went back before entry ${entry.seq}, by ${last.time - entry.time} ms.`);
    }
    last = entry;
  }
  const beyond = heads.filter(({ seq }) => seq > count).sort((a, b) => a.seq - b.seq)[0];
  if (beyond) {
    const detail = `The log ends at entry ${count}, but ${beyond.source} knows entry ${beyond.seq}: its end was cut off.`;
    return { intact: false, entries: count, brokenAt: count + 1, problem: 'anchor', detail, warnings };
  }
  const detail = count === 0 ? 'There is no entry yet.' : `All ${count} entries are as they were written.`;
  return { intact: true, entries: count, brokenAt: null, problem: null, detail, warnings };
}

function rewritten(seq: number, entries: number, head: KnownHead, warnings: string[]): AuditVerdict {
  const detail = `Entry ${seq} is not the one that ${head.source} knows: the log was written anew.`;
  return { intact: false, entries, brokenAt: seq, problem: 'anchor', detail, warnings };
}

function problemOf(
  raw: unknown,
  last: AuditEntry | null,
): Pick<AuditVerdict, 'brokenAt' | 'problem' | 'detail'> | undefined {
  const due = (last?.seq ?? 0) + 1;
  const parsed = auditEntry.strict().safeParse(raw);
  if (!parsed.success) return { brokenAt: due, problem: 'malformed', detail: `Entry ${due} can’t be read.` };
  const entry = parsed.data;
  if (entry.seq > due) {
    const detail = `Entry ${due} is missing: after ${due - 1} comes ${entry.seq}.`;
    return { brokenAt: due, problem: 'missing', detail };
  }
  if (entry.seq < due) {
    const detail = `Entry ${entry.seq} stands where ${due} belongs.`;
    return { brokenAt: due, problem: 'order', detail };
  }
  if (hashOf(entry) !== entry.hash) {
    return { brokenAt: due, problem: 'changed', detail: `Entry ${due} was changed after it was written.` };
  }
  if (entry.previous !== (last?.hash ?? genesis)) {
    const detail = `Entry ${due} does not follow the entry before it: that one was changed, or this one put in.`;
    return { brokenAt: due, problem: 'changed', detail };
  }
  return undefined;
}
