import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { axisTitles, formatPlace } from './chart-axis.ts';
import { type ChartData, type ChartRun, chartTable, leftOut, restyle } from './chart-data.ts';
import { createChart, drawnValues, updateChart } from './chart-drawing.ts';
import { drawOverlay, type Hover, hoverAt } from './chart-hover.ts';
import { chartImage } from './chart-image.ts';
import { toCsv } from './csv.ts';
import type { ChartRange, Drawing, LineChart } from './drawing.ts';
import { PageElement } from './element.ts';
import { format } from './format.ts';
import type { GridColumn } from './grid-layout.ts';
import type { GridSource } from './grid-rows.ts';
import { iconButton } from './icons.ts';
import { place } from './place.ts';
import { byContents } from './same.ts';
import { onThemeChange, readTheme, type Theme } from './theme.ts';

export interface ChartSave {
  readonly suggestedName: string;
  readonly encoding: 'utf8' | 'base64';
  readonly data: string;
}

const mostInTip = 9;

/**
 * One chart with the table behind it. Tells `chart-zoom` {range}, `chart-table` {open}, `chart-highlight` {run},
 * `chart-save` and `chart-expand`. `chartData` is what it shows, for whoever wants to read it.
 */
export class ChartPanel extends PageElement {
  static override properties = {
    chartData: { attribute: false },
    runs: { attribute: false },
    smoothing: { attribute: false },
    logScale: { attribute: false },
    hiddenRuns: byContents,
    highlighted: { attribute: false },
    range: byContents,
    bounds: byContents,
    tableOpen: { attribute: false },
    expanded: { attribute: false },
    busy: { attribute: false },
    hover: { state: true },
  };

  chartData: ChartData = { key: '', axis: 'step', series: [] };
  /** Names and styles of the runs as of now; those in {@link chartData} may be older. */
  runs: readonly ChartRun[] = [];
  smoothing = 0;
  logScale = false;
  hiddenRuns: ReadonlySet<string> = new Set();
  highlighted: string | null = null;
  range: ChartRange | null = null;
  bounds: ChartRange | null = null;
  tableOpen = false;
  expanded = false;
  busy = false;
  hover: Hover | null = null;
  #chart: LineChart | null = null;
  #drawing: Drawing | null = null;
  #theme: Theme | null = null;
  #stopWatching: (() => void) | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    this.#stopWatching = onThemeChange(() => {
      this.#theme = null;
      this.requestUpdate('runs');
    });
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#stopWatching?.();
    this.#destroy();
  }

  #destroy(): void {
    this.#chart?.destroy();
    this.#chart = null;
  }

  protected override updated(changed: PropertyValues): void {
    const canvas = this.querySelector<HTMLCanvasElement>('.chart-plot');
    if (!canvas?.parentElement) {
      this.#destroy();
      return;
    }
    if (this.#chart && this.#chart.canvas !== canvas) this.#destroy();
    const onlyPointer = [...changed.keys()].every(
      (name) => name === 'hover' || name === 'highlighted' || name === 'busy',
    );
    if (!this.#chart || !onlyPointer) this.#draw(canvas);
    this.#drawOverlay();
  }

  #draw(canvas: HTMLCanvasElement): void {
    this.#theme ??= readTheme();
    const data = restyle(this.chartData, this.runs);
    const series = data.series.filter(({ id }) => !this.hiddenRuns.has(id));
    const { smoothing, logScale, range, bounds } = this;
    const values = drawnValues(series, data.axis === 'run' ? 0 : smoothing, logScale);
    this.#drawing = { data, series, values, smoothing, logScale, range, bounds, theme: this.#theme };
    const callbacks = { onZoom: (zoomed: ChartRange) => this.emit('chart-zoom', { range: zoomed }) };
    if (this.#chart) updateChart(this.#chart, this.#drawing, callbacks);
    else this.#chart = createChart(canvas, this.#drawing, callbacks);
    performance.mark('chart-drawn', { detail: data.key });
  }

  #drawOverlay(): void {
    const canvas = this.querySelector<HTMLCanvasElement>('.chart-overlay');
    if (!canvas || !this.#chart || !this.#drawing) return;
    const { hover, highlighted } = this;
    const meant = hover?.points[hover.nearest];
    const own = meant ? (this.#drawing.series[meant.series]?.id ?? null) : null;
    drawOverlay({ canvas, chart: this.#chart, drawing: this.#drawing, hover, highlighted: own ?? highlighted });
  }

  protected override render(): TemplateResult {
    const { key } = this.chartData;
    return html`<section class="chart ${this.busy ? 'busy' : ''}" aria-label=${key} aria-busy=${String(this.busy)}>
      <header class="chart-head">
        <h2 class="chart-title" title=${key}>${key}</h2>
        <div class="chart-actions">
          ${
            this.range
              ? iconButton({
                  icon: 'discard',
                  label: `Show all of ${key}`,
                  onClick: () => this.emit('chart-zoom', { range: null }),
                })
              : nothing
          }
          ${iconButton({
            icon: this.tableOpen ? 'graph-line' : 'table',
            label: this.tableOpen ? `Show the chart of ${key}` : `Show the table of ${key}`,
            onClick: () => this.emit('chart-table', { open: !this.tableOpen }),
          })}
          ${iconButton({ icon: 'export', label: `Save ${key} as CSV`, onClick: () => this.#saveCsv() })}
          ${
            this.tableOpen
              ? nothing
              : iconButton({
                  icon: 'device-camera',
                  label: `Save ${key} as an image`,
                  onClick: () => this.#saveImage(),
                })
          }
          ${iconButton({
            icon: this.expanded ? 'screen-normal' : 'screen-full',
            label: this.expanded ? `Make ${key} smaller` : `Make ${key} larger`,
            onClick: () => this.emit('chart-expand', { expanded: !this.expanded }),
          })}
        </div>
      </header>
      ${this.tableOpen ? this.#table() : this.#plot()}
    </section>`;
  }

  #plot(): TemplateResult {
    const { key, axis, series } = this.chartData;
    const shown = series.filter(({ id }) => !this.hiddenRuns.has(id));
    const dimmed = this.highlighted !== null || this.hover !== null ? 'dimmed-plot' : '';
    return html`<div
        class="chart-area ${shown.length > 1 ? dimmed : ''}"
        role="group"
        tabindex="0"
        aria-label="Chart of ${key} by ${axisTitles[axis].toLowerCase()}, ${shown.length} runs. Plus and minus zoom, arrows move, 0 shows all."
        @keydown=${this.#onKey}
        @pointermove=${this.#onMove}
        @pointerleave=${this.#onLeave}
        @dblclick=${() => this.emit('chart-zoom', { range: null })}
      >
        <canvas class="chart-plot" aria-hidden="true"></canvas>
        <canvas class="chart-overlay" aria-hidden="true"></canvas>
        ${shown.length === 0 ? html`<p class="chart-none">No run in sight has it.</p>` : nothing}
        ${this.hover ? this.#tip(this.hover) : nothing}
      </div>
      ${this.#notes(shown)}`;
  }

  #notes(shown: ChartData['series']): TemplateResult {
    const { nan, infinite, notPositive } = leftOut(shown, this.logScale);
    const points = (count: number) => `${format.count(count)} ${count === 1 ? 'point' : 'points'}`;
    const notes = [
      nan > 0 ? `${points(nan)} NaN (gaps)` : '',
      infinite > 0 ? `${points(infinite)} infinite (gaps)` : '',
      notPositive > 0 ? `${points(notPositive)} ≤ 0 can’t be on a log scale` : '',
    ].filter(Boolean);
    return html`<p class="chart-notes">
      <span>${axisTitles[this.chartData.axis]}</span>${notes.length > 0 ? html`<span class="chart-warning">${notes.join(' · ')}</span>` : nothing}
    </p>`;
  }

  #tip({ points, nearest: meant }: Hover): TemplateResult | typeof nothing {
    const drawing = this.#drawing;
    const point = points[meant];
    const series = point && drawing?.series[point.series];
    if (!drawing || !point || !series) return nothing;
    const first = Math.max(0, Math.min(meant - Math.floor(mostInTip / 2), points.length - mostInTip));
    const shown = points.slice(first, first + mostInTip);
    const width = this.#chart?.width ?? 0;
    const side =
      point.left > width / 2
        ? { right: `${width - point.left + 14}px`, left: 'auto' }
        : { left: `${point.left + 14}px`, right: 'auto' };
    const { axis } = drawing.data;
    return html`<div class="chart-tip popup" ${place(side)}>
      ${axis === 'run' ? nothing : html`<div class="tip-place">${axisTitles[axis]} ${formatPlace(series.exactX[point.position] ?? 0, axis)}</div>`}
      ${first > 0 ? html`<div class="muted">${format.count(first)} above</div>` : nothing}
      ${shown.map((one) => {
        const run = drawing.series[one.series];
        return html`<div class="tip-row ${one === point ? 'meant' : ''}">
          ${run ? swatch(run.style) : nothing}<span class="tip-name">${run?.name ?? ''}</span
          ><span class="tip-value">${format.number(one.value)}</span>
        </div>`;
      })}
      ${
        first + shown.length < points.length
          ? html`<div class="muted">${format.count(points.length - first - shown.length)} below</div>`
          : nothing
      }
      ${series.detail ? html`<div class="tip-detail muted">${series.detail}</div>` : nothing}
    </div>`;
  }

  #onMove = (event: PointerEvent): void => {
    const canvas = this.#chart?.canvas;
    if (!this.#chart || !this.#drawing || !canvas || event.buttons !== 0) return;
    const box = canvas.getBoundingClientRect();
    const pointer = { x: event.clientX - box.left, y: event.clientY - box.top };
    this.hover = hoverAt(this.#chart, this.#drawing, pointer);
    const meant = this.hover?.points[this.hover.nearest];
    this.emit('chart-highlight', { run: meant ? (this.#drawing.series[meant.series]?.id ?? null) : null });
  };

  #onLeave = (): void => {
    this.hover = null;
    this.emit('chart-highlight', { run: null });
  };

  #onKey = (event: KeyboardEvent): void => {
    const scale = this.#chart?.scales.x;
    if (!scale || this.chartData.axis === 'run' || event.ctrlKey || event.metaKey || event.altKey) return;
    const span = scale.max - scale.min;
    const moves: Readonly<Record<string, ChartRange | null>> = {
      '+': { from: scale.min + span / 4, to: scale.max - span / 4 },
      '-': { from: scale.min - span / 2, to: scale.max + span / 2 },
      ArrowLeft: { from: scale.min - span / 4, to: scale.max - span / 4 },
      ArrowRight: { from: scale.min + span / 4, to: scale.max + span / 4 },
      '0': null,
    };
    const range = moves[event.key];
    if (range === undefined) return;
    event.preventDefault();
    this.emit('chart-zoom', { range: range && this.#clamp(range) });
  };

  #clamp({ from, to }: ChartRange): ChartRange | null {
    const { bounds } = this;
    if (!bounds) return { from, to };
    const span = Math.min(to - from, bounds.to - bounds.from);
    if (span >= bounds.to - bounds.from) return null;
    const start = Math.min(Math.max(from, bounds.from), bounds.to - span);
    return { from: start, to: start + span };
  }

  #table(): TemplateResult {
    const { axis, key } = this.chartData;
    const data = restyle(this.chartData, this.runs);
    const table = chartTable(data);
    const isRuns = axis === 'run';
    const columns: GridColumn[] = [
      {
        id: 'x',
        label: isRuns ? 'Step' : axisTitles[axis],
        width: axis === 'time' ? 170 : 90,
        align: 'end',
        frozen: true,
        names: true,
        resizable: false,
      },
      ...data.series.map((series, index): GridColumn => {
        const header = html`${swatch(series.style)} ${series.name}`;
        return {
          id: String(index),
          label: series.name,
          header,
          title: title(series),
          width: 130,
          align: 'end',
          resizable: false,
        };
      }),
    ];
    const source: GridSource = {
      count: table.xs.length,
      has: () => true,
      cell: (row, { id }) => {
        if (id === 'x') return formatPlace(table.xs[row] ?? 0, axis);
        const value = table.rows[row]?.[Number(id)];
        return value === undefined ? '' : format.number(Number.isFinite(value) ? value : toText(value));
      },
    };
    const { thinned } = leftOut(data.series, false);
    return html`<div class="chart-table">
        <data-grid .columns=${columns} .source=${source} .label=${`Values of ${key}`}></data-grid>
      </div>
      ${thinned ? html`<p class="chart-notes">The points drawn; zoom in to see those between them.</p>` : nothing}`;
  }

  #saveCsv(): void {
    const { axis, key, series } = restyle(this.chartData, this.runs);
    const { xs, rows } = chartTable({ key, axis, series });
    const header = [axis === 'run' ? 'step' : axis, ...series.map(title)];
    const lines = xs.map((x, index) => [
      String(x),
      ...(rows[index] ?? []).map((value) => (value === undefined ? '' : String(value))),
    ]);
    this.#save({ suggestedName: `${key}.csv`, encoding: 'utf8', data: toCsv(header, lines) });
  }

  #saveImage(): void {
    if (!this.#chart || !this.#drawing) return;
    this.#save({
      suggestedName: `${this.chartData.key}.png`,
      encoding: 'base64',
      data: chartImage(this.#chart, this.#drawing),
    });
  }

  #save(detail: ChartSave): void {
    this.emit('chart-save', detail);
  }
}

function toText(value: number): 'NaN' | 'Infinity' | '-Infinity' {
  return Number.isNaN(value) ? 'NaN' : value > 0 ? 'Infinity' : '-Infinity';
}

function title({ name, detail }: ChartRun): string {
  return detail ? `${name} (${detail})` : name;
}

/** A short stroke in a run's style. */
export function swatch({ color, dash }: ChartRun['style']): TemplateResult {
  return html`<svg class="swatch" viewBox="0 0 22 8" aria-hidden="true">
    <line x1="0" y1="4" x2="22" y2="4" stroke=${color} stroke-width="3" stroke-dasharray=${dash.length > 0 ? dash.join(' ') : nothing}></line>
  </svg>`;
}

declare global {
  interface HTMLElementTagNameMap {
    'chart-panel': ChartPanel;
  }
  interface HTMLElementEventMap {
    'chart-zoom': CustomEvent<{ range: ChartRange | null }>;
    'chart-table': CustomEvent<{ open: boolean }>;
    'chart-highlight': CustomEvent<{ run: string | null }>;
    'chart-save': CustomEvent<ChartSave>;
    'chart-expand': CustomEvent<{ expanded: boolean }>;
  }
}

customElements.define('chart-panel', ChartPanel);
