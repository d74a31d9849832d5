import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import type { JsonNumber } from '#schemas/domain/number.ts';
import { formatRunRef, type MetricSummary, type Run, type RunRef } from '#schemas/domain/run.ts';
import type { ChartRun } from '../shared/chart-data.ts';
import type { GridAction } from '../shared/data-grid.ts';
import { PageElement } from '../shared/element.ts';
import { format } from '../shared/format.ts';
import type { GridColumn } from '../shared/grid-layout.ts';
import { type GridSource, headHeight, rowHeight } from '../shared/grid-rows.ts';
import type { Host } from '../shared/host.ts';
import { emptyNotice } from '../shared/notices.ts';
import { lineStyle } from '../shared/palette.ts';
import { place } from '../shared/place.ts';
import { nextSort } from '../shared/sort.ts';
import { onThemeChange, readTheme } from '../shared/theme.ts';
import { chartControls } from './chart-controls.ts';
import { metricRows } from './metric-rows.ts';
import './points-table.ts';
import './spark-line.ts';
import type { RunPanelView } from './view.ts';

const columns: readonly GridColumn[] = [
  { id: 'key', label: 'Metric', width: 240, frozen: true, names: true, sortable: true },
  { id: 'last', label: 'Last', width: 110, align: 'end', sortable: true },
  { id: 'curve', label: 'Course', width: 140, resizable: false },
  { id: 'min', label: 'Min', width: 110, align: 'end', sortable: true },
  { id: 'max', label: 'Max', width: 110, align: 'end', sortable: true },
  { id: 'step', label: 'Last step', width: 100, align: 'end', sortable: true },
  { id: 'count', label: 'Points', width: 90, align: 'end', sortable: true },
];
/** Room for a horizontal scroll bar, so that a short list has no vertical one. */
const scrollBar = 12;

/** All metrics of a run with what each did, and the chart or the points of one. Tells `view-change`. */
export class MetricsView extends PageElement {
  static override properties = {
    host: { attribute: false },
    folder: { attribute: false },
    ref: { attribute: false },
    run: { attribute: false },
    metrics: { attribute: false },
    view: { attribute: false },
    revision: { attribute: false },
  };

  host: Host | null = null;
  folder = '';
  ref: RunRef = { tracker: '', runId: '' };
  run: Pick<Run, 'name'> = { name: '' };
  metrics: readonly MetricSummary[] = [];
  view: RunPanelView | null = null;
  revision = 0;
  #rows: readonly MetricSummary[] = [];
  #runs: readonly ChartRun[] = [];
  #stopWatching: (() => void) | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    this.#stopWatching = onThemeChange(() => this.requestUpdate('run'));
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#stopWatching?.();
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (changed.has('ref') || changed.has('run')) {
      const style = lineStyle(0, readTheme());
      this.#runs = [{ id: formatRunRef(this.ref), name: this.run.name, detail: '', style }];
    }
    if (this.view && (changed.has('metrics') || changed.has('view'))) this.#rows = metricRows(this.metrics, this.view);
  }

  protected override updated(changed: PropertyValues<this>): void {
    // The chart takes room from the list: the metric that was chosen stays in sight.
    if (!changed.has('view') || changed.get('view')?.metric === this.view?.metric) return;
    const row = this.#rows.findIndex(({ key }) => key === this.view?.metric);
    this.querySelector(`.metrics-list [data-row="${row}"]`)?.scrollIntoView({ block: 'nearest' });
  }

  protected override render(): TemplateResult {
    const { view } = this;
    if (!view) return html`${nothing}`;
    if (this.metrics.length === 0) {
      return emptyNotice({
        icon: 'graph-line',
        title: 'No metrics',
        detail: 'They appear as soon as training calls mlflow.log_metric or autologging does.',
      });
    }
    const open = this.metrics.find(({ key }) => key === view.metric);
    return html`${this.#rows.length > 0 ? this.#list(view) : emptyNotice({ icon: 'search', title: 'No metric matches' })}
    ${open ? html`<div class="metric-chart">${this.#large(open, view)}</div>` : nothing}`;
  }

  #list(view: RunPanelView): TemplateResult {
    const rows = this.#rows;
    const source: GridSource = {
      count: rows.length,
      has: () => true,
      selected: (row) => rows[row]?.key === view.metric,
      cell: (row, { id }) => {
        const metric = rows[row];
        return metric ? this.#cell(metric, id) : nothing;
      },
    };
    return html`<div
      class="metrics-list"
      ${place({ height: `${headHeight + rows.length * rowHeight + scrollBar}px` })}
    >
      <data-grid
        .columns=${columns.map((column) => ({ ...column, width: view.widths[column.id] ?? column.width }))}
        .source=${source}
        .sort=${view.sort}
        .label=${'Metrics'}
        @grid-sort=${({ detail }: HTMLElementEventMap['grid-sort']) => this.#change({ sort: nextSort(view.sort, { ...detail, descendingFirst: detail.column !== 'key' }) })}
        @grid-resize=${({ detail }: HTMLElementEventMap['grid-resize']) => this.#change({ widths: { ...view.widths, [detail.column]: detail.width } })}
        @grid-action=${(event: HTMLElementEventMap['grid-action']) => {
          if (this.#onAction(event.detail)) event.preventDefault();
        }}
      ></data-grid>
    </div>`;
  }

  #cell(metric: MetricSummary, column: string): unknown {
    switch (column) {
      case 'key':
        return html`<span class="cell-link" data-action="open" title=${metric.key}>${metric.key}</span>`;
      case 'curve':
        // One point has no course.
        if (metric.count === 1) return nothing;
        return html`<spark-line
          .host=${this.host}
          .folder=${this.folder}
          .run=${this.ref}
          .metric=${metric.key}
          .revision=${this.revision}
        ></spark-line>`;
      case 'last':
        return value(metric.last.value);
      case 'min':
      case 'max':
        return value(metric[column]);
      case 'step':
        return format.step(metric.last.step);
      default:
        return format.count(metric.count);
    }
  }

  /** The chart of a metric or, behind it, its points; a metric that was logged once has points alone. */
  #large(metric: MetricSummary, view: RunPanelView): TemplateResult {
    if (view.tableOpen || metric.count === 1) {
      return html`<points-table
        .host=${this.host}
        .folder=${this.folder}
        .ref=${this.ref}
        .metric=${metric}
        .revision=${this.revision}
        @points-chart=${() => this.#change({ tableOpen: false })}
        @points-close=${() => this.#close()}
      ></points-table>`;
    }
    const { axis, smoothing, logScale, range } = view;
    return html`${chartControls(view, (change) => this.#change(change))}
      <metric-tile
        data-metric=${metric.key}
        .host=${this.host}
        .folder=${this.folder}
        .refs=${[this.ref]}
        .metric=${metric.key}
        .runs=${this.#runs}
        .settings=${{ axis, smoothing, logScale }}
        .range=${range}
        .tableOpen=${false}
        .expanded=${true}
        .revision=${this.revision}
        @chart-zoom=${({ detail }: HTMLElementEventMap['chart-zoom']) => this.#change({ range: detail.range })}
        @chart-table=${() => this.#change({ tableOpen: true })}
        @chart-expand=${() => this.#close()}
      ></metric-tile>`;
  }

  #close(): void {
    this.#change({ metric: null, range: null });
  }

  #onAction({ row, action }: GridAction): boolean {
    const key = this.#rows[row]?.key;
    if (key === undefined || (action !== 'open' && action !== 'space' && action !== 'click')) return false;
    if (key !== this.view?.metric) this.#change({ metric: key, range: null });
    return true;
  }

  #change(change: Partial<RunPanelView>): void {
    this.emit('view-change', change);
  }
}

function value(number: JsonNumber | null): unknown {
  if (number === null) return html`<span class="absent">–</span>`;
  return html`<span title=${format.exact(number)}>${format.number(number)}</span>`;
}

customElements.define('metrics-view', MetricsView);
