import { html, nothing, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { type Comparison, type CurveAxis, curveAxis } from '#schemas/domain/comparison.ts';
import { formatRunRef } from '#schemas/domain/run.ts';
import { compareRuns } from '#schemas/protocol/experiments.ts';
import { openRun, type PanelState, saveFile } from '#schemas/protocol/webview.ts';
import { announce } from '../shared/announce.ts';
import type { ChartRun } from '../shared/chart-data.ts';
import type { ChartRange } from '../shared/drawing.ts';
import { format } from '../shared/format.ts';
import type { Host, VsCodeApi } from '../shared/host.ts';
import { isAborted } from '../shared/host-failure.ts';
import { iconButton } from '../shared/icons.ts';
import { LatestRequest } from '../shared/latest-request.ts';
import type { ChartSettings } from '../shared/metric-tile.ts';
import { describeError, emptyNotice, errorNotice, loadingBar } from '../shared/notices.ts';
import { PanelElement } from '../shared/panel-element.ts';
import { tabBar } from '../shared/tabs.ts';
import { onThemeChange, readTheme } from '../shared/theme.ts';
import { chartOrder } from './chart-order.ts';
import { chartRuns } from './run-labels.ts';
import { type ComparePanelView, comparePanelView } from './view.ts';

type CompareState = Extract<PanelState, { panel: 'compare' }>;

const tabs = [
  { id: 'charts', label: 'Charts' },
  { id: 'table', label: 'Table' },
  { id: 'scatter', label: 'Scatter' },
  { id: 'parallel', label: 'Parallel' },
] as const;

const axes: readonly { id: CurveAxis; label: string }[] = [
  { id: 'step', label: 'Step' },
  { id: 'time', label: 'Time' },
  { id: 'relative', label: 'Relative time' },
];

/** Runs side by side: curves of their metrics, and tables of what they have. */
export class ComparePanel extends PanelElement<'compare', typeof comparePanelView> {
  static override properties = {
    comparison: { state: true },
    revision: { state: true },
    error: { state: true },
    busy: { state: true },
    highlighted: { state: true },
    message: { state: true },
  };

  comparison: Comparison | null = null;
  revision = 0;
  error: unknown = null;
  busy = false;
  highlighted: string | null = null;
  message = '';
  #runs: readonly ChartRun[] = [];
  readonly #comparing = new LatestRequest();

  constructor() {
    super(comparePanelView);
  }

  override connect(host: Host, api: VsCodeApi): void {
    super.connect(host, api);
    onThemeChange(() => {
      this.#nameRuns();
      this.requestUpdate();
    });
  }

  override show(state: CompareState): void {
    this.state = state;
    this.startError = null;
    this.comparison = null;
    this.remember({});
    void this.#read().then(() => this.#restoreScroll());
  }

  override dataChanged(): void {
    void this.#read();
  }

  async #read(): Promise<void> {
    const { host, state } = this;
    if (!host || !state) return;
    const { folder, runs } = state;
    this.busy = true;
    const outcome = await this.#comparing.ask((signal) => host.request(compareRuns, { folder, runs }, signal));
    this.busy = this.#comparing.isPending;
    if (!outcome) return;
    this.error = 'error' in outcome ? outcome.error : null;
    if ('error' in outcome) return;
    const { revision: _backend, ...comparison } = outcome.value;
    this.comparison = comparison;
    // The panel's own count: a backend that came back may begin again with an old number.
    this.revision += 1;
    this.#nameRuns();
  }

  #nameRuns(): void {
    if (!this.comparison) return;
    const runs = chartRuns(this.comparison, readTheme());
    // Charts are drawn again for other names and colours only.
    if (JSON.stringify(runs) !== JSON.stringify(this.#runs)) this.#runs = runs;
  }

  async #restoreScroll(): Promise<void> {
    await this.updateComplete;
    this.querySelector('.chart-grid')?.scrollTo({ top: this.view.scroll });
    this.querySelector('comparison-table')?.restoreScroll(this.view.tableScroll);
  }

  protected override render(): TemplateResult {
    if (this.startError) {
      return errorNotice('The comparison can’t be shown', this.startError.error, this.startError.retry);
    }
    if (!this.comparison) {
      if (this.error) return errorNotice('The runs can’t be compared', this.error, () => void this.#read());
      return loadingBar('Loading runs');
    }
    const { tab } = this.view;
    return html`
      <h1 class="visually-hidden">Comparison of ${format.count(this.#runs.length)} runs</h1>
      ${this.#toolbar(this.comparison)}
      ${this.busy ? loadingBar('Reading the runs again') : html`<div class="loading-idle"></div>`}
      <div class="compare-body ${this.view.legendOpen && tab !== 'table' ? 'with-legend' : ''}">
        ${this.view.legendOpen && tab !== 'table' ? this.#legend() : nothing}
        <div class="compare-main" role="tabpanel" id="tab-panel" aria-labelledby="tab-${tab}">${this.#main(this.comparison)}</div>
      </div>
      ${this.#footer()}
    `;
  }

  #toolbar(comparison: Comparison): TemplateResult {
    const { tab, search, legendOpen, onlyDifferent } = this.view;
    const searches = tab === 'charts' ? 'Search metrics' : 'Search keys';
    return html`<div class="compare-toolbar">
      ${
        tab === 'table'
          ? nothing
          : iconButton({
              icon: 'layout-sidebar-left',
              label: 'Runs',
              pressed: legendOpen,
              onClick: () => this.remember({ legendOpen: !legendOpen }),
            })
      }
      ${tabBar({ tabs, selected: tab, label: 'Views of the comparison', onSelect: (id) => this.#select(id) })}
      ${
        tab === 'charts' || tab === 'table'
          ? html`<input
              type="text"
              class="text-input compare-search"
              placeholder=${searches}
              aria-label=${searches}
              .value=${search}
              @input=${(event: Event) => {
                if (event.target instanceof HTMLInputElement) this.remember({ search: event.target.value });
              }}
            />`
          : nothing
      }
      ${tab === 'charts' && comparison.metrics.length > 0 ? this.#chartControls() : nothing}
      ${
        tab === 'table'
          ? html`<label class="check">
              <input
                type="checkbox"
                .checked=${onlyDifferent}
                @change=${() => this.remember({ onlyDifferent: !onlyDifferent })}
              />
              Only what differs
            </label>`
          : nothing
      }
    </div>`;
  }

  #chartControls(): TemplateResult {
    const { axis, smoothing, logScale, zoom } = this.view;
    return html`<div class="chart-controls">
      <label class="control"
        >Axis
        <select
          @change=${(event: Event) => {
            if (!(event.target instanceof HTMLSelectElement)) return;
            // A range in steps says nothing in time.
            this.remember({ axis: curveAxis.parse(event.target.value), zoom: {} });
          }}
        >
          ${axes.map(({ id, label }) => html`<option value=${id} ?selected=${id === axis}>${label}</option>`)}
        </select>
      </label>
      <label class="control"
        >Smoothing
        <input
          type="range"
          min="0"
          max="0.99"
          step="0.01"
          .value=${String(smoothing)}
          @input=${(event: Event) => {
            if (event.target instanceof HTMLInputElement) this.remember({ smoothing: event.target.valueAsNumber });
          }}
        />
        <span class="tabular control-value">${smoothing.toFixed(2)}</span>
      </label>
      <label class="check">
        <input type="checkbox" .checked=${logScale} @change=${() => this.remember({ logScale: !logScale })} />
        Log scale
      </label>
      ${
        Object.keys(zoom).length > 0
          ? html`<button type="button" class="link-button" @click=${() => this.remember({ zoom: {} })}>Reset zoom</button>`
          : nothing
      }
    </div>`;
  }

  #select(tab: ComparePanelView['tab']): void {
    this.remember({ tab });
    void this.#restoreScroll();
  }

  #legend(): TemplateResult {
    return html`<run-legend
      .runs=${this.#runs}
      .concealed=${new Set(this.view.hidden)}
      .highlighted=${this.highlighted}
      @legend-hidden=${(event: CustomEvent<{ hidden: string[] }>) => this.remember({ hidden: event.detail.hidden })}
      @legend-open=${(event: CustomEvent<{ run: string }>) => this.#open(event.detail.run)}
      @chart-highlight=${this.#onHighlight}
    ></run-legend>`;
  }

  #main(comparison: Comparison): TemplateResult {
    const { view } = this;
    switch (view.tab) {
      case 'charts':
        return this.#charts(comparison);
      case 'table':
        return html`<comparison-table
          .comparison=${comparison}
          .runs=${this.#runs}
          .onlyDifferent=${view.onlyDifferent}
          .search=${view.search}
          .baseline=${view.baseline}
          .widths=${view.widths}
          @table-baseline=${(event: CustomEvent<{ run: string | null }>) => this.#pin(event.detail.run)}
          @table-widths=${(event: CustomEvent<{ widths: Record<string, number> }>) => this.remember({ widths: event.detail.widths })}
          @grid-scroll=${(event: HTMLElementEventMap['grid-scroll']) => this.rememberQuietly({ tableScroll: event.detail })}
        ></comparison-table>`;
      case 'scatter':
      case 'parallel':
        return html`<run-plot
          .kind=${view.tab}
          .comparison=${comparison}
          .runs=${this.#runs}
          .concealed=${new Set(view.hidden)}
          .highlighted=${this.highlighted}
          .scatter=${view.scatter}
          .parallel=${view.parallel}
          @plot-change=${(event: CustomEvent<Partial<ComparePanelView>>) => this.remember(event.detail)}
          @chart-highlight=${this.#onHighlight}
        ></run-plot>`;
    }
  }

  #charts({ metrics }: Comparison): TemplateResult {
    const { search, axis, smoothing, logScale, expanded } = this.view;
    const words = search.toLowerCase().split(/\s+/).filter(Boolean);
    const keys = chartOrder(metrics).filter((key) => words.every((word) => key.toLowerCase().includes(word)));
    if (keys.length === 0) {
      return metrics.length === 0
        ? emptyNotice({ icon: 'graph-line', title: 'These runs have no metrics' })
        : emptyNotice({ icon: 'search', title: 'No metric matches' });
    }
    const settings: ChartSettings = { axis, smoothing, logScale };
    const hidden = new Set(this.view.hidden);
    const refs = this.state?.runs ?? [];
    return html`<div
      class="chart-grid"
      @scroll=${(event: Event) => {
        if (event.target instanceof HTMLElement) this.rememberQuietly({ scroll: event.target.scrollTop });
      }}
      @chart-highlight=${this.#onHighlight}
      @chart-save=${(event: HTMLElementEventMap['chart-save']) => this.#save(event.detail)}
    >
      ${repeat(
        keys,
        (key) => key,
        (key) => html`<metric-tile
          class=${expanded === key ? 'expanded' : ''}
          data-metric=${key}
          .host=${this.host}
          .folder=${this.state?.folder ?? ''}
          .refs=${refs}
          .metric=${key}
          .runs=${this.#runs}
          .settings=${settings}
          .hiddenRuns=${hidden}
          .highlighted=${this.highlighted}
          .range=${this.view.zoom[key] ?? null}
          .tableOpen=${this.view.tables.includes(key)}
          .expanded=${expanded === key}
          .revision=${this.revision}
          @chart-zoom=${(event: HTMLElementEventMap['chart-zoom']) => this.#zoom(key, event.detail.range)}
          @chart-table=${(event: HTMLElementEventMap['chart-table']) => this.#table(key, event.detail.open)}
          @chart-expand=${(event: HTMLElementEventMap['chart-expand']) => this.remember({ expanded: event.detail.expanded ? key : null })}
        ></metric-tile>`,
      )}
    </div>`;
  }

  #footer(): TemplateResult {
    const error = this.error ? describeError(this.error) : null;
    if (!error && !this.message) return html`${nothing}`;
    return html`<footer class="footer">
      ${error ? html`<span class="footer-error" role="alert">${error.message} ${error.remedy ?? ''}</span>` : html`<span class="muted">${this.message}</span>`}
    </footer>`;
  }

  #onHighlight = (event: HTMLElementEventMap['chart-highlight']): void => {
    this.highlighted = event.detail.run;
  };

  #zoom(key: string, range: ChartRange | null): void {
    const { [key]: _before, ...others } = this.view.zoom;
    this.remember({ zoom: range ? { ...others, [key]: range } : others });
  }

  #table(key: string, open: boolean): void {
    const others = this.view.tables.filter((other) => other !== key);
    this.remember({ tables: open ? [...others, key] : others });
  }

  #pin(run: string | null): void {
    this.remember({ baseline: run });
    const name = this.#runs.find(({ id }) => id === run)?.name;
    announce(name ? `${name} is the baseline` : 'No baseline');
  }

  async #open(id: string): Promise<void> {
    const run = this.state?.runs.find((ref) => formatRunRef(ref) === id);
    if (!run || !this.state) return;
    await this.#try(this.host?.request(openRun, { folder: this.state.folder, run }));
  }

  async #save(file: { suggestedName: string; encoding: 'utf8' | 'base64'; data: string }): Promise<void> {
    await this.#try(this.host?.request(saveFile, file));
  }

  async #try(asked: Promise<unknown> | undefined): Promise<void> {
    try {
      await asked;
      this.message = '';
    } catch (error) {
      if (!isAborted(error)) this.message = describeError(error).message;
    }
  }
}

customElements.define('compare-panel', ComparePanel);
