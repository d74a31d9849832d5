import { html, type TemplateResult } from 'lit';
import type { DashboardAlert } from '#schemas/protocol/dashboards.ts';
import { format } from '../shared/format.ts';
import { icon } from '../shared/icons.ts';

type Status = NonNullable<DashboardAlert['statuses']>[number];

const states: Readonly<Record<Status['state'], { icon: string; text: string }>> = {
  inactive: { icon: 'pass', text: 'inactive' },
  pending: { icon: 'clock', text: 'pending' },
  firing: { icon: 'flame', text: 'firing' },
  silenced: { icon: 'bell-slash', text: 'silenced' },
  inhibited: { icon: 'bell-slash', text: 'inhibited' },
  unknown: { icon: 'question', text: 'unknown' },
};

interface AlertTableOptions {
  readonly now: number;
  readonly onOpen: (runbook: string) => void;
}

/** The alerts of the document, with what the last check said of each, where one is known. */
export function alertTable(alerts: readonly DashboardAlert[], { now, onOpen }: AlertTableOptions): TemplateResult {
  return html`<section class="dashboard-group" aria-label="Alerts">
    <h2>Alerts</h2>
    <div class="dashboard-alerts" role="region" aria-label="List of alerts" tabindex="0">
      <table>
        <thead>
          <tr>
            ${['Alert', 'State', 'Severity', 'Condition', 'Channels', 'Runbook'].map((name) => html`<th scope="col">${name}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${alerts.map(
            ({ name, statuses, severity, when, channels, runbook }) => html`<tr>
              <th scope="row">${name}</th>
              <td>${statusCell(statuses, now)}</td>
              <td class="severity-${severity}">${severity}</td>
              <td><code>${when}</code></td>
              <td>${channels.join(', ')}</td>
              <td>${
                runbook === null
                  ? html`<span class="absent">–</span>`
                  : html`<button type="button" class="link-button" @click=${() => onOpen(runbook)}>
                      Open runbook<span class="visually-hidden"> of ${name}</span>
                    </button>`
              }</td>
            </tr>`,
          )}
        </tbody>
      </table>
    </div>
  </section>`;
}

function statusCell(statuses: readonly Status[] | null, now: number): TemplateResult {
  if (statuses === null) return html`<span class="muted">not checked yet</span>`;
  if (statuses.length === 0) return html`<span class="muted">not in the last check</span>`;
  return html`<ul class="alert-statuses">
    ${statuses.map(({ state, since, reason, labels }) => {
      const { icon: name, text } = states[state];
      const which = Object.entries(labels).map(([label, value]) => `${label}=${value}`);
      return html`<li class="alert-${state}" title=${[reason, ...which].filter((part) => part !== null).join('\n')}>
        ${icon(name)}<span>${text}${since === null ? '' : ` since ${format.ago(since, now)}`}</span>
      </li>`;
    })}
  </ul>`;
}
