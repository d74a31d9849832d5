import { html, nothing, type TemplateResult } from 'lit';
import type { RunDetails } from '#schemas/domain/run.ts';
import { format, formatDuration } from '../shared/format.ts';
import { icon, iconButton, statusLabel } from '../shared/icons.ts';
import { fact } from './details-lists.ts';

const noteTag = 'mlflow.note.content';
const parentTag = 'mlflow.parentRunId';

interface RunHeader {
  readonly details: RunDetails;
  /** Unix milliseconds. */
  readonly now: number;
  /** Null where the tracker has no page of the run. */
  readonly onOpenLink: (() => void) | null;
  readonly onOpenRun: (runId: string) => void;
  readonly onRefresh: () => void;
  readonly onCopy: (text: string) => void;
}

/** What the run is: its name, how it went and where it belongs. */
export function runHeader({ details, now, onOpenLink, onOpenRun, onRefresh, onCopy }: RunHeader): TemplateResult {
  const { run, userId } = details;
  const note = run.tags[noteTag];
  const parent = run.tags[parentTag];
  return html`<header class="run-head">
    <div class="run-title">
      <h1>${run.name || run.id}</h1>
      ${statusLabel(run.status)} ${run.lifecycleStage === 'deleted' ? html`<span class="badge">Deleted</span>` : nothing}
      <span class="run-actions">
        ${
          onOpenLink
            ? html`<button type="button" class="link-button run-link" @click=${onOpenLink}>
                ${icon('link-external')} Open in tracker
              </button>`
            : nothing
        }
        ${iconButton({ icon: 'refresh', label: 'Refresh', onClick: onRefresh })}
      </span>
    </div>
    <dl class="facts run-facts">
      ${fact('Experiment', run.experiment)} ${timeFacts(run, now)} ${userId ? fact('User', userId) : nothing}
      ${fact('Run ID', run.id, onCopy)}
      ${
        parent
          ? html`<div class="fact">
              <dt>Parent run</dt>
              <dd>
                <button type="button" class="link-button fact-value" @click=${() => onOpenRun(parent)}>${parent}</button>
              </dd>
            </div>`
          : nothing
      }
    </dl>
    ${note ? html`<div class="note" tabindex="0" role="region" aria-label="Note">${note}</div>` : nothing}
  </header>`;
}

function timeFacts({ startTime, endTime, status }: RunDetails['run'], now: number): TemplateResult {
  if (startTime === null) return endTime === null ? html`` : fact('Ended', format.dateTime(endTime));
  const started = fact('Started', `${format.dateTime(startTime)} (${format.ago(startTime, now)})`);
  if (endTime === null) {
    return html`${started} ${status === 'RUNNING' ? fact('Running for', formatDuration(now - startTime)) : nothing}`;
  }
  return html`${started} ${fact('Ended', format.shortDateTime(endTime, startTime))}
  ${fact('Duration', formatDuration(endTime - startTime))}`;
}
