import type { AuditEntry } from '#schemas/domain/audit.ts';
import { csvLine } from '../../platform/csv.ts';
import { writeFileWhole } from '../../platform/write-file.ts';

export type AuditFormat = 'csv' | 'json';

const columns = ['seq', 'time', 'actor', 'action', 'target', 'before', 'after', 'reason', 'previous', 'hash'] as const;

/**
 * Entries as a file: CSV with times by ISO 8601, and `before` and `after` as JSON; or JSON in which each is as it is in
 * the log, so that its hash can be computed from it.
 */
export function* auditFile(entries: readonly AuditEntry[], format: AuditFormat): Generator<string, void> {
  if (format === 'json') {
    yield '{"entries": [';
    for (const [index, entry] of entries.entries()) yield `${index === 0 ? '' : ','}\n  ${JSON.stringify(entry)}`;
    yield entries.length === 0 ? ']}\n' : '\n]}\n';
    return;
  }
  yield csvLine(columns);
  for (const entry of entries) yield csvLine(columns.map((column) => cellOf(entry, column)));
}

/** Writes entries to a file, whole or not at all. Fails with `permission` and `input`. */
export async function exportAudit(
  entries: readonly AuditEntry[],
  { format, path }: { readonly format: AuditFormat; readonly path: string },
  signal?: AbortSignal,
): Promise<void> {
  await writeFileWhole(path, streamed(auditFile(entries, format)), signal);
}

async function* streamed(parts: Iterable<string>): AsyncGenerator<string, void> {
  yield* parts;
}

function cellOf(entry: AuditEntry, column: (typeof columns)[number]): string | number | null {
  if (column === 'time') return isoTime(entry.time);
  if (column === 'before' || column === 'after') return entry[column] === null ? null : JSON.stringify(entry[column]);
  return entry[column];
}

function isoTime(time: number): string {
  const date = new Date(time);
  return Number.isNaN(date.getTime()) ? String(time) : date.toISOString();
}
