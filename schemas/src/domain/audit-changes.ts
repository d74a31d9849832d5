import type { AuditEntry } from './audit.ts';

/** One thing that an entry of the audit log tells of. Null is none; undefined, where it tells nothing of that side. */
export interface AuditChange {
  /** `stage of 1.2.0`; empty where the entry gives no name. */
  readonly what: string;
  readonly before: string | null | undefined;
  readonly after: string | null | undefined;
}

/** What an entry changed, in the order that it tells. */
export function auditChanges({ before, after }: Pick<AuditEntry, 'before' | 'after'>): AuditChange[] {
  const [was, is] = [fieldsOf(before), fieldsOf(after)];
  return [...new Set([...Object.keys(is), ...Object.keys(was)])].map((what) => ({
    what,
    before: textOf(was[what]),
    after: textOf(is[what]),
  }));
}

/** A change in one line: `stage of 1.0.0: staging → production`. Digests are cut. */
export function changeText({ what, before, after }: AuditChange): string {
  const name = what === '' ? '' : `${what}: `;
  return before === undefined ? `${name}${short(after)}` : `${name}${short(before)} → ${short(after)}`;
}

function fieldsOf(value: AuditEntry['before']): Readonly<Record<string, AuditEntry['before']>> {
  if (value === null) return {};
  return typeof value === 'object' && !Array.isArray(value) ? value : { '': value };
}

function textOf(value: AuditEntry['before'] | undefined): string | null | undefined {
  if (value === null || value === undefined) return value;
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function short(text: string | null | undefined): string {
  if (text === null || text === undefined) return '–';
  return /^[0-9a-f]{64}$/.test(text) ? text.slice(0, 12) : text;
}
