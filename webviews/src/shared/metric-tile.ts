import { html, type PropertyValues, type TemplateResult } from 'lit';
import type { CurveAxis } from '#schemas/domain/comparison.ts';
import { type JsonInteger, toJsonInteger } from '#schemas/domain/number.ts';
import type { RunRef } from '#schemas/domain/run.ts';
import { metricCurves } from '#schemas/protocol/experiments.ts';
import { type ChartData, type ChartRun, chartOfCurves } from './chart-data.ts';
import { axisBounds } from './chart-drawing.ts';
import type { ChartRange } from './drawing.ts';
import './chart-panel.ts';
import { PageElement } from './element.ts';
import type { Host } from './host.ts';
import { isAborted } from './host-failure.ts';
import { LoadQueue } from './load-queue.ts';
import { errorNotice } from './notices.ts';
import { byContents } from './same.ts';

export interface ChartSettings {
  readonly axis: CurveAxis;
  readonly smoothing: number;
  readonly logScale: boolean;
}

const queue = new LoadQueue(4);
const nearSight = '400px';
const mostPoints = 1000;

/** The chart of one metric, read when it comes near the sight and dropped when it has left it. */
export class MetricTile extends PageElement {
  static override properties = {
    host: { attribute: false },
    folder: { attribute: false },
    refs: byContents,
    metric: { attribute: false },
    runs: { attribute: false },
    settings: byContents,
    hiddenRuns: byContents,
    highlighted: { attribute: false },
    range: byContents,
    tableOpen: { attribute: false },
    expanded: { attribute: false },
    revision: { attribute: false },
    near: { state: true },
    whole: { state: true },
    detail: { state: true },
    error: { state: true },
    busy: { state: true },
  };

  host: Host | null = null;
  folder = '';
  refs: readonly RunRef[] = [];
  metric = '';
  runs: readonly ChartRun[] = [];
  settings: ChartSettings = { axis: 'step', smoothing: 0, logScale: false };
  hiddenRuns: ReadonlySet<string> = new Set();
  highlighted: string | null = null;
  range: ChartRange | null = null;
  tableOpen = false;
  expanded = false;
  /** Another number has the curves read anew. */
  revision = 0;
  near = false;
  whole: ChartData | null = null;
  /** The range in view, finer; null until it is read. */
  detail: ChartData | null = null;
  error: unknown = null;
  busy = false;
  #observer: IntersectionObserver | undefined;
  #wholeOf = '';
  #detailOf = '';
  readonly #loads: { whole: AbortController | null; detail: AbortController | null } = {
    whole: null,
    detail: null,
  };

  override connectedCallback(): void {
    super.connectedCallback();
    this.#observer = new IntersectionObserver(
      (entries) => {
        this.near = entries.at(-1)?.isIntersecting ?? false;
      },
      { rootMargin: `${nearSight} 0px` },
    );
    this.#observer.observe(this);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#observer?.disconnect();
    this.#drop();
  }

  protected override shouldUpdate(changed: PropertyValues): boolean {
    // A thousand tiles out of sight have nothing to do with what is under the pointer.
    return this.near || !this.hasUpdated || [...changed.keys()].some((name) => name !== 'highlighted');
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (changed.has('near') && !this.near) this.#drop();
    if (!this.near || !this.host) return;
    const common = [this.metric, this.settings.axis, this.revision, this.#points, this.refs.length].join(' ');
    if (this.#wholeOf !== common) {
      this.#wholeOf = common;
      void this.#read('whole', null);
    }
    const detail = this.range ? `${common} ${this.range.from} ${this.range.to}` : '';
    if (this.#detailOf !== detail) {
      this.#detailOf = detail;
      if (this.range) void this.#read('detail', this.range);
      else this.detail = null;
    }
  }

  /** As many points as the chart is wide, in steps: a little wider is no reason to read again. */
  get #points(): number {
    const wanted = this.expanded ? mostPoints : this.clientWidth * 1.5;
    return Math.min(mostPoints, Math.max(200, Math.ceil(wanted / 200) * 200));
  }

  #drop(): void {
    this.#loads.whole?.abort();
    this.#loads.detail?.abort();
    this.#wholeOf = '';
    this.#detailOf = '';
    this.whole = null;
    this.detail = null;
    this.error = null;
    this.busy = false;
  }

  async #read(which: 'whole' | 'detail', range: ChartRange | null): Promise<void> {
    this.#loads[which]?.abort();
    const aborter = new AbortController();
    this.#loads[which] = aborter;
    this.busy = true;
    try {
      const data = await queue.run(aborter.signal, () => this.#request(range, aborter.signal));
      if (aborter.signal.aborted) return;
      this[which] = data;
      this.error = null;
    } catch (error) {
      if (aborter.signal.aborted || isAborted(error)) return;
      this.error = error;
    } finally {
      if (this.#loads[which] === aborter) this.busy = false;
    }
  }

  async #request(range: ChartRange | null, signal: AbortSignal): Promise<ChartData> {
    const { host, folder, refs, metric, runs } = this;
    const { axis } = this.settings;
    if (!host) return { key: metric, axis, series: [] };
    // Lines go on to the edges, so what is read is a little more than what is in view.
    const margin = range ? (range.to - range.from) / 20 : 0;
    const { curves } = await host.request(
      metricCurves,
      {
        folder,
        runs: [...refs],
        key: metric,
        axis,
        from: range ? integer(Math.floor(range.from - margin)) : null,
        to: range ? integer(Math.ceil(range.to + margin)) : null,
        maxPoints: this.#points,
      },
      signal,
    );
    return chartOfCurves(metric, { curves, axis, runs });
  }

  protected override render(): TemplateResult {
    const data = (this.range ? this.detail : null) ?? this.whole;
    if (this.error && !data) {
      return errorNotice(this.metric, this.error, () => {
        this.#drop();
        this.requestUpdate();
      });
    }
    if (!data) {
      return html`<section class="chart" aria-busy="true" aria-label=${this.metric}>
        <header class="chart-head"><h2 class="chart-title">${this.metric}</h2></header>
        <div class="chart-area chart-waiting"><span class="skeleton"></span></div>
      </section>`;
    }
    return html`<chart-panel
      .chartData=${data}
      .runs=${this.runs}
      .smoothing=${this.settings.smoothing}
      .logScale=${this.settings.logScale}
      .hiddenRuns=${this.hiddenRuns}
      .highlighted=${this.highlighted}
      .range=${this.range}
      .bounds=${this.whole ? axisBounds(this.whole) : null}
      .tableOpen=${this.tableOpen}
      .expanded=${this.expanded}
      .busy=${this.busy}
    ></chart-panel>`;
  }
}

function integer(value: number): JsonInteger {
  return Number.isSafeInteger(value) ? value : toJsonInteger(BigInt(value));
}

declare global {
  interface HTMLElementTagNameMap {
    'metric-tile': MetricTile;
  }
}

customElements.define('metric-tile', MetricTile);
