import { html, nothing, type TemplateResult } from 'lit';
import {
  type DashboardAlert,
  type DashboardChart,
  type DashboardDescription,
  describeDashboard,
} from '#schemas/protocol/dashboards.ts';
import { openDashboardPush, openExternal, type PanelState } from '#schemas/protocol/webview.ts';
import { announce } from '../shared/announce.ts';
import { attempt } from '../shared/attempt.ts';
import type { Host, VsCodeApi } from '../shared/host.ts';
import { icon, iconButton } from '../shared/icons.ts';
import { LatestRequest } from '../shared/latest-request.ts';
import { emptyNotice, errorNotice, loadingBar } from '../shared/notices.ts';
import { PanelElement } from '../shared/panel-element.ts';
import './dashboard-tile.ts';
import { dashboardPanelView, type Period, periodLengths, periods } from './view.ts';

type DashboardState = Extract<PanelState, { panel: 'dashboard' }>;

const periodLabels: Readonly<Record<Period, string>> = {
  '1h': 'Last hour',
  '6h': 'Last 6 hours',
  '24h': 'Last 24 hours',
  '7d': 'Last 7 days',
  '30d': 'Last 30 days',
};
const headings = { drift: 'Drift', performance: 'Performance', metrics: 'Metrics' } as const;

/** The dashboard of a monitor: the same charts as the one made for Grafana. */
export class DashboardPanel extends PanelElement<'dashboard', typeof dashboardPanelView> {
  static override properties = {
    described: { state: true },
    error: { state: true },
    range: { state: true },
    problem: { state: true },
  };

  described: DashboardDescription | null = null;
  error: unknown = null;
  range = { from: 0, to: 1 };
  /** Why what the person asked for last could not be done. */
  problem: string | null = null;
  readonly #describing = new LatestRequest();

  constructor() {
    super(dashboardPanelView);
  }

  override connect(host: Host, api: VsCodeApi): void {
    super.connect(host, api);
    const onScroll = () => this.rememberQuietly({ scroll: Math.round(this.scrollTop) });
    this.addEventListener('scroll', onScroll, { passive: true });
    this.addEventListener('tile-table', ({ detail: { chart, open } }) => {
      const others = this.view.tables.filter((id) => id !== chart);
      this.remember({ tables: open ? [...others, chart] : others });
    });
  }

  override show(state: DashboardState): void {
    this.state = state;
    this.startError = null;
    this.described = null;
    this.remember({});
    void this.#refresh().then(async () => {
      await this.updateComplete;
      this.scrollTo({ top: this.view.scroll });
    });
  }

  override dataChanged(): void {
    void this.#refresh();
  }

  async #refresh(): Promise<void> {
    const { host, state } = this;
    if (!host || !state) return;
    const outcome = await this.#describing.ask((signal) => host.request(describeDashboard, sourceOf(state), signal));
    if (!outcome) return;
    this.error = 'error' in outcome ? outcome.error : null;
    if ('value' in outcome) this.described = outcome.value;
    this.#look();
  }

  /** The charts read what was until now. */
  #look(): void {
    const to = Date.now();
    this.range = { from: to - periodLengths[this.view.period], to };
  }

  protected override render(): TemplateResult {
    const { startError, error, described, state } = this;
    if (startError) return errorNotice('The dashboard can’t be shown', startError.error, startError.retry);
    if (error) return errorNotice('The dashboard can’t be shown', error, () => void this.#refresh());
    if (!described || !state) return loadingBar('Reading the monitor');
    const { charts, alerts } = described;
    return html`<div class="dashboard">
      ${this.#head(described, state)}
      ${this.problem === null ? nothing : html`<p class="dashboard-problem" role="alert">${icon('error')} ${this.problem}</p>`}
      ${
        charts.length === 0
          ? emptyNotice({
              icon: 'graph-line',
              title: 'There is nothing to draw',
              detail: 'The document has no drift, performance or metrics.',
            })
          : (['metrics', 'drift', 'performance'] as const).map((group) =>
              this.#group(
                headings[group],
                charts.filter((chart) => chart.group === group),
                state,
              ),
            )
      }
      ${alerts.length === 0 ? nothing : this.#alerts(alerts)}
    </div>`;
  }

  #head({ title, monitor, description }: DashboardDescription, state: DashboardState): TemplateResult {
    return html`<header class="dashboard-head">
      <div class="dashboard-title">
        <h1>${title}</h1>
        <p class="muted">${monitor}${description === '' ? '' : ` – ${description}`}</p>
      </div>
      <div class="dashboard-controls" role="toolbar" aria-label="Dashboard">
        <select
          aria-label="Time"
          @change=${({ target }: Event) => {
            const period = target instanceof HTMLSelectElement && periods.find((one) => one === target.value);
            if (!period) return;
            this.remember({ period });
            this.#look();
          }}
        >
          ${periods.map((period) => html`<option value=${period} .selected=${period === this.view.period}>${periodLabels[period]}</option>`)}
        </select>
        ${iconButton({
          icon: 'refresh',
          label: 'Refresh',
          onClick: () => {
            announce('Reading the dashboard again');
            void this.#refresh();
          },
        })}
        <vscode-button secondary @click=${() => void this.#push(state)}>Bring to Grafana…</vscode-button>
      </div>
    </header>`;
  }

  #group(heading: string, charts: readonly DashboardChart[], state: DashboardState): TemplateResult | typeof nothing {
    if (charts.length === 0) return nothing;
    return html`<section class="dashboard-group" aria-label=${heading}>
      <h2>${heading}</h2>
      <div class="tiles">
        ${charts.map(
          (chart) => html`<dashboard-tile
            .host=${this.host}
            .source=${sourceOf(state)}
            .chart=${chart}
            .range=${this.range}
            .tableOpen=${this.view.tables.includes(chart.id)}
          ></dashboard-tile>`,
        )}
      </div>
    </section>`;
  }

  #alerts(alerts: readonly DashboardAlert[]): TemplateResult {
    return html`<section class="dashboard-group" aria-label="Alerts">
      <h2>Alerts</h2>
      <div class="dashboard-alerts" role="region" aria-label="List of alerts" tabindex="0">
        <table>
          <thead>
            <tr>
              <th scope="col">Alert</th>
              <th scope="col">Severity</th>
              <th scope="col">Condition</th>
              <th scope="col">Channels</th>
              <th scope="col">Runbook</th>
            </tr>
          </thead>
          <tbody>
            ${alerts.map(({ name, severity, when, channels, runbook }) => {
              return html`<tr>
                <th scope="row">${name}</th>
                <td class="severity-${severity}">${severity}</td>
                <td><code>${when}</code></td>
                <td>${channels.join(', ')}</td>
                <td>${
                  runbook === null
                    ? html`<span class="absent">–</span>`
                    : html`<button type="button" class="link-button" @click=${() => void this.#open(runbook)}>
                        Open runbook<span class="visually-hidden"> of ${name}</span>
                      </button>`
                }</td>
              </tr>`;
            })}
          </tbody>
        </table>
      </div>
    </section>`;
  }

  async #open(url: string): Promise<void> {
    await this.#try((host) => host.request(openExternal, { url }));
  }

  async #push({ file, name }: DashboardState): Promise<void> {
    await this.#try((host) => host.request(openDashboardPush, { file, name }));
  }

  async #try(work: (host: Host) => Promise<unknown>): Promise<void> {
    const { host } = this;
    if (!host) return;
    this.problem = null;
    await attempt(
      async () => {
        await work(host);
      },
      (text) => {
        this.problem = text;
      },
    );
  }
}

function sourceOf({ folder, file, name }: DashboardState) {
  return { folder, file, name };
}

customElements.define('dashboard-panel', DashboardPanel);
