import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { checkDrift, type DriftTarget, type ShownDriftColumn } from '#schemas/protocol/drift.ts';
import { panelProgress, pickSaveFile } from '#schemas/protocol/webview.ts';
import { announce } from '../shared/announce.ts';
import { attempt } from '../shared/attempt.ts';
import type { DataGrid, GridAction } from '../shared/data-grid.ts';
import { format } from '../shared/format.ts';
import type { GridColumn } from '../shared/grid-layout.ts';
import type { GridSource } from '../shared/grid-rows.ts';
import type { Host, VsCodeApi } from '../shared/host.ts';
import { emptyNotice, errorNotice, loadingBar } from '../shared/notices.ts';
import { PanelElement } from '../shared/panel-element.ts';
import { nextSort } from '../shared/sort.ts';
import { type FooterMessage, tableFooter } from '../shared/table-footer.ts';
import { onThemeChange } from '../shared/theme.ts';
import { listedColumns } from './column-list.ts';
import { columnCell, columnsOf, descendingFirst } from './columns.ts';
import { detailsView } from './details-view.ts';
import { DriftModel, type DriftState } from './drift-model.ts';
import { toolbar } from './toolbar.ts';
import { verdictBar } from './verdict-bar.ts';
import { type ColumnFilter, driftPanelView, noFilter } from './view.ts';

/** Arrow keys pass over columns: one is read when they rest for so long, in milliseconds. */
const restingPause = 150;

/** Two data sets compared, column by column. */
export class DriftPanel extends PanelElement<'drift', typeof driftPanelView> {
  static override properties = { sight: { state: true }, message: { state: true } };

  sight = { start: 0, end: 0 };
  message: FooterMessage | null = null;
  #model: DriftModel | null = null;
  #listed: readonly ShownDriftColumn[] = [];
  #columns: readonly GridColumn[] = [];
  #source: GridSource = { count: 0, has: () => false, cell: () => nothing };
  #resting: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    super(driftPanelView);
  }

  override connect(host: Host, api: VsCodeApi): void {
    super.connect(host, api);
    // Legends have the colours of the charts, which are the theme's.
    onThemeChange(() => this.requestUpdate());
    host.on(panelProgress, ({ method, ...progress }) => {
      if (method === checkDrift.method) this.#model?.tellProgress(progress);
    });
  }

  override show(state: DriftState): void {
    this.state = state;
    this.startError = null;
    void this.#check(state, this.view.check ?? newCheck());
  }

  /** What is shown is one check of the data as they were then: it is made again when a person says so. */
  override dataChanged(): void {
    this.requestUpdate();
  }

  async #check(state: DriftState, check: string): Promise<void> {
    if (!this.host) return;
    this.#model?.leave();
    this.message = null;
    this.remember({ check });
    const target = targetOf(state.target, this.view.swapped);
    const { folder } = state;
    const model = new DriftModel({ host: this.host, folder, target, check, onChange: () => this.requestUpdate() });
    this.#model = model;
    if (!(await model.start()) || this.#model !== model) return;
    await this.updateComplete;
    this.#grid?.restoreScroll(this.view.scroll);
    const { column } = this.view;
    const first = model.columns.some((one) => one.column === column) ? column : this.#listed[0]?.column;
    if (first !== undefined && first !== null) this.#show(model, first);
  }

  #checkAgain(): void {
    if (this.state) void this.#check(this.state, newCheck());
  }

  get #grid(): DataGrid | null {
    return this.querySelector('data-grid');
  }

  protected override willUpdate(_changed: PropertyValues): void {
    const model = this.#model;
    if (!model) return;
    const hasTrend = model.columns.some(({ history = [] }) => history.length > 1);
    this.#columns = columnsOf(this.view.widths, hasTrend);
    const listed = listedColumns(model.columns, this.view);
    this.#listed = listed;
    const shown = model.shown?.column;
    this.#source = {
      count: listed.length,
      has: (row) => listed[row] !== undefined,
      cell: (row, { id }) => {
        const one = listed[row];
        return one ? columnCell(one, id) : nothing;
      },
      selected: (row) => listed[row]?.column === shown,
    };
  }

  protected override render(): TemplateResult {
    if (this.startError) return errorNotice('Drift can’t be shown', this.startError.error, this.startError.retry);
    const { state } = this;
    const model = this.#model;
    if (!state || !model) return loadingBar('Loading the panel');
    return html`<h1 class="visually-hidden">Drift of ${state.title}</h1>
      ${toolbar({
        filter: this.view.filter,
        canSwap: state.target.kind === 'files',
        hasColumns: model.phase === 'done' && model.columns.length > 0,
        onFilter: (change) => this.#filter(change),
        onSwap: () => {
          this.remember({ swapped: !this.view.swapped });
          this.#checkAgain();
        },
        onExport: (kind) => void this.#export(model, state, kind),
        onCheck: () => this.#checkAgain(),
      })}
      ${this.#content(model)}`;
  }

  #content(model: DriftModel): TemplateResult {
    switch (model.phase) {
      case 'checking':
        return waiting(model);
      case 'cancelled':
        return emptyNotice({
          icon: 'circle-slash',
          title: 'The check was cancelled',
          action: { label: 'Check again', run: () => this.#checkAgain() },
        });
      case 'failed':
        return errorNotice('The data can’t be compared', model.error, () => this.#checkAgain());
      default:
        return this.#results(model);
    }
  }

  #results(model: DriftModel): TemplateResult {
    const { summary } = model;
    return html`${summary ? verdictBar(summary, Date.now()) : nothing}
      <div class="drift-body">
        <div class="drift-list">
          <div class="table-area">${this.#table(model)}</div>
          ${tableFooter({
            ...{ total: this.#listed.length, none: 'No columns', sight: this.sight },
            ...{ staleError: null, message: this.message },
          })}
        </div>
        ${this.#details(model)}
      </div>`;
  }

  #table(model: DriftModel): TemplateResult {
    if (this.#listed.length === 0) return this.#empty(model);
    return html`<data-grid
      .columns=${this.#columns}
      .source=${this.#source}
      .sort=${this.view.sort}
      .label=${'Columns, what needs a look first'}
      @grid-range=${() => {
        this.sight = this.#grid?.rowsInSight ?? this.sight;
      }}
      @grid-sort=${({ detail: { column, add } }: HTMLElementEventMap['grid-sort']) => {
        const options = { column, add, descendingFirst: descendingFirst.has(column) };
        this.remember({ sort: nextSort(this.view.sort, options) });
      }}
      @grid-resize=${({ detail: { column, width } }: HTMLElementEventMap['grid-resize']) => {
        this.remember({ widths: { ...this.view.widths, [column]: width } });
      }}
      @grid-scroll=${({ detail }: HTMLElementEventMap['grid-scroll']) => this.rememberQuietly({ scroll: detail })}
      @grid-active=${({ detail }: HTMLElementEventMap['grid-active']) => {
        clearTimeout(this.#resting);
        this.#resting = setTimeout(() => this.#choose(model, detail.row), restingPause);
      }}
      @grid-action=${({ detail }: HTMLElementEventMap['grid-action']) => this.#onAction(model, detail)}
    ></data-grid>`;
  }

  #empty(model: DriftModel): TemplateResult {
    if (model.columns.length > 0) {
      return emptyNotice({
        icon: 'filter',
        title: 'No column fits',
        action: { label: 'Show all columns', run: () => this.#filter(noFilter) },
      });
    }
    return emptyNotice({
      icon: 'circle-slash',
      title: 'There is no column to compare',
      detail: 'The data have none, or a monitor leaves all of them out.',
    });
  }

  #details(model: DriftModel): TemplateResult | typeof nothing {
    const { shown, outcome } = model;
    if (!shown) return nothing;
    const { timeColumn, whole } = this.view;
    return detailsView({
      name: shown.column,
      results: model.columns.filter(({ column }) => column === shown.column),
      ...{ outcome, timeColumn, whole },
      onTimeColumn: (column) => {
        this.remember({ timeColumn: column });
        this.#show(model, shown.column);
      },
      onWhole: (wanted) => {
        this.remember({ whole: wanted });
        this.#show(model, shown.column);
      },
      retry: () => this.#show(model, shown.column),
    });
  }

  #onAction(model: DriftModel, { action, row }: GridAction): void {
    if (action === 'open' || action === 'click' || action === ' ') this.#choose(model, row);
    else if (action === '/') this.querySelector<HTMLInputElement>('.drift-search input')?.focus();
  }

  #choose(model: DriftModel, row: number): void {
    clearTimeout(this.#resting);
    const column = this.#listed[row]?.column;
    if (column !== undefined && column !== model.shown?.column) this.#show(model, column);
  }

  #show(model: DriftModel, column: string): void {
    const isOther = column !== this.view.column;
    this.remember({ column, ...(isOther ? { whole: false } : {}) });
    const { timeColumn, whole } = this.view;
    const isReadable = model.columns.some((one) => one.column === column && one.type !== null && one.missing !== null);
    if (isReadable) void model.show({ column, timeColumn: timeColumn === column ? null : timeColumn, whole });
    else model.showNothing(column);
  }

  #filter(change: Partial<ColumnFilter>): void {
    this.remember({ filter: { ...this.view.filter, ...change } });
    this.#grid?.scrollToTop();
    void this.updateComplete.then(() => {
      announce(this.#listed.length === 1 ? 'One column' : `${format.count(this.#listed.length)} columns`);
    });
  }

  async #export(model: DriftModel, { title }: DriftState, kind: 'html' | 'csv'): Promise<void> {
    const { host } = this;
    if (!host) return;
    await attempt(
      async () => {
        const { path } = await host.request(pickSaveFile, { suggestedName: `drift ${title}.${kind}` });
        if (path === null) return;
        const { columns, charts } = await model.export({ format: kind, timeColumn: this.view.timeColumn, path });
        const withCharts = charts === 0 ? '' : `, ${format.count(charts)} of them with charts`;
        this.#tell(
          `Wrote ${columns === 1 ? 'one column' : `${format.count(columns)} columns`}${withCharts} to ${path}.`,
        );
      },
      (text) => this.#tell(text, true),
    );
  }

  #tell(text: string, isError = false): void {
    this.message = { text, isError };
    announce(text);
  }
}

/** A name for a check. Pages over plain HTTP have no `randomUUID`. */
function newCheck(): string {
  return Array.from(crypto.getRandomValues(new Uint32Array(4)), (part) => part.toString(36)).join('-');
}

function targetOf(target: DriftTarget, swapped: boolean): DriftTarget {
  if (target.kind !== 'files' || !swapped) return target;
  return { kind: 'files', reference: target.current, current: target.reference };
}

function waiting(model: DriftModel): TemplateResult {
  const { message = '', percentage = null } = model.progress ?? {};
  return html`<div class="notice">
    <p class="notice-title" role="status">Comparing the data</p>
    ${
      percentage === null
        ? html`<progress aria-label="Comparing the data"></progress>`
        : html`<progress aria-label="Comparing the data" max="100" .value=${percentage}></progress>`
    }
    <p class="notice-detail tabular">${message === '' ? 'Reading both data sets…' : message}</p>
    <vscode-button secondary @click=${() => model.cancel()}>Cancel</vscode-button>
  </div>`;
}

customElements.define('drift-panel', DriftPanel);
