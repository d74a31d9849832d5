import { auditChanges, changeText } from '#schemas/domain/audit-changes.ts';
import { type AuditFormat, auditFile } from '../../models/audit/export-entries.ts';
import { type AuditQuery, everything, queryAudit } from '../../models/audit/query.ts';
import { exitCodes } from '../exit.ts';
import { formatTime, plural } from '../format.ts';
import type { Invocation } from '../invocation.ts';
import { withModels } from '../models.ts';
import { renderTable } from '../table.ts';

/** Entries of the audit log, oldest first. */
export async function listAudit(
  invocation: Invocation,
  { query, format }: { readonly query: Partial<AuditQuery>; readonly format: AuditFormat | null },
): Promise<number> {
  const { output } = invocation;
  const entries = await withModels(invocation, async ({ audit }) => queryAudit(audit, { ...everything, ...query }));
  if (output.json) {
    await output.document({ entries });
    return exitCodes.done;
  }
  if (format !== null) {
    for (const part of inParts(auditFile(entries, format))) await output.raw(part);
    return exitCodes.done;
  }
  if (entries.length === 0) {
    await output.note('There is no entry.');
    return exitCodes.done;
  }
  const { text } = renderTable(
    entries,
    [
      { header: '#', cell: ({ seq }) => String(seq), align: 'right', style: () => 'dim' },
      { header: 'TIME', cell: ({ time }) => formatTime(time, 'second'), style: () => 'dim' },
      { header: 'WHO', cell: ({ actor: who }) => who, shrinkTo: 8 },
      { header: 'ACTION', cell: ({ action: what }) => what },
      { header: 'TARGET', cell: ({ target: of }) => of, shrinkTo: 12 },
      { header: 'CHANGE', cell: (entry) => auditChanges(entry).map(changeText).join('; '), shrinkTo: 16, optional: 2 },
      { header: 'REASON', cell: ({ reason }) => reason ?? '', shrinkTo: 12, optional: 1 },
    ],
    output,
  );
  await output.text(text);
  if (output.interactive) await output.note(output.style('dim', plural(entries.length, 'entry', 'entries')));
  return exitCodes.done;
}

/** Pieces large enough that writing them one by one costs nothing. */
function* inParts(pieces: Iterable<string>): Generator<string, void> {
  let part = '';
  for (const piece of pieces) {
    part += piece;
    if (part.length < 64_000) continue;
    yield part;
    part = '';
  }
  if (part !== '') yield part;
}
