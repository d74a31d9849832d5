import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import type { Comparison } from '#schemas/domain/comparison.ts';
import { fromJsonNumber, type JsonNumber } from '#schemas/domain/number.ts';
import type { ChartRun } from '../shared/chart-data.ts';
import { swatch } from '../shared/chart-panel.ts';
import type { DataGrid } from '../shared/data-grid.ts';
import { PageElement } from '../shared/element.ts';
import { format } from '../shared/format.ts';
import type { GridColumn } from '../shared/grid-layout.ts';
import type { GridSource } from '../shared/grid-rows.ts';
import { icon } from '../shared/icons.ts';
import { emptyNotice } from '../shared/notices.ts';
import { type ComparisonRow, comparisonRows } from './comparison-rows.ts';

const keyWidth = 240;
const narrowKeyWidth = 150;
const widthForFrozenBaseline = 700;
const absent = html`<span class="absent" aria-label="None">–</span>`;

/**
 * Params, metrics and tags of runs side by side. A click on a run's head makes it the baseline: `table-baseline` {run}.
 */
export class ComparisonTable extends PageElement {
  static override properties = {
    comparison: { attribute: false },
    runs: { attribute: false },
    onlyDifferent: { attribute: false },
    search: { attribute: false },
    baseline: { attribute: false },
    widths: { attribute: false },
    width: { state: true },
  };

  comparison: Comparison = { runs: [], params: [], metrics: [], tags: [] };
  runs: readonly ChartRun[] = [];
  onlyDifferent = false;
  search = '';
  baseline: string | null = null;
  widths: Readonly<Record<string, number>> = {};
  width = 0;
  #rows: readonly ComparisonRow[] = [];
  #columns: readonly GridColumn[] = [];
  #observer: ResizeObserver | undefined;

  restoreScroll(position: { top: number; left: number }): void {
    this.#grid?.restoreScroll(position);
  }

  get #grid(): DataGrid | null {
    return this.querySelector('data-grid');
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#observer = new ResizeObserver(() => {
      this.width = this.clientWidth;
    });
    this.#observer.observe(this);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#observer?.disconnect();
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (changed.has('comparison') || changed.has('onlyDifferent') || changed.has('search')) {
      this.#rows = comparisonRows(this.comparison, this);
    }
    this.#columns = this.#makeColumns();
  }

  #makeColumns(): GridColumn[] {
    const ofKeys = this.widths.key ?? (this.width < widthForFrozenBaseline ? narrowKeyWidth : keyWidth);
    const room = (this.width - ofKeys) / Math.max(1, this.runs.length);
    const width = Math.floor(Math.max(172, Math.min(360, room - 1)));
    return [
      { id: 'key', label: 'Key', header: '', width: ofKeys, frozen: true, names: true },
      ...this.#order().map(({ run, index }): GridColumn => {
        const isBaseline = run.id === this.baseline;
        return {
          // What others are measured by stays beside them.
          frozen: isBaseline && this.width >= widthForFrozenBaseline,
          id: String(index),
          label: isBaseline ? `${run.name}, baseline` : run.name,
          header: html`${swatch(run.style)}<span class="run-heading">${run.name}</span>${
            isBaseline
              ? html`<span class="pin">${icon('pinned')}</span>`
              : html`<span class="pin pin-off">${icon('pin')}</span>`
          }`,
          title: [
            run.name,
            run.detail,
            isBaseline ? 'Baseline: others show their distance to it' : 'Click to make it the baseline',
          ]
            .filter(Boolean)
            .join('\n'),
          width: this.widths[run.id] ?? width,
        };
      }),
    ];
  }

  /** The baseline first, the others as they came. */
  #order(): { run: ChartRun; index: number }[] {
    const all = this.runs.map((run, index) => ({ run, index }));
    return [...all.filter(({ run }) => run.id === this.baseline), ...all.filter(({ run }) => run.id !== this.baseline)];
  }

  protected override render(): TemplateResult {
    if (this.#rows.length === 0) {
      return emptyNotice({
        icon: 'search',
        title: this.search ? 'No key matches' : 'Nothing differs',
        detail: this.search ? null : 'All params, metrics and tags of these runs are the same.',
      });
    }
    const rows = this.#rows;
    const source: GridSource = {
      count: rows.length,
      has: () => true,
      section: (index) => {
        const row = rows[index];
        return row?.kind === 'section' ? row.title : undefined;
      },
      rowClass: (index) => {
        const row = rows[index];
        return row && row.kind !== 'section' && row.differs ? 'differs' : '';
      },
      cell: (index, { id }) => this.#cell(rows[index], id),
    };
    return html`<data-grid
      class="comparison-grid"
      .columns=${this.#columns}
      .source=${source}
      .label=${'Params, metrics and tags of the runs'}
      @grid-head=${(event: HTMLElementEventMap['grid-head']) => this.#pin(event.detail.column)}
      @grid-resize=${(event: HTMLElementEventMap['grid-resize']) => this.#resize(event.detail)}
    ></data-grid>`;
  }

  #cell(row: ComparisonRow | undefined, id: string): unknown {
    if (!row || row.kind === 'section') return nothing;
    if (id === 'key') return html`<span title=${row.key}>${row.key}</span>`;
    const column = Number(id);
    const baseline = this.runs.findIndex((run) => run.id === this.baseline);
    if (row.kind === 'metric') return metricCell(row, column, baseline);
    const value = row.values[column] ?? null;
    if (value === null) return absent;
    const other = baseline >= 0 && baseline !== column && row.values[baseline] !== value;
    return html`<span class=${other ? 'other' : ''} title=${value}
      >${value === '' ? html`<span class="absent">empty</span>` : value.slice(0, 200).replaceAll(/\r?\n/g, ' ⏎ ')}</span
    >`;
  }

  #pin(column: string): void {
    const run = this.runs[Number(column)];
    if (column !== 'key' && run) this.emit('table-baseline', { run: run.id === this.baseline ? null : run.id });
  }

  #resize({ column, width }: { column: string; width: number }): void {
    const name = column === 'key' ? column : (this.runs[Number(column)]?.id ?? column);
    this.emit('table-widths', { widths: { ...this.widths, [name]: width } });
  }
}

function metricCell(row: Extract<ComparisonRow, { kind: 'metric' }>, column: number, baseline: number): unknown {
  const value = row.values[column] ?? null;
  if (value === null) return absent;
  const best = row.best.includes(column);
  return html`<span class="metric-value ${best ? 'best' : ''}" title=${format.exact(value)}
    >${format.number(value)}${best ? html`<span class="best-mark" title="Best">${icon('verified')}<span class="visually-hidden">best</span></span>` : nothing}</span
  >${delta(value, row.values[baseline] ?? null, column === baseline)}`;
}

function delta(value: JsonNumber, base: JsonNumber | null, isBaseline: boolean): unknown {
  if (base === null || isBaseline) return nothing;
  const difference = fromJsonNumber(value) - fromJsonNumber(base);
  if (!Number.isFinite(difference)) return nothing;
  return html`<span class="delta">${difference === 0 ? '=' : format.delta(difference)}</span>`;
}

declare global {
  interface HTMLElementTagNameMap {
    'comparison-table': ComparisonTable;
  }
}

customElements.define('comparison-table', ComparisonTable);
