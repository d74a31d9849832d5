import { html, nothing, type PropertyValues, svg, type TemplateResult } from 'lit';
import type { Comparison } from '#schemas/domain/comparison.ts';
import type { ChartRun } from '../shared/chart-data.ts';
import { PageElement } from '../shared/element.ts';
import { format } from '../shared/format.ts';
import type { GridSource } from '../shared/grid-rows.ts';
import { iconButton } from '../shared/icons.ts';
import { emptyNotice } from '../shared/notices.ts';
import { type PlotColumn, plotColumns, shareOf, valueAt } from './plot-values.ts';

const mostAxes = 12;

interface PlotChange {
  readonly scatter?: { readonly x: string; readonly y: string };
  readonly parallel?: readonly string[] | null;
}

/** Runs as points between two of their values, or as lines across several, with the table behind. Tells `plot-change`. */
export class RunPlot extends PageElement {
  static override properties = {
    kind: { attribute: false },
    comparison: { attribute: false },
    runs: { attribute: false },
    concealed: { attribute: false },
    highlighted: { attribute: false },
    scatter: { attribute: false },
    parallel: { attribute: false },
    size: { state: true },
  };

  kind: 'scatter' | 'parallel' = 'scatter';
  comparison: Comparison = { runs: [], params: [], metrics: [], tags: [] };
  runs: readonly ChartRun[] = [];
  concealed: ReadonlySet<string> = new Set();
  highlighted: string | null = null;
  scatter: { x: string; y: string } | null = null;
  parallel: readonly string[] | null = null;
  size = { width: 0, height: 0 };
  #all: readonly PlotColumn[] = [];
  #observer: ResizeObserver | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    this.#observer = new ResizeObserver(() => this.#measure());
    this.#observer.observe(this);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#observer?.disconnect();
  }

  #measure(): void {
    const area = this.querySelector('.plot-area');
    const size = { width: area?.clientWidth ?? 0, height: area?.clientHeight ?? 0 };
    if (size.width !== this.size.width || size.height !== this.size.height) this.size = size;
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (changed.has('comparison')) this.#all = plotColumns(this.comparison);
  }

  protected override updated(): void {
    this.#measure();
  }

  protected override render(): TemplateResult {
    const columns = this.kind === 'scatter' ? this.#scatterColumns() : this.#parallelColumns();
    if (columns.length < 2) {
      return emptyNotice({
        icon: 'graph-scatter',
        title: 'Nothing to plot',
        detail: 'Two metrics or params that differ between the runs are needed.',
      });
    }
    const drawn = this.runs.map((run, index) => ({ run, index })).filter(({ run }) => !this.concealed.has(run.id));
    return html`<div class="plot">
      ${this.kind === 'scatter' ? this.#scatterControls(columns) : this.#parallelControls(columns)}
      <div class="plot-area">${this.kind === 'scatter' ? this.#scatterPlot(columns, drawn) : this.#parallelPlot(columns, drawn)}</div>
      <div class="plot-table">${this.#table(columns, drawn)}</div>
    </div>`;
  }

  #byId(id: string | undefined): PlotColumn | undefined {
    return this.#all.find((column) => column.id === id);
  }

  #scatterColumns(): PlotColumn[] {
    const param = this.#all.find(({ id }) => id.startsWith('param.'));
    const y = this.#byId(this.scatter?.y) ?? this.#all[0];
    const x =
      this.#byId(this.scatter?.x) ?? (param !== y ? param : undefined) ?? this.#all.find((column) => column !== y);
    return x && y ? [x, y] : [];
  }

  #parallelColumns(): PlotColumn[] {
    if (this.parallel) return this.parallel.flatMap((id) => this.#byId(id) ?? []);
    const params = this.#all.filter(({ id }) => id.startsWith('param.')).slice(0, 6);
    const metrics = this.#all.filter(({ id }) => id.startsWith('metric.')).slice(0, 2);
    return [...params, ...metrics];
  }

  #scatterControls([x, y]: readonly PlotColumn[]): TemplateResult {
    if (!x || !y) return html`${nothing}`;
    const pick = (label: string, chosen: PlotColumn, choose: (id: string) => PlotChange) => html`<label class="control"
      >${label}
      <select
        @change=${(event: Event) => {
          if (event.target instanceof HTMLSelectElement) this.emit('plot-change', choose(event.target.value));
        }}
      >
        ${this.#all.map(({ id, label: text }) => html`<option value=${id} ?selected=${id === chosen.id}>${text}</option>`)}
      </select>
    </label>`;
    return html`<div class="plot-controls">
      ${pick('Horizontal', x, (id) => ({ scatter: { x: id, y: y.id } }))}
      ${pick('Vertical', y, (id) => ({ scatter: { x: x.id, y: id } }))}
    </div>`;
  }

  #parallelControls(columns: readonly PlotColumn[]): TemplateResult {
    const ids = columns.map(({ id }) => id);
    const others = this.#all.filter(({ id }) => !ids.includes(id));
    return html`<div class="plot-controls">
      <div class="chosen">
        ${columns.map(
          ({ id, label }) => html`<span class="chip"
            >${label}${iconButton({
              icon: 'close',
              label: `Remove ${label}`,
              disabled: columns.length <= 2,
              onClick: () => this.emit('plot-change', { parallel: ids.filter((other) => other !== id) }),
            })}</span
          >`,
        )}
      </div>
      ${
        others.length > 0 && ids.length < mostAxes
          ? html`<label class="control"
              >Add
              <select
                @change=${(event: Event) => {
                  if (!(event.target instanceof HTMLSelectElement) || event.target.value === '') return;
                  this.emit('plot-change', { parallel: [...ids, event.target.value] });
                  event.target.value = '';
                }}
              >
                <option value="">an axis…</option>
                ${others.map(({ id, label }) => html`<option value=${id}>${label}</option>`)}
              </select>
            </label>`
          : nothing
      }
    </div>`;
  }

  #scatterPlot([x, y]: readonly PlotColumn[], drawn: readonly { run: ChartRun; index: number }[]): TemplateResult {
    const { width, height } = this.size;
    if (!x || !y || width === 0) return html`${nothing}`;
    const box = { left: 76, top: 10, right: width - 16, bottom: height - 40 };
    const placeX = (value: number) => box.left + 12 + shareOf(x, value) * (box.right - box.left - 24);
    const placeY = (value: number) => box.bottom - 12 - shareOf(y, value) * (box.bottom - box.top - 24);
    return html`<svg role="img" aria-label="${y.label} against ${x.label}; the table below has the values">
      <path class="axis-line" fill="none" d="M${box.left} ${box.top}V${box.bottom}H${box.right}"></path>
      ${axisTicks(x, Math.max(2, Math.floor(width / 120))).map(
        ({ value, text }) => svg`<text x=${placeX(value)} y=${box.bottom + 16} text-anchor="middle">${text}</text>`,
      )}
      ${axisTicks(y, Math.max(2, Math.floor(height / 50))).map(
        ({ value, text }) => svg`<text x=${box.left - 6} y=${placeY(value) + 4} text-anchor="end">${text}</text>`,
      )}
      <text x=${(box.left + box.right) / 2} y=${height - 6} text-anchor="middle">${x.label}</text>
      <text x=${box.left + 8} y=${box.top + 8}>${y.label}</text>
      ${drawn.map(({ run, index }) => {
        const [left, top] = [placeX(x.values[index] ?? Number.NaN), placeY(y.values[index] ?? Number.NaN)];
        if (!Number.isFinite(left) || !Number.isFinite(top)) return nothing;
        const meant = this.highlighted === run.id;
        return svg`<circle class="plot-run ${this.#faded(run)}" cx=${left} cy=${top} r=${meant ? 8 : 5} fill=${run.style.color}
          @pointerenter=${() => this.#highlight(run.id)} @pointerleave=${() => this.#highlight(null)}
        ><title>${runTitle(run, index, [x, y])}</title></circle>`;
      })}
    </svg>`;
  }

  #parallelPlot(columns: readonly PlotColumn[], drawn: readonly { run: ChartRun; index: number }[]): TemplateResult {
    const { width, height } = this.size;
    if (width === 0) return html`${nothing}`;
    const [top, bottom] = [40, height - 16];
    const step = (width - 140) / (columns.length - 1);
    const placeX = (position: number) => 70 + position * step;
    const placeY = (column: PlotColumn, value: number) => bottom - shareOf(column, value) * (bottom - top);
    return html`<svg role="img" aria-label="Runs across ${columns.map(({ label }) => label).join(', ')}; the table below has the values">
      ${drawn.map(({ run, index }) => {
        const path = columns
          .map((column, position) => ({ x: placeX(position), y: placeY(column, column.values[index] ?? Number.NaN) }))
          .map(({ x, y }, position, all) =>
            Number.isFinite(y) ? `${position > 0 && Number.isFinite(all[position - 1]?.y) ? 'L' : 'M'}${x} ${y}` : '',
          )
          .join('');
        return svg`<path class="plot-run ${this.#faded(run)}" d=${path} fill="none" stroke=${run.style.color}
          stroke-width=${this.highlighted === run.id ? 4 : 1.8} stroke-dasharray=${run.style.dash.join(' ') || nothing}
          @pointerenter=${() => this.#highlight(run.id)} @pointerleave=${() => this.#highlight(null)}
        ><title>${runTitle(run, index, columns)}</title></path>`;
      })}
      ${columns.map(
        (column, position) => svg`<g>
          <line class="axis-line" x1=${placeX(position)} x2=${placeX(position)} y1=${top} y2=${bottom}></line>
          <text x=${placeX(position)} y=${position % 2 ? 14 : 28} text-anchor="middle">${column.label}</text>
          ${axisTicks(column, 5).map(
            ({ value, text }) => svg`<text x=${placeX(position) + 5} y=${placeY(column, value) + 4}>${text}</text>`,
          )}
        </g>`,
      )}
    </svg>`;
  }

  #faded(run: ChartRun): string {
    return this.highlighted !== null && this.highlighted !== run.id ? 'faded' : '';
  }

  #highlight(run: string | null): void {
    this.emit('chart-highlight', { run });
  }

  #table(columns: readonly PlotColumn[], drawn: readonly { run: ChartRun; index: number }[]): TemplateResult {
    const source: GridSource = {
      count: drawn.length,
      has: () => true,
      cell: (row, { id }) => {
        const entry = drawn[row];
        if (!entry) return nothing;
        if (id === 'run') return html`<span title=${entry.run.detail}>${entry.run.name}</span>`;
        const column = columns.find((one) => one.id === id);
        return column ? valueText(column, entry.index) : nothing;
      },
    };
    const head = [
      { id: 'run', label: 'Run', width: 200, frozen: true, names: true, resizable: false },
      ...columns.map(({ id, label, categories }) => ({
        id,
        label,
        width: 140,
        resizable: false,
        align: categories ? ('start' as const) : ('end' as const),
      })),
    ];
    return html`<data-grid .columns=${head} .source=${source} .label=${'Values of the plot'}></data-grid>`;
  }
}

function valueText({ categories, values }: PlotColumn, run: number): string {
  const value = values[run] ?? Number.NaN;
  if (Number.isNaN(value)) return '–';
  return categories ? (categories[value] ?? '') : format.number(value);
}

function runTitle(run: ChartRun, index: number, columns: readonly PlotColumn[]): string {
  return [run.name, ...columns.map((column) => `${column.label}: ${valueText(column, index)}`)].join('\n');
}

function axisTicks(column: PlotColumn, count: number): { value: number; text: string }[] {
  const { categories } = column;
  if (categories) {
    const every = Math.ceil(categories.length / (count + 2));
    return categories.flatMap((text, value) => (value % every === 0 ? [{ value, text: text.slice(0, 18) }] : []));
  }
  return Array.from({ length: count + 1 }, (_, index) => {
    const value = valueAt(column, index / count);
    return { value, text: format.number(Number(value.toPrecision(3))) };
  });
}

customElements.define('run-plot', RunPlot);
