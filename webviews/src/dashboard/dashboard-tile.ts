import { Chart, LinearScale, LineController, LineElement, PointElement, Tooltip } from 'chart.js';
import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { type DashboardChart, type DashboardChartData, readDashboardChart } from '#schemas/protocol/dashboards.ts';
import { PageElement } from '../shared/element.ts';
import type { Host } from '../shared/host.ts';
import { icon, iconButton } from '../shared/icons.ts';
import { LatestRequest } from '../shared/latest-request.ts';
import { describeError, loadingBar, warningList } from '../shared/notices.ts';
import { byContents } from '../shared/same.ts';
import { onThemeChange, readTheme } from '../shared/theme.ts';
import { chartConfiguration } from './chart-config.ts';
import { type CurrentValue, currentValues } from './current-values.ts';
import { valueList, valueTable } from './values.ts';

Chart.register(LineController, LineElement, PointElement, LinearScale, Tooltip);

/** Which document a dashboard is of. */
export interface DashboardSource {
  readonly folder: string;
  readonly file: string;
  readonly name: string | null;
}

const points = 300;

/** One chart, which reads its own data: what one of them can't tell keeps no other from being shown. Tells `tile-table`. */
export class DashboardTile extends PageElement {
  static override properties = {
    host: { attribute: false },
    source: byContents,
    chart: byContents,
    range: byContents,
    tableOpen: { attribute: false },
    data: { state: true },
    error: { state: true },
    loading: { state: true },
  };

  host: Host | null = null;
  source: DashboardSource | null = null;
  chart: DashboardChart | null = null;
  range = { from: 0, to: 1 };
  tableOpen = false;
  data: { readonly read: DashboardChartData; readonly from: number; readonly to: number } | null = null;
  error: unknown = null;
  loading = false;
  readonly #reading = new LatestRequest();
  #drawn: Chart<'line'> | null = null;
  #stopWatching: (() => void) | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    this.#stopWatching = onThemeChange(() => this.requestUpdate('data'));
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#stopWatching?.();
    this.#drawn?.destroy();
    this.#drawn = null;
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (changed.has('range') || changed.has('source') || changed.has('chart')) void this.#read();
  }

  async #read(): Promise<void> {
    const { host, source, chart, range } = this;
    if (!host || !source || !chart) return;
    this.loading = true;
    const question = { ...source, chart: chart.id, ...range, points };
    const outcome = await this.#reading.ask((signal) => host.request(readDashboardChart, question, signal));
    this.loading = this.#reading.isPending;
    if (!outcome) return;
    this.error = 'error' in outcome ? outcome.error : null;
    if ('value' in outcome) this.data = { read: outcome.value, ...range };
    // What was read before is of another time: it is not left to be taken for the present.
    else this.data = null;
  }

  protected override updated(changed: PropertyValues): void {
    const canvas = this.querySelector('canvas');
    if (!canvas) {
      this.#drawn?.destroy();
      this.#drawn = null;
      return;
    }
    if (!this.chart || !this.data || !changed.has('data')) return;
    const { read, from, to } = this.data;
    this.#drawn?.destroy();
    this.#drawn = new Chart(canvas, chartConfiguration({ chart: this.chart, data: read, from, to }, readTheme()));
  }

  protected override render(): TemplateResult | typeof nothing {
    const { chart } = this;
    if (!chart) return nothing;
    return html`<section class="tile" aria-label=${chart.title} aria-busy=${this.loading ? 'true' : 'false'}>
      <header>
        <h3 title=${chart.description}>${chart.title}</h3>
        ${iconButton({
          icon: 'table',
          label: `Values of ${chart.title} as a table`,
          pressed: this.tableOpen,
          onClick: () => this.emit('tile-table', { chart: chart.id, open: !this.tableOpen }),
        })}
      </header>
      ${this.loading ? loadingBar(`Reading ${chart.title}`) : html`<div class="loading-idle"></div>`}
      ${this.#content(chart)}
    </section>`;
  }

  #content(chart: DashboardChart): TemplateResult {
    if (this.error) return this.#failure(chart);
    if (!this.data) return html`<div class="tile-empty muted">${icon('sync')} Reading…</div>`;
    const { read, from, to } = this.data;
    const values = currentValues(read, chart, to);
    if (read.series.length === 0) {
      return html`${warningList(read.warnings)}
        <div class="tile-empty">
          <p><strong>No data</strong></p>
          <p class="muted">
            ${
              chart.group === 'metrics'
                ? 'The query gave no series in this time: the metric may not exist, or its labels differ.'
                : 'No check in this time exported it: see What a check exports in the guide.'
            }
          </p>
        </div>`;
    }
    return html`${warningList(read.warnings)}
      ${
        this.tableOpen
          ? valueTable({ chart, data: read })
          : html`<div class="tile-chart"><canvas role="img" aria-label=${this.#label(chart, values)}></canvas></div>`
      }
      ${valueList({ chart, values, now: to, left: read.left, span: to - from })}`;
  }

  #failure(chart: DashboardChart): TemplateResult {
    const { message, remedy } = describeError(this.error);
    return html`<div class="tile-empty tile-failed" role="alert">
      <p>${icon('error')} <strong>${chart.title} can’t be read</strong></p>
      <p>${message}</p>
      ${remedy ? html`<p class="muted">${remedy}</p>` : nothing}
      <vscode-button secondary @click=${() => void this.#read()}>Try again</vscode-button>
    </div>`;
  }

  #label({ title }: DashboardChart, values: readonly CurrentValue[]): string {
    const count = values.length === 1 ? 'one series' : `${values.length} series`;
    return `${title} over time, ${count}; the values are below`;
  }
}

declare global {
  interface HTMLElementEventMap {
    'tile-table': CustomEvent<{ chart: string; open: boolean }>;
  }
}

customElements.define('dashboard-tile', DashboardTile);
