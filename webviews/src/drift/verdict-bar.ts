import { html, nothing, type TemplateResult } from 'lit';
import { driftSentence } from '#schemas/domain/drift-score.ts';
import type { DriftSummary } from '#schemas/protocol/drift.ts';
import { format } from '../shared/format.ts';
import { icon } from '../shared/icons.ts';
import { percent, verdictIcon } from './columns.ts';

/** The verdict on the whole, what was compared, what was not, and where a drift comes from. */
export function verdictBar(summary: DriftSummary, now: number): TemplateResult {
  const { verdict, names, rows, at, driftedColumns } = summary;
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
    ${segmentList(summary)} ${leftOutList(summary)}
  </section>`;
}

function rowCount(rows: number): string {
  return rows === 1 ? '1 row' : `${format.count(rows)} rows`;
}

function segmentList({ segments = [] }: DriftSummary): TemplateResult | typeof nothing {
  if (segments.length === 0) return nothing;
  return html`<div class="drift-segments">
    <h2>Where it comes from</h2>
    <ul>
      ${segments.map(
        ({ predicate, share, rows }) => html`<li>
          <code>${predicate}</code>
          <span class="muted"
            >explains ${percent(share)}${rows === undefined ? '' : `, ${rowCount(rows)}`}</span
          >
        </li>`,
      )}
    </ul>
  </div>`;
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
