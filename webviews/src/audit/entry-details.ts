import { html, nothing, type TemplateResult } from 'lit';
import type { AuditEntry } from '#schemas/domain/audit.ts';
import { type AuditChange, auditChanges } from '#schemas/domain/audit-changes.ts';
import { format } from '../shared/format.ts';
import { iconButton } from '../shared/icons.ts';

export interface DetailActions {
  readonly copy: () => void;
  readonly close: () => void;
}

/** All of one entry: what a row has no room for. */
export function entryDetails(entry: AuditEntry, { copy, close }: DetailActions): TemplateResult {
  const { seq, time, actor, action, target, reason, previous, hash } = entry;
  const changes = auditChanges(entry);
  return html`<section class="audit-entry" aria-labelledby="audit-entry-title">
    <header>
      <h2 id="audit-entry-title">Entry ${seq}</h2>
      ${iconButton({ icon: 'copy', label: 'Copy entry', onClick: copy })}
      ${iconButton({ icon: 'close', label: 'Close', onClick: close })}
    </header>
    <div class="audit-entry-body" tabindex="0" role="group" aria-label="Entry ${seq}">
      <dl>
        ${fact('When', html`<time datetime=${isoOf(time)}>${format.dateTime(time)}</time>`)} ${fact('Who', actor)}
        ${fact('Action', action)} ${fact('Of', target)} ${fact('Reason', reason ?? '–')}
        ${hashOf('Hash', hash)} ${hashOf('Hash of the entry before', previous)}
      </dl>
      ${changes.length === 0 ? nothing : changeTable(changes)}
    </div>
  </section>`;
}

function changeTable(changes: readonly AuditChange[]): TemplateResult {
  return html`<table>
    <thead>
      <tr>
        <th scope="col">Change</th>
        <th scope="col">Before</th>
        <th scope="col">After</th>
      </tr>
    </thead>
    <tbody>
      ${changes.map(
        ({ what, before, after }) => html`<tr>
          <th scope="row">${what}</th>
          <td>${before ?? '–'}</td>
          <td>${after ?? '–'}</td>
        </tr>`,
      )}
    </tbody>
  </table>`;
}

function fact(name: string, value: string | TemplateResult): TemplateResult {
  return html`<div><dt>${name}</dt><dd>${value}</dd></div>`;
}

/** Beside the name where there is room: hashes are long, and compared by eye. */
function hashOf(name: string, hash: string): TemplateResult {
  return html`<div class="wide"><dt>${name}</dt><dd><code>${hash}</code></dd></div>`;
}

function isoOf(time: number): string {
  const date = new Date(time);
  return Number.isNaN(date.getTime()) ? '' : date.toISOString();
}
