import { html, type PropertyValues, type TemplateResult } from 'lit';
import type { MetricPoint, MetricSummary, RunRef } from '#schemas/domain/run.ts';
import { metricHistory } from '#schemas/protocol/experiments.ts';
import type { ChartSave } from '../shared/chart-panel.ts';
import { toCsv } from '../shared/csv.ts';
import type { GridRange } from '../shared/data-grid.ts';
import { PageElement } from '../shared/element.ts';
import { format } from '../shared/format.ts';
import type { GridColumn } from '../shared/grid-layout.ts';
import type { GridSource } from '../shared/grid-rows.ts';
import type { Host } from '../shared/host.ts';
import { isAborted } from '../shared/host-failure.ts';
import { iconButton } from '../shared/icons.ts';
import { errorNotice } from '../shared/notices.ts';
import { byContents } from '../shared/same.ts';

const pageSize = 1_000;

const columns: readonly GridColumn[] = [
  { id: 'step', label: 'Step', width: 110, align: 'end', frozen: true, names: true, resizable: false },
  { id: 'value', label: 'Value', width: 190, align: 'end', resizable: false },
  { id: 'time', label: 'Logged', width: 210, resizable: false },
];

/** Points in the order of the store. `nextPage` is empty before the first, null where there are no more. */
interface Loaded {
  readonly points: readonly MetricPoint[];
  readonly nextPage: string | null;
}

const nothingLoaded: Loaded = { points: [], nextPage: '' };

/**
 * Every point of a metric as it was logged, read as far as a person scrolls. Tells `points-chart` (show the chart),
 * `points-close` and `chart-save`.
 */
export class PointsTable extends PageElement {
  static override properties = {
    host: { attribute: false },
    folder: { attribute: false },
    ref: byContents,
    metric: { attribute: false },
    revision: { attribute: false },
    loaded: { state: true },
    error: { state: true },
  };

  host: Host | null = null;
  folder = '';
  ref: RunRef = { tracker: '', runId: '' };
  metric: Pick<MetricSummary, 'key' | 'count'> = { key: '', count: 0 };
  /** Another number has the points read anew. */
  revision = 0;
  loaded: Loaded = nothingLoaded;
  error: unknown = null;
  #load: AbortController | null = null;
  /** Rows that should be there. */
  #wanted = 0;

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#load?.abort();
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    const isOther = changed.has('ref') || (changed.has('metric') && changed.get('metric')?.key !== this.metric.key);
    if (isOther) {
      this.loaded = nothingLoaded;
      this.#wanted = pageSize;
    }
    if (isOther || changed.has('revision')) void this.#readAnew();
  }

  /** The points that are there stay until as many are read anew. */
  async #readAnew(): Promise<void> {
    const wanted = Math.max(this.#wanted, this.loaded.points.length);
    await this.#try(async (signal) => {
      let fresh = nothingLoaded;
      while (fresh.nextPage !== null && fresh.points.length < wanted) fresh = await this.#next(fresh, signal);
      this.loaded = fresh;
    });
  }

  async #readOn(): Promise<void> {
    await this.#try(async (signal) => {
      while (this.loaded.nextPage !== null && this.loaded.points.length < this.#wanted) {
        this.loaded = await this.#next(this.loaded, signal);
      }
    });
  }

  async #next({ points, nextPage }: Loaded, signal: AbortSignal): Promise<Loaded> {
    const { host, folder, ref, metric } = this;
    if (!host) return { points, nextPage: null };
    const page = nextPage === '' ? null : nextPage;
    const params = { folder, run: ref, key: metric.key, limit: pageSize, page };
    const answer = await host.request(metricHistory, params, signal);
    return { points: [...points, ...answer.points], nextPage: answer.nextPage };
  }

  async #try(read: (signal: AbortSignal) => Promise<void>): Promise<void> {
    this.#load?.abort();
    const aborter = new AbortController();
    this.#load = aborter;
    try {
      await read(aborter.signal);
      this.error = null;
    } catch (error) {
      if (!aborter.signal.aborted && !isAborted(error)) this.error = error;
    } finally {
      if (this.#load === aborter) this.#load = null;
    }
  }

  protected override render(): TemplateResult {
    const { key } = this.metric;
    return html`<section class="chart" aria-label=${key}>
      <header class="chart-head">
        <h3 class="chart-title" title=${key}>${key}</h3>
        <div class="chart-actions">
          ${
            this.metric.count > 1
              ? iconButton({
                  icon: 'graph-line',
                  label: `Show the chart of ${key}`,
                  onClick: () => this.emit('points-chart', {}),
                })
              : ''
          }
          ${iconButton({ icon: 'export', label: `Save ${key} as CSV`, onClick: () => void this.#saveCsv() })}
          ${iconButton({ icon: 'close', label: `Close ${key}`, onClick: () => this.emit('points-close', {}) })}
        </div>
      </header>
      <div class="chart-table">${this.#table()}</div>
    </section>`;
  }

  #table(): TemplateResult {
    const { points, nextPage } = this.loaded;
    if (this.error && points.length === 0) {
      return errorNotice('The points can’t be read', this.error, () => void this.#readAnew());
    }
    const source: GridSource = {
      count: nextPage === null ? points.length : Math.max(points.length + 1, this.metric.count),
      has: (row) => row < points.length,
      cell: (row, { id }) => {
        const point = points[row];
        return point ? cellOf(point, id) : '';
      },
    };
    return html`<data-grid
      .columns=${columns}
      .source=${source}
      .label=${`Points of ${this.metric.key}`}
      @grid-range=${({ detail }: CustomEvent<GridRange>) => this.#onRange(detail)}
    ></data-grid>`;
  }

  #onRange({ end }: GridRange): void {
    this.#wanted = end;
    if (end > this.loaded.points.length && this.loaded.nextPage !== null && !this.#load) void this.#readOn();
  }

  async #saveCsv(): Promise<void> {
    await this.#try(async (signal) => {
      let all = this.loaded;
      while (all.nextPage !== null) all = await this.#next(all, signal);
      this.loaded = all;
      const rows = all.points.map(({ step, timestamp, value }) => [String(step), String(timestamp), String(value)]);
      const data = toCsv(['step', 'timestamp', 'value'], rows);
      this.emit<ChartSave>('chart-save', { suggestedName: `${this.metric.key}.csv`, encoding: 'utf8', data });
    });
  }
}

function cellOf({ step, timestamp, value }: MetricPoint, column: string): unknown {
  if (column === 'step') return format.step(step);
  if (column === 'value') return format.exact(value);
  return html`<span title=${new Date(timestamp).toISOString()}>${format.dateTime(timestamp)}</span>`;
}

declare global {
  interface HTMLElementEventMap {
    'points-chart': CustomEvent<object>;
    'points-close': CustomEvent<object>;
  }
}

customElements.define('points-table', PointsTable);
