import type { AuditEntry } from '#schemas/domain/audit.ts';
import { everything, queryAudit } from '../../models/audit/query.ts';
import { exitCodes } from '../exit.ts';
import { formatTime, plural } from '../format.ts';
import type { Invocation } from '../invocation.ts';
import { withModels } from '../models.ts';
import { renderTable } from '../table.ts';

/** Entries of the audit log, oldest first. */
export async function listAudit(
  invocation: Invocation,
  {
    target,
    actor,
    action,
  }: { readonly target: string | null; readonly actor: string | null; readonly action: string | null },
): Promise<number> {
  const { output } = invocation;
  const query = { ...everything, target, actor, action };
  const entries = await withModels(invocation, async ({ audit }) => queryAudit(audit, query));
  if (output.json) {
    await output.document({ entries });
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
      { header: 'CHANGE', cell: changeOf, shrinkTo: 16, optional: 2 },
      { header: 'REASON', cell: ({ reason }) => reason ?? '', shrinkTo: 12, optional: 1 },
    ],
    output,
  );
  await output.text(text);
  if (output.interactive) await output.note(output.style('dim', plural(entries.length, 'entry', 'entries')));
  return exitCodes.done;
}

function changeOf({ before, after }: AuditEntry): string {
  const [was, is] = [fieldsOf(before), fieldsOf(after)];
  return Object.entries(is)
    .map(([key, value]) =>
      was[key] === undefined ? `${key}: ${short(value)}` : `${key}: ${short(was[key])} → ${short(value)}`,
    )
    .join('; ');
}

function fieldsOf(value: AuditEntry['before']): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};
}

function short(value: unknown): string {
  if (value === null || value === undefined) return '–';
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return /^[0-9a-f]{64}$/.test(text) ? text.slice(0, 12) : text;
}
