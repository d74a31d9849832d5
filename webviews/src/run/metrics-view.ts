import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { fromJsonNumber, type JsonNumber } from '#schemas/domain/number.ts';
import { formatRunRef, type MetricSummary, type Run, type RunRef } from '#schemas/domain/run.ts';
import type { ChartRun } from '../shared/chart-data.ts';
import type { GridAction } from '../shared/data-grid.ts';
import { PageElement } from '../shared/element.ts';
import { format } from '../shared/format.ts';
import type { GridColumn, GridSort } from '../shared/grid-layout.ts';
import type { GridSource } from '../shared/grid-rows.ts';
import type { Host } from '../shared/host.ts';
import { emptyNotice } from '../shared/notices.ts';
import { lineStyle } from '../shared/palette.ts';
import { nextSort } from '../shared/sort.ts';
import { onThemeChange, readTheme } from '../shared/theme.ts';
import './spark-line.ts';
import type { RunPanelView } from './view.ts';

const columns: readonly GridColumn[] = [
  { id: 'key', label: 'Metric', width: 240, frozen: true, names: true, sortable: true },
  { id: 'curve', label: 'Course', width: 140, resizable: false },
  { id: 'last', label: 'Last', width: 110, align: 'end', sortable: true },
  { id: 'min', label: 'Min', width: 110, align: 'end', sortable: true },
  { id: 'max', label: 'Max', width: 110, align: 'end', sortable: true },
  { id: 'step', label: 'Last step', width: 100, align: 'end', sortable: true },
  { id: 'count', label: 'Points', width: 90, align: 'end', sortable: true },
];

/** All metrics of a run with what each did, and the chart of one. Tells `view-change`. */
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
  view: Pick<
    RunPanelView,
    'search' | 'metric' | 'axis' | 'smoothing' | 'logScale' | 'range' | 'tableOpen' | 'sort' | 'widths'
  > | null = null;
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
    if (changed.has('metrics') || changed.has('view')) this.#rows = this.#sorted();
  }

  #sorted(): MetricSummary[] {
    const words = (this.view?.search ?? '').toLowerCase().split(/\s+/).filter(Boolean);
    const rows = this.metrics.filter(({ key }) => words.every((word) => key.toLowerCase().includes(word)));
    const sort: readonly GridSort[] = [...(this.view?.sort ?? []), { column: 'key', descending: false }];
    return rows.sort((a, b) => {
      for (const { column, descending } of sort) {
        const order = compare(a, b, column);
        if (order !== 0) return descending ? -order : order;
      }
      return 0;
    });
  }

  protected override render(): TemplateResult {
    const { view } = this;
    if (!view) return html`${nothing}`;
    if (this.metrics.length === 0) return emptyNotice({ icon: 'graph-line', title: 'No metrics' });
    if (this.#rows.length === 0) return emptyNotice({ icon: 'search', title: 'No metric matches' });
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
    return html`<div class="metrics-list">
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
      </div>
      ${view.metric === null ? nothing : this.#chart(view.metric)}`;
  }

  #cell(metric: MetricSummary, column: string): unknown {
    switch (column) {
      case 'key':
        return html`<span class="cell-link" data-action="open" title=${metric.key}>${metric.key}</span>`;
      case 'curve':
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

  #chart(metric: string): TemplateResult {
    const { view } = this;
    if (!view) return html`${nothing}`;
    const { axis, smoothing, logScale } = view;
    return html`<div class="metric-chart">
      <metric-tile
        data-metric=${metric}
        .host=${this.host}
        .folder=${this.folder}
        .refs=${[this.ref]}
        .metric=${metric}
        .runs=${this.#runs}
        .settings=${{ axis, smoothing, logScale }}
        .range=${view.range}
        .tableOpen=${view.tableOpen}
        .expanded=${true}
        .revision=${this.revision}
        @chart-zoom=${({ detail }: HTMLElementEventMap['chart-zoom']) => this.#change({ range: detail.range })}
        @chart-table=${({ detail }: HTMLElementEventMap['chart-table']) => this.#change({ tableOpen: detail.open })}
        @chart-expand=${() => this.#change({ metric: null, range: null })}
      ></metric-tile>
    </div>`;
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
  if (number === null) return html`<span class="absent" aria-label="None">–</span>`;
  return html`<span title=${format.exact(number)}>${format.number(number)}</span>`;
}

function compare(a: MetricSummary, b: MetricSummary, column: string): number {
  const measure = ({ last, min, max, count }: MetricSummary): number => {
    if (column === 'step') return Number(last.step);
    if (column === 'count') return count;
    const chosen = column === 'min' ? min : column === 'max' ? max : last.value;
    return chosen === null ? Number.NEGATIVE_INFINITY : fromJsonNumber(chosen);
  };
  if (column === 'key') return format.compareText(a.key, b.key);
  const [left, right] = [measure(a), measure(b)];
  if (Number.isNaN(left) || Number.isNaN(right)) return Number(Number.isNaN(left)) - Number(Number.isNaN(right));
  return left === right ? 0 : left - right;
}

customElements.define('metrics-view', MetricsView);
