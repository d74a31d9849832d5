import { html, nothing, type TemplateResult } from 'lit';
import { type JsonNumber, jsonNumber } from '#schemas/domain/number.ts';
import type { TableColumn } from '#schemas/protocol/experiments.ts';
import { format, formatDuration } from '../shared/format.ts';
import { icon, statusLabel } from '../shared/icons.ts';
import type { Cell, WindowRow } from './row-windows.ts';

/** What a cell of the runs table shows. `now`: Unix milliseconds. */
export function runCell(row: WindowRow, column: Pick<TableColumn, 'id' | 'kind'>, now: number): unknown {
  const value = row.cells.get(column.id);
  switch (column.id) {
    case 'attribute.name':
      return nameCell(row, value);
    case 'attribute.status':
      return statusLabel(row.status);
    case 'attribute.startTime':
      return typeof value === 'number' ? startCell(value, now) : absent;
    case 'attribute.duration':
      return typeof value === 'number' ? formatDuration(value) : absent;
    default:
      return valueCell(column, value);
  }
}

const absent = html`<span class="absent" aria-label="None">–</span>`;
const notRead = html`<span class="skeleton" aria-hidden="true"></span>`;

function nameCell(row: WindowRow, value: Cell | undefined): TemplateResult {
  if (value === undefined) return notRead;
  const name = typeof value === 'string' && value !== '' ? value : row.ref.runId;
  return html`<span class="cell-link" data-action="open" title=${name}>${name}</span>${
    row.marks.hidden ? icon('eye-closed', 'Hidden') : nothing
  }`;
}

function startCell(value: number, now: number): TemplateResult {
  return html`<span title=${format.dateTime(value)}>${format.shortDateTime(value, now)}</span>`;
}

function valueCell({ kind }: Pick<TableColumn, 'kind'>, value: Cell | undefined): unknown {
  if (value === undefined) return notRead;
  if (value === null) return absent;
  if (kind === 'metric' && isNumber(value))
    return html`<span title=${format.exact(value)}>${format.number(value)}</span>`;
  const text = String(value);
  return html`<span title=${text}>${text === '' ? html`<span class="absent">empty</span>` : oneLine(text)}</span>`;
}

function isNumber(value: Cell): value is JsonNumber {
  return jsonNumber.safeParse(value).success;
}

/** Text of several lines on one, with its breaks to be seen. */
function oneLine(text: string): string {
  return text.includes('\n') ? text.replaceAll(/\r?\n/g, ' ⏎ ') : text;
}

export function selectCell(selected: boolean): TemplateResult {
  return html`<span class="grid-check ${selected ? 'checked' : ''}" data-action="select">${
    selected ? icon('check') : nothing
  }</span>`;
}

export function starCell(starred: boolean): TemplateResult {
  return html`<span class="grid-star ${starred ? 'starred' : ''}" data-action="star" title=${starred ? 'Starred' : 'Star'}
    >${icon(starred ? 'star-full' : 'star-empty')}<span class="visually-hidden">${starred ? 'Starred' : 'Not starred'}</span></span
  >`;
}
