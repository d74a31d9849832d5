import { html, nothing, type TemplateResult } from 'lit';
import type { DriftSegment } from '#schemas/domain/drift-report.ts';
import { classifierSentence, driftSentence } from '#schemas/domain/drift-score.ts';
import type { DriftSummary } from '#schemas/protocol/drift.ts';
import { format } from '../shared/format.ts';
import { icon } from '../shared/icons.ts';
import { percent, verdictIcon } from './columns.ts';

/** The verdict on the whole, what was compared, what was not, and where a drift comes from. */
export function verdictBar(summary: DriftSummary, now: number): TemplateResult {
  const { verdict, names, rows, at, driftedColumns, domainClassifier } = summary;
  return html`<section class="drift-verdict ${verdict}" aria-label="Verdict">
    <p class="drift-sentence">
      ${verdictIcon(verdict)}<strong>${driftSentence({ ...summary, drifted: driftedColumns })}</strong>
    </p>
    <p class="drift-samples">
      <span
        ><span class="muted">Reference</span> <span class="drift-name">${names.reference}</span>
        <span class="muted">${rowCount(rows.reference)}</span></span
      >
      ${icon('arrow-right')}
      <span
        ><span class="muted">Current</span> <span class="drift-name">${names.current}</span>
        <span class="muted">${rowCount(rows.current)}</span></span
      >
      <span class="muted" title=${format.dateTime(at)}>Checked ${format.ago(at, now)}</span>
    </p>
    ${domainClassifier ? html`<p>${classifierSentence(domainClassifier)}</p>` : nothing}
    ${segmentList(summary)} ${leftOutList(summary)}
  </section>`;
}

function rowCount(rows: number): string {
  return rows === 1 ? '1 row' : `${format.count(rows)} rows`;
}

function segmentList({ segments = [], sampledRows }: DriftSummary): TemplateResult | typeof nothing {
  // What explains the drift of all columns together is told once.
  const whole = segments.find(({ column }) => column === null);
  const told = segments.filter((one) => one === whole || !whole || one.predicate !== whole.predicate);
  if (told.length === 0) return nothing;
  return html`<div class="drift-segments">
    <h2>Where it comes from</h2>
    <ul>
      ${told.map(segment)}
    </ul>
    ${
      sampledRows
        ? html`<p class="muted">Looked for in ${rowCount(sampledRows.reference)} and ${rowCount(sampledRows.current)} of the two sides.</p>`
        : nothing
    }
  </div>`;
}

function segment({ column, predicate, explained, rows, reason }: DriftSegment): TemplateResult {
  const of = column === null ? 'of the drift' : `of the drift of ${column}`;
  if (predicate === null) return html`<li class="muted">${column === null ? '' : `${column}: `}${reason}</li>`;
  const size =
    rows === null ? '' : `, in ${percent(rows.reference)} of the rows before and ${percent(rows.current)} now`;
  return html`<li>
    <code>${predicate}</code> <span class="muted">${percent(explained ?? 0)} ${of}${size}</span>
  </li>`;
}

function leftOutList({ leftOut, leftOutTotal }: DriftSummary): TemplateResult | typeof nothing {
  if (leftOutTotal === 0) return nothing;
  const count = leftOutTotal === 1 ? '1 column was' : `${format.count(leftOutTotal)} columns were`;
  const more = leftOutTotal - leftOut.length;
  return html`<details class="drift-left-out">
    <summary>${count} not compared</summary>
    <ul>
      ${leftOut.map(
        ({ column, reason }) => html`<li>
          <span class="drift-name">${column}</span> <span class="muted">${reason}</span>
        </li>`,
      )}
      ${more > 0 ? html`<li class="muted">${format.count(more)} more</li>` : nothing}
    </ul>
  </details>`;
}
