import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { announce } from '../shared/announce.ts';
import { openContextMenu } from '../shared/context-menu.ts';
import type { DataGrid, GridAction } from '../shared/data-grid.ts';
import { format } from '../shared/format.ts';
import type { GridColumn } from '../shared/grid-layout.ts';
import type { GridSource } from '../shared/grid-rows.ts';
import type { Host, VsCodeApi } from '../shared/host.ts';
import { isAborted } from '../shared/host-failure.ts';
import { icon, iconButton } from '../shared/icons.ts';
import { describeError, emptyNotice, errorNotice, loadingBar } from '../shared/notices.ts';
import { PanelElement } from '../shared/panel-element.ts';
import { nextSort } from '../shared/sort.ts';
import { type FooterMessage, tableFooter } from '../shared/table-footer.ts';
import { runCell, selectCell, starCell } from './cells.ts';
import { columnLabel, columnOfId, defaultWidth } from './columns.ts';
import { rememberFilter } from './filter-suggestions.ts';
import type { WindowRow } from './row-windows.ts';
import { RunActions } from './run-actions.ts';
import { runMenu } from './run-menu.ts';
import { mostCompared, Selection } from './selection.ts';
import { type RunsState, TableModel } from './table-model.ts';
import { type RunsPanelView, runsPanelView } from './view.ts';

/** The runs of one or more experiments as a table. */
export class RunsPanel extends PanelElement<'runs', typeof runsPanelView> {
  static override properties = {
    pickerOpen: { state: true },
    sight: { state: true },
    message: { state: true },
  };

  pickerOpen = false;
  sight = { start: 0, end: 0 };
  message: FooterMessage | null = null;
  #model: TableModel | null = null;
  #actions: RunActions | null = null;
  #selection = new Selection();
  #anchor = -1;
  #columns: readonly GridColumn[] = [];
  #source: GridSource = { count: 0, has: () => false, cell: () => nothing };

  constructor() {
    super(runsPanelView);
  }

  override connect(host: Host, api: VsCodeApi): void {
    super.connect(host, api);
    this.#selection = new Selection(this.view.selected);
  }

  override show(state: RunsState): void {
    if (!this.host) return;
    this.state = state;
    this.startError = null;
    const { host } = this;
    const model = new TableModel({ host, state, view: this.view, onChange: () => this.requestUpdate() });
    this.#model = model;
    this.#actions = new RunActions({ host, state, model, tell: (text, isError) => this.#tell(text, isError) });
    this.remember({});
    void this.#open(model);
    void model.askForPages();
  }

  async #open(model: TableModel): Promise<void> {
    const { filter, starredOnly, showHidden, scroll } = this.view;
    const opened = await model.choose({ filter, starredOnly, showHidden });
    // A remembered filter may no longer hold; the runs are to be seen all the same.
    if (!opened && model.filterError) {
      const refused = model.filterError;
      await model.choose({ filter: '', starredOnly, showHidden });
      model.filterError = refused;
    }
    await this.updateComplete;
    this.#grid?.restoreScroll(scroll);
  }

  override dataChanged(): void {
    void this.#model?.refresh();
  }

  get #grid(): DataGrid | null {
    return this.querySelector('data-grid');
  }

  get #shownColumns(): readonly string[] {
    return this.view.columns ?? this.#model?.defaults ?? [];
  }

  protected override willUpdate(_changed: PropertyValues): void {
    const model = this.#model;
    if (!model) return;
    const known = new Map(model.columns.map((column) => [column.id, column]));
    const chosen = ['attribute.name', ...this.#shownColumns.filter((id) => id !== 'attribute.name')];
    this.#columns = [
      {
        id: 'select',
        label: 'Select',
        header: icon(this.#selection.size > 0 ? 'clear-all' : 'check-all'),
        title: this.#selection.size > 0 ? 'Clear the selection' : 'Select all',
        width: 30,
        resizable: false,
        frozen: true,
        icons: true,
      },
      { id: 'star', label: 'Star', header: icon('star-empty'), width: 28, resizable: false, frozen: true, icons: true },
      ...chosen.map((id): GridColumn => {
        const column = columnOfId(id);
        const numeric = column.kind === 'metric' || (known.get(id)?.numeric === true && id !== 'attribute.startTime');
        return {
          id,
          label: columnLabel(column),
          title: column.kind === 'attribute' ? columnLabel(column) : `${column.kind} ${column.key}`,
          width: this.view.widths[id] ?? defaultWidth(column),
          align: numeric ? 'end' : 'start',
          sortable: true,
          frozen: id === 'attribute.name',
          names: id === 'attribute.name',
        };
      }),
    ];
    this.#source = this.#makeSource(model);
  }

  #makeSource(model: TableModel): GridSource {
    const now = Date.now();
    const kinds = new Map(this.#columns.map(({ id }) => [id, columnOfId(id)]));
    const selection = this.#selection;
    return {
      count: model.windows.total,
      has: (row) => model.windows.row(row) !== undefined,
      cell: (index, { id }) => {
        const row = model.windows.row(index);
        if (!row) return nothing;
        if (id === 'select') return selectCell(selection.has(row.ref));
        if (id === 'star') return starCell(row.marks.starred);
        return runCell(row, kinds.get(id) ?? columnOfId(id), now);
      },
      selected: (index) => {
        const row = model.windows.row(index);
        return row !== undefined && selection.has(row.ref);
      },
      rowClass: (index) => (model.windows.row(index)?.marks.hidden ? 'dimmed' : ''),
    };
  }

  protected override render(): TemplateResult {
    if (this.startError) return errorNotice('The runs can’t be shown', this.startError.error, this.startError.retry);
    const model = this.#model;
    if (!model || !this.state) return loadingBar('Loading runs');
    if (model.error) {
      return errorNotice('The runs can’t be read', model.error, () => void model.refresh());
    }
    return html`
      <h1 class="visually-hidden">Runs of ${this.state.title}</h1>
      ${this.#toolbar(model)}
      ${model.loading ? loadingBar('Loading runs') : html`<div class="loading-idle"></div>`}
      <div class="table-area">${this.#table(model)}</div>
      ${tableFooter({
        ...{ total: model.windows.total, none: 'No runs', sight: this.sight, selected: this.#selection.size },
        ...{ staleError: model.staleError, message: this.message },
      })}
    `;
  }

  #toolbar(model: TableModel): TemplateResult {
    const { filter, history, starredOnly, showHidden } = this.view;
    return html`<div class="toolbar" role="toolbar" aria-label="Runs table">
      <filter-box
        .applied=${filter}
        .history=${history}
        .columns=${model.columns}
        .error=${model.filterError}
        @filter-apply=${(event: CustomEvent<{ filter: string }>) => this.#filter(event.detail.filter)}
      ></filter-box>
      <div class="toolbar-actions">
        <vscode-button
          ?disabled=${this.#selection.size < 2}
          @click=${this.#compare}
          title=${this.#selection.size < 2 ? 'Select two or more runs to compare them' : 'Compare the selected runs'}
          >Compare${this.#selection.size > 0 ? ` (${format.count(this.#selection.size)})` : ''}</vscode-button
        >
        ${iconButton({
          icon: starredOnly ? 'star-full' : 'star-empty',
          label: 'Starred only',
          pressed: starredOnly,
          onClick: () => this.#choose({ starredOnly: !starredOnly }),
        })}
        ${iconButton({
          icon: showHidden ? 'eye' : 'eye-closed',
          label: 'Show hidden runs',
          pressed: showHidden,
          onClick: () => this.#choose({ showHidden: !showHidden }),
        })}
        ${iconButton({
          icon: 'list-selection',
          label: 'Choose columns',
          pressed: this.pickerOpen,
          className: 'picker-button',
          onClick: () => this.#togglePicker(),
        })}
        ${iconButton({ icon: 'export', label: 'Export as CSV', onClick: () => this.#export() })}
        ${iconButton({ icon: 'refresh', label: 'Refresh', onClick: () => void model.refresh() })}
      </div>
      ${
        this.pickerOpen
          ? html`<column-picker
              .columns=${model.columns}
              .chosen=${this.#shownColumns}
              .total=${model.windows.total}
              @columns-change=${(event: CustomEvent<{ columns: string[] }>) => this.remember({ columns: event.detail.columns })}
              @columns-default=${() => this.remember({ columns: null, widths: {} })}
              @picker-close=${() => this.#togglePicker()}
            ></column-picker>`
          : nothing
      }
    </div>`;
  }

  #table(model: TableModel): TemplateResult {
    if (!model.loading && model.windows.total === 0) return this.#empty();
    return html`<data-grid
      .columns=${this.#columns}
      .source=${this.#source}
      .sort=${this.view.sort}
      .label=${`Runs of ${this.state?.title ?? ''}`}
      .multiselect=${true}
      @grid-range=${(event: HTMLElementEventMap['grid-range']) => {
        const { start, end, columns } = event.detail;
        model.windows.need(
          start,
          end,
          columns.filter((id) => id.includes('.')),
        );
        this.sight = this.#grid?.rowsInSight ?? this.sight;
      }}
      @grid-sort=${(event: HTMLElementEventMap['grid-sort']) => this.#sort(model, event.detail)}
      @grid-head=${(event: HTMLElementEventMap['grid-head']) => this.#onHead(event.detail.column)}
      @grid-resize=${(event: HTMLElementEventMap['grid-resize']) => {
        const { column, width } = event.detail;
        this.remember({ widths: { ...this.view.widths, [column]: width } });
      }}
      @grid-scroll=${(event: HTMLElementEventMap['grid-scroll']) => this.rememberQuietly({ scroll: event.detail })}
      @grid-action=${(event: HTMLElementEventMap['grid-action']) => {
        if (this.#onAction(model, event.detail)) event.preventDefault();
      }}
    ></data-grid>`;
  }

  #empty(): TemplateResult {
    const { filter, starredOnly } = this.view;
    if (filter || starredOnly) {
      return emptyNotice({
        icon: 'filter',
        title: starredOnly && !filter ? 'No run is starred' : 'No run matches the filter',
        action: { label: 'Show all runs', run: () => this.#choose({ filter: '', starredOnly: false }) },
      });
    }
    return emptyNotice({
      icon: 'beaker',
      title: 'No runs yet',
      detail: 'Runs appear here as soon as training logs them.',
    });
  }

  async #filter(filter: string): Promise<void> {
    const model = this.#model;
    if (!model) return;
    const { starredOnly, showHidden } = this.view;
    if (!(await model.choose({ filter, starredOnly, showHidden }))) return;
    this.remember({ filter, history: rememberFilter(this.view.history, filter) });
    this.#shownAnew(model);
  }

  async #choose(change: Partial<Pick<RunsPanelView, 'filter' | 'starredOnly' | 'showHidden'>>): Promise<void> {
    const model = this.#model;
    if (!model) return;
    this.remember(change);
    const { filter, starredOnly, showHidden } = this.view;
    if (await model.choose({ filter, starredOnly, showHidden })) this.#shownAnew(model);
  }

  #shownAnew(model: TableModel): void {
    this.#anchor = -1;
    this.#grid?.scrollToTop();
    announce(`${format.count(model.windows.total)} runs`);
  }

  #sort(model: TableModel, { column, add }: { column: string; add: boolean }): void {
    const descendingFirst = column.startsWith('metric.') || column === 'attribute.startTime';
    const sort = nextSort(this.view.sort, { column, add, descendingFirst });
    this.remember({ sort });
    this.#grid?.scrollToTop();
    model.sortBy(sort);
    const { key } = columnOfId(column);
    const own = sort.find((entry) => entry.column === column);
    announce(own ? `Sorted by ${key}, ${own.descending ? 'largest' : 'smallest'} first` : `No longer sorted by ${key}`);
  }

  #onHead(column: string): void {
    const model = this.#model;
    if (column !== 'select' || !model) return;
    if (this.#selection.size > 0) this.#select(new Selection());
    else if (model.windows.total > 0) void this.#selectRange(model, 0, model.windows.total - 1);
  }

  #select(selection: Selection): void {
    this.#selection = selection;
    this.remember({ selected: [...selection.refs] });
    announce(`${format.count(selection.size)} selected`);
  }

  #onAction(model: TableModel, action: GridAction): boolean {
    const row = model.windows.row(action.row);
    if (!row) return false;
    switch (action.action) {
      case 'open':
        if (action.column !== 'select' && action.column !== 'star') void this.#actions?.open(row.ref);
        return true;
      case 'space':
        return this.#toggle(model, action.row, false);
      case 'select':
        return this.#toggle(model, action.row, action.shift);
      case 'extend':
        if (this.#anchor < 0) this.#anchor = action.row;
        return this.#toggle(model, action.row, true);
      case 'click':
        if (action.toggle || action.shift) return this.#toggle(model, action.row, action.shift);
        this.#anchor = action.row;
        return true;
      case 'star':
      case 's':
        void this.#actions?.mark(row.ref, { starred: !row.marks.starred });
        return true;
      case 'h':
        void this.#actions?.mark(row.ref, { hidden: !row.marks.hidden });
        return true;
      case 'c':
        this.#compare();
        return true;
      case '/':
        this.querySelector('filter-box')?.focusInput();
        return true;
      case 'all':
        void this.#selectRange(model, 0, model.windows.total - 1);
        return true;
      case 'ContextMenu':
        return this.#menu(model, row, action);
      case 'F10':
        return action.shift && this.#menu(model, row, action);
      default:
        return false;
    }
  }

  #toggle(model: TableModel, row: number, range: boolean): boolean {
    const run = model.windows.row(row);
    if (!run) return false;
    if (range && this.#anchor >= 0) {
      void this.#selectRange(model, Math.min(this.#anchor, row), Math.max(this.#anchor, row));
    } else {
      this.#select(this.#selection.toggle(run.ref));
      this.#anchor = row;
    }
    return true;
  }

  /** Adds the rows `from … to`, those too that nobody has scrolled past yet. */
  async #selectRange(model: TableModel, from: number, to: number): Promise<void> {
    const count = to - from + 1;
    if (count > mostCompared) {
      this.#tell(
        `At most ${mostCompared} runs are compared at once, and these are ${format.count(count)}. Filter them first.`,
        true,
      );
      return;
    }
    try {
      const refs = await model.refsBetween(from, to);
      this.message = null;
      this.#select(this.#selection.with(refs));
    } catch (error) {
      if (!isAborted(error)) this.#tell(describeError(error).message, true);
    }
  }

  #menu(model: TableModel, row: WindowRow, action: GridAction): boolean {
    const box = action.cell?.getBoundingClientRect();
    const actions = this.#actions;
    if (!actions) return false;
    openContextMenu(
      'Run',
      runMenu({
        row,
        selected: this.#selection.has(row.ref),
        hasPages: model.hasPages,
        actions,
        toggle: () => this.#toggle(model, action.row, false),
      }),
      { x: (box?.left ?? 0) + 12, y: box?.bottom ?? 0, from: action.cell },
    );
    return true;
  }

  #togglePicker(): void {
    this.pickerOpen = !this.pickerOpen;
    if (!this.pickerOpen) this.querySelector<HTMLElement>('.picker-button')?.focus();
  }

  #compare = (): void => {
    void this.#actions?.compare(this.#selection.refs);
  };

  #export(): void {
    const columns = this.#columns.map(({ id }) => id).filter((id) => id.includes('.'));
    void this.#actions?.export(columns, this.view.sort);
  }

  #tell(text: string, isError = false): void {
    this.message = { text, isError };
    announce(text);
  }
}

customElements.define('runs-panel', RunsPanel);
