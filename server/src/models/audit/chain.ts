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
  readonly kind: 'anchor' | 'checkpoint';
  /** Where it stands, for a person: `the Git note of 1a2b3c`. */
  readonly source: string;
}

/** A head that the log no longer has. */
export interface LostHead<H extends KnownHead = KnownHead> {
  readonly head: H;
  readonly reason: 'cut' | 'rewritten';
  readonly detail: string;
}

export type ChainVerdict<H extends KnownHead = KnownHead> = Omit<AuditVerdict, 'anchors' | 'checkpoints'> & {
  /** In the order of the entries; where the chain itself is broken, those before that. */
  readonly lost: readonly LostHead<H>[];
  /** The last entry up to which the chain is whole by itself; 0 where not even the first is right. */
  readonly reached: number;
};

/**
 * Looks whether entries, in the order they are stored, are the chain that was written. Finds any entry that was
 * changed, cut out, moved or put in; with heads that are known from elsewhere, also a chain that was cut at its end or
 * written anew.
 */
export function verifyChain<H extends KnownHead = KnownHead>(
  entries: Iterable<unknown>,
  heads: readonly H[] = [],
): ChainVerdict<H> {
  const warnings: string[] = [];
  const wanted = Map.groupBy(heads, ({ seq }) => seq);
  const lost: LostHead<H>[] = [];
  let last: AuditEntry | null = null;
  let count = 0;
  for (const raw of entries) {
    count++;
    const { entry, problem } = readNext(raw, last);
    // What was lost before that place shows first.
    if (problem) {
      const broken = { intact: false, entries: count, ...problem, ...lostProblem(lost), warnings };
      return { ...broken, lost, reached: count - 1 };
    }
    lost.push(...rewritten(entry, wanted.get(entry.seq) ?? []));
    if (last && entry.time < last.time) {
      warnings.push(`The clock went back before entry ${entry.seq}, by ${last.time - entry.time} ms.`);
    }
    last = entry;
  }
  lost.push(...cut(count, heads));
  const detail = wholeDetail(count);
  const intact = { intact: lost.length === 0, entries: count, brokenAt: null, problem: null, detail, warnings };
  return { ...intact, ...lostProblem(lost, count), lost, reached: count };
}

function rewritten<H extends KnownHead>({ seq, hash }: AuditEntry, heads: readonly H[]): LostHead<H>[] {
  return heads
    .filter((head) => head.hash !== hash)
    .map((head) => {
      const detail = `Entry ${seq} is not the one that ${head.source} knows: the log was written anew.`;
      return { head, reason: 'rewritten', detail };
    });
}

function cut<H extends KnownHead>(count: number, heads: readonly H[]): LostHead<H>[] {
  return heads
    .filter(({ seq }) => seq > count)
    .sort((a, b) => a.seq - b.seq)
    .map((head) => {
      const ends = count === 0 ? 'The log is empty' : `The log ends at entry ${count}`;
      const detail = `${ends}, but ${head.source} knows entry ${head.seq}: its end was cut off.`;
      return { head, reason: 'cut', detail };
    });
}

function wholeDetail(count: number): string {
  if (count === 0) return 'There is no entry yet.';
  return count === 1 ? 'The one entry is as it was written.' : `All ${count} entries are as they were written.`;
}

/** What the first lost head says of the log. */
function lostProblem([first]: readonly LostHead[], count = 0) {
  if (!first) return {};
  const { head, reason, detail } = first;
  return { brokenAt: reason === 'cut' ? count + 1 : head.seq, problem: head.kind, detail };
}

type Problem = Pick<AuditVerdict, 'brokenAt' | 'problem' | 'detail'>;

// Made once: it is asked for every entry of a log.
const strictEntry = auditEntry.strict();

function readNext(
  raw: unknown,
  last: AuditEntry | null,
):
  | { readonly entry: AuditEntry; readonly problem?: undefined }
  | { readonly entry?: undefined; readonly problem: Problem } {
  const due = (last?.seq ?? 0) + 1;
  const parsed = strictEntry.safeParse(raw);
  if (!parsed.success) {
    return { problem: { brokenAt: due, problem: 'malformed', detail: `Entry ${due} can’t be read.` } };
  }
  const problem = problemOf(parsed.data, last, due);
  return problem ? { problem } : { entry: parsed.data };
}

function problemOf(entry: AuditEntry, last: AuditEntry | null, due: number): Problem | undefined {
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
