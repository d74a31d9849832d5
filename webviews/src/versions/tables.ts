import { html, nothing, type TemplateResult } from 'lit';
import type { FileChange } from '#schemas/protocol/models.ts';
import { format } from '../shared/format.ts';
import { icon } from '../shared/icons.ts';
import { metricDelta } from './delta.ts';

export type Cell = string | TemplateResult;

export interface Row {
  readonly cells: readonly Cell[];
  /** Rows that are the same on both sides step back. */
  readonly differs: boolean;
}

interface Section {
  readonly title: string;
  readonly heads: readonly string[];
  /** Those that are shown. */
  readonly rows: readonly Row[];
  /** How many there are in all. */
  readonly total: number;
  /** Goes below the table. */
  readonly note?: TemplateResult | typeof nothing;
}

/** A part of the page with a table; nothing where there is nothing to say. */
export function section({ title, heads, rows, total, note }: Section): TemplateResult | typeof nothing {
  if (total === 0) return nothing;
  const id = `section-${title.toLowerCase().replaceAll(/\W+/g, '-')}`;
  return html`<section aria-labelledby=${id}>
    <h2 id=${id}>${title}</h2>
    ${rows.length === 0 ? html`<p class="muted">${same(total)}</p>` : table(title, heads, rows)} ${note ?? nothing}
  </section>`;
}

function same(total: number): string {
  return total === 1 ? 'It is the same.' : `All ${format.count(total)} are the same.`;
}

/** A table that scrolls by itself where the page is too narrow for it; the first cell of each row names it. */
export function table(label: string, heads: readonly string[], rows: readonly Row[]): TemplateResult {
  return html`<div class="table-scroll" tabindex="0" role="group" aria-label=${label}>
    <table class="versions-table columns-${heads.length}">
      <thead>
        <tr>
          ${heads.map((head) => html`<th scope="col">${head}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          ({ cells: [first, ...others], differs }) => html`<tr class=${differs ? 'differs' : 'same'}>
            <th scope="row">${first}</th>
            ${others.map((cell) => html`<td>${cell}</td>`)}
          </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

export function metricValue(text: string | null): string {
  if (text === null) return '–';
  const value = Number(text);
  return Number.isFinite(value) ? format.number(value) : text;
}

/** By how much a metric changed, and which way; words beside the colour, for who doesn’t see it. */
export function metricChange(name: string, before: string | null, after: string | null): Cell {
  const change = metricDelta(name, before, after);
  if (change === null) return '';
  const { by, isBetter } = change;
  if (isBetter === null) return '=';
  const word = isBetter ? 'better' : 'worse';
  return html`<span class="delta-${word}">${icon(by > 0 ? 'arrow-up' : 'arrow-down')} ${format.delta(by)}</span>
    <span class="muted">${word}</span>`;
}

const changeIcons: Readonly<Record<FileChange, string>> = {
  same: 'dash',
  changed: 'diff-modified',
  added: 'diff-added',
  removed: 'diff-removed',
};

export function fileChange(change: FileChange): TemplateResult {
  return html`<span class="change change-${change}">${icon(changeIcons[change])} ${change}</span>`;
}
