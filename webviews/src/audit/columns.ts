import { html, nothing, type TemplateResult } from 'lit';
import type { AuditEntry, AuditVerdict } from '#schemas/domain/audit.ts';
import { auditChanges, changeText } from '#schemas/domain/audit-changes.ts';
import { format } from '../shared/format.ts';
import type { GridColumn } from '../shared/grid-layout.ts';
import { icon } from '../shared/icons.ts';

const columns: readonly GridColumn[] = [
  { id: 'state', label: 'State', header: icon('shield'), width: 30, resizable: false, frozen: true, icons: true },
  { id: 'seq', label: '#', title: 'Number of the entry', width: 60, align: 'end', frozen: true, names: true },
  { id: 'time', label: 'When', width: 195 },
  { id: 'actor', label: 'Who', width: 120 },
  { id: 'action', label: 'Action', width: 100 },
  { id: 'target', label: 'Of', width: 160 },
  { id: 'change', label: 'Change', width: 360 },
  { id: 'reason', label: 'Reason', width: 260 },
];

export function columnsOf(widths: Readonly<Record<string, number>>): readonly GridColumn[] {
  return columns.map((column) => ({ ...column, width: widths[column.id] ?? column.width }));
}

export function entryCell(entry: AuditEntry, column: string, verdict: AuditVerdict | null): unknown {
  switch (column) {
    case 'state':
      return stateOf(entry, verdict);
    case 'seq':
      return String(entry.seq);
    case 'time':
      return format.dateTime(entry.time);
    case 'actor':
      return titled(entry.actor);
    case 'action':
      return entry.action;
    case 'target':
      return titled(entry.target);
    case 'change':
      return titled(auditChanges(entry).map(changeText).join('; '));
    default:
      return titled(entry.reason ?? '');
  }
}

/** What is known of an entry beside what it says: that it is the bad one, signed, noted. */
export function stateOf(
  { seq }: Pick<AuditEntry, 'seq'>,
  verdict: AuditVerdict | null,
): TemplateResult | typeof nothing {
  if (!verdict) return nothing;
  if (verdict.brokenAt === seq) return icon('error', 'Here the log is not what was written');
  const signed = verdict.checkpoints.find((checkpoint) => checkpoint.seq === seq && checkpoint.problem === null);
  if (signed) return icon('verified-filled', `Signed by ${signed.signer}`);
  const place = verdict.anchors.find((anchor) => anchor.seq === seq)?.place;
  return place ? icon('git-commit', place === 'git' ? 'Noted in Git' : 'Noted in MLflow') : nothing;
}

function titled(text: string): TemplateResult {
  return html`<span title=${text}>${text}</span>`;
}
