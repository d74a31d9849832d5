import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import type { AuditEntry } from '#schemas/domain/audit.ts';
import { copyText, pickSaveFile } from '#schemas/protocol/webview.ts';
import { announce } from '../shared/announce.ts';
import { attempt } from '../shared/attempt.ts';
import { type MenuItem, openContextMenu } from '../shared/context-menu.ts';
import type { DataGrid, GridAction } from '../shared/data-grid.ts';
import { format } from '../shared/format.ts';
import type { GridColumn } from '../shared/grid-layout.ts';
import type { GridSource } from '../shared/grid-rows.ts';
import type { Host, VsCodeApi } from '../shared/host.ts';
import { iconButton } from '../shared/icons.ts';
import { emptyNotice, errorNotice, loadingBar } from '../shared/notices.ts';
import { PanelElement } from '../shared/panel-element.ts';
import { type FooterMessage, tableFooter } from '../shared/table-footer.ts';
import { AuditModel, type AuditState, entryText } from './audit-model.ts';
import { columnsOf, entryCell } from './columns.ts';
import { entryDetails } from './entry-details.ts';
import { filterControls } from './filters.ts';
import { verificationBar } from './verification.ts';
import { type AuditFilter, auditPanelView, noFilter } from './view.ts';

/** Typing is over when nothing came for so long, in milliseconds. */
const typingPause = 250;

/** The audit log of a registry as a table, newest first. */
export class AuditPanel extends PanelElement<'audit', typeof auditPanelView> {
  static override properties = {
    sight: { state: true },
    opened: { state: true },
    message: { state: true },
  };

  sight = { start: 0, end: 0 };
  /** The entry whose details are shown, and where it was in the table. */
  opened: { readonly entry: AuditEntry; readonly row: number } | null = null;
  message: FooterMessage | null = null;
  #model: AuditModel | null = null;
  #columns: readonly GridColumn[] = [];
  #source: GridSource = { count: 0, has: () => false, cell: () => nothing };
  #typing: ReturnType<typeof setTimeout> | undefined;
  /** What was typed and is not in use yet. */
  #typed: Partial<AuditFilter> = {};

  constructor() {
    super(auditPanelView);
  }

  override connect(host: Host, api: VsCodeApi): void {
    super.connect(host, api);
    this.addEventListener('keydown', this.#onKey);
  }

  override show(state: AuditState): void {
    if (!this.host) return;
    this.state = state;
    this.startError = null;
    const filter = this.view.filter ?? { ...noFilter, target: state.target };
    const model = new AuditModel({ host: this.host, state, filter, onChange: () => this.requestUpdate() });
    this.#model = model;
    this.remember({});
    void this.#open(model);
  }

  async #open(model: AuditModel): Promise<void> {
    await model.refresh();
    await this.updateComplete;
    this.#grid?.restoreScroll(this.view.scroll);
  }

  override dataChanged(): void {
    void this.#model?.refresh();
  }

  get #grid(): DataGrid | null {
    return this.querySelector('data-grid');
  }

  protected override willUpdate(_changed: PropertyValues): void {
    const model = this.#model;
    if (!model) return;
    this.#columns = columnsOf(this.view.widths);
    const { pages, verdict } = model;
    this.#source = {
      count: pages.total,
      has: (row) => pages.entry(row) !== undefined,
      cell: (row, { id }) => {
        const entry = pages.entry(row);
        return entry ? entryCell(entry, id, verdict) : nothing;
      },
      rowClass: (row) => {
        const seq = pages.entry(row)?.seq;
        return seq !== undefined && verdict?.brokenAt === seq ? 'audit-bad-row' : '';
      },
    };
  }

  protected override render(): TemplateResult {
    if (this.startError) {
      return errorNotice('The audit log can’t be shown', this.startError.error, this.startError.retry);
    }
    const model = this.#model;
    const { state } = this;
    if (!model || !state) return loadingBar('Loading the audit log');
    const title = html`<h1 class="visually-hidden">Audit log${state.target === null ? '' : ` of ${state.target}`}</h1>`;
    if (model.error) {
      return html`${title}${errorNotice('The audit log can’t be read', model.error, () => void model.refresh())}`;
    }
    const { verdict, verdictError: error } = model;
    return html`${title} ${this.#toolbar(model)}
      ${verificationBar({ verdict, error, now: Date.now() }, (seq) => void this.#showEntry(model, seq))}
      ${model.loading ? loadingBar('Loading the audit log') : html`<div class="loading-idle"></div>`}
      <div class="table-area">${this.#table(model)}</div>
      ${
        this.opened
          ? entryDetails(this.opened.entry, {
              copy: () => void this.#copy(this.opened?.entry),
              close: () => this.#closeDetails(),
            })
          : nothing
      }
      ${tableFooter({
        ...{ total: model.pages.total, none: 'No entries', sight: this.sight },
        ...{ staleError: model.staleError, message: this.message },
      })}`;
  }

  #toolbar(model: AuditModel): TemplateResult {
    return html`<div class="toolbar" role="toolbar" aria-label="Audit log">
      ${filterControls({
        filter: model.filter,
        facets: model.facets,
        onChange: (change, when) => this.#filter(model, change, when),
      })}
      <div class="toolbar-actions">
        <vscode-button secondary ?disabled=${model.pages.total === 0} @click=${() => this.#export(model, 'csv')}
          >Export CSV</vscode-button
        >
        <vscode-button secondary ?disabled=${model.pages.total === 0} @click=${() => this.#export(model, 'json')}
          >Export JSON</vscode-button
        >
        ${iconButton({ icon: 'refresh', label: 'Read and verify again', onClick: () => void model.refresh() })}
      </div>
    </div>`;
  }

  #table(model: AuditModel): TemplateResult | typeof nothing {
    if (model.pages.total === 0) return model.loading ? nothing : this.#empty(model);
    return html`<data-grid
      .columns=${this.#columns}
      .source=${this.#source}
      .label=${`Audit log${this.state?.target ? ` of ${this.state.target}` : ''}, newest first`}
      @grid-range=${({ detail: { start, end } }: HTMLElementEventMap['grid-range']) => {
        model.pages.need(start, end);
        this.sight = this.#grid?.rowsInSight ?? this.sight;
      }}
      @grid-resize=${({ detail: { column, width } }: HTMLElementEventMap['grid-resize']) => {
        this.remember({ widths: { ...this.view.widths, [column]: width } });
      }}
      @grid-scroll=${({ detail }: HTMLElementEventMap['grid-scroll']) => this.rememberQuietly({ scroll: detail })}
      @grid-active=${({ detail }: HTMLElementEventMap['grid-active']) => {
        if (this.opened) this.#showDetails(model, detail.row);
      }}
      @grid-action=${(event: HTMLElementEventMap['grid-action']) => {
        if (this.#onAction(model, event.detail)) event.preventDefault();
      }}
    ></data-grid>`;
  }

  #empty(model: AuditModel): TemplateResult {
    const { filter } = model;
    if (JSON.stringify(filter) !== JSON.stringify(noFilter)) {
      return emptyNotice({
        icon: 'filter',
        title: 'No entry fits',
        action: { label: 'Show all entries', run: () => this.#filter(model, noFilter, 'now') },
      });
    }
    return emptyNotice({
      icon: 'history',
      title: 'No entries yet',
      detail: 'Every change of the registry is told here, from the first version on.',
    });
  }

  #filter(model: AuditModel, change: Partial<AuditFilter>, when: 'soon' | 'now'): void {
    clearTimeout(this.#typing);
    this.#typed = { ...this.#typed, ...change };
    const apply = () => {
      const filter = { ...model.filter, ...this.#typed };
      this.#typed = {};
      void this.#choose(model, filter);
    };
    if (when === 'now') apply();
    else this.#typing = setTimeout(apply, typingPause);
  }

  async #choose(model: AuditModel, filter: AuditFilter): Promise<void> {
    this.remember({ filter });
    if (!(await model.choose(filter))) return;
    this.opened = null;
    this.#grid?.scrollToTop();
    announce(model.pages.total === 1 ? 'One entry' : `${format.count(model.pages.total)} entries`);
  }

  /** Shows where the log is not what was written, among all entries. */
  async #showEntry(model: AuditModel, seq: number): Promise<void> {
    await this.#choose(model, noFilter);
    await this.updateComplete;
    const row = model.verdict && model.rowOf(seq, model.verdict);
    if (row !== null) this.#grid?.focusRow(row);
  }

  #onAction(model: AuditModel, action: GridAction): boolean {
    const entry = model.pages.entry(action.row);
    if (!entry) return false;
    switch (action.action) {
      case 'open':
        return this.#showDetails(model, action.row);
      case 'click':
        return this.opened !== null && this.#showDetails(model, action.row);
      case 'c':
        void this.#copy(entry);
        return true;
      case '/':
        this.querySelector<HTMLInputElement>('.audit-search input')?.focus();
        return true;
      case 'ContextMenu':
        return this.#menu(model, entry, action);
      case 'F10':
        return action.shift && this.#menu(model, entry, action);
      default:
        return false;
    }
  }

  #menu(model: AuditModel, entry: AuditEntry, { cell, row }: GridAction): boolean {
    const box = cell?.getBoundingClientRect();
    const only = (label: string, change: Partial<AuditFilter>): MenuItem => ({
      label,
      icon: 'filter',
      run: () => this.#filter(model, change, 'now'),
    });
    const items: MenuItem[] = [
      { label: 'Show details', icon: 'open-preview', key: 'Enter', run: () => void this.#showDetails(model, row) },
      { label: 'Copy entry', icon: 'copy', key: 'C', run: () => void this.#copy(entry) },
      only(`Only of ${entry.target}`, { target: entry.target }),
      only(`Only by ${entry.actor}`, { actor: entry.actor }),
      only(`Only ${entry.action}`, { action: entry.action }),
    ];
    openContextMenu(`Entry ${entry.seq}`, items, { x: box?.left ?? 0, y: box?.bottom ?? 0, from: cell });
    return true;
  }

  #showDetails(model: AuditModel, row: number): boolean {
    const entry = model.pages.entry(row);
    if (entry) this.opened = { entry, row };
    return entry !== undefined;
  }

  #closeDetails(): void {
    const row = this.opened?.row;
    this.opened = null;
    if (row !== undefined) this.#grid?.focusRow(row);
  }

  #onKey = (event: KeyboardEvent): void => {
    if (event.key !== 'Escape' || !this.opened || event.defaultPrevented) return;
    event.preventDefault();
    this.#closeDetails();
  };

  #copy(entry: AuditEntry | undefined): Promise<void> {
    return this.#attempt(async (host) => {
      if (!entry) return;
      await host.request(copyText, { text: entryText(entry) });
      this.#tell(`Copied entry ${entry.seq}.`);
    });
  }

  #export(model: AuditModel, kind: 'csv' | 'json'): Promise<void> {
    return this.#attempt(async (host) => {
      const name = model.filter.target === null ? 'audit-log' : `${model.filter.target}-audit-log`;
      const { path } = await host.request(pickSaveFile, { suggestedName: `${name}.${kind}` });
      if (path === null) return;
      const written = await model.export(kind, path);
      this.#tell(`Wrote ${written === 1 ? 'one entry' : `${format.count(written)} entries`} to ${path}.`);
    });
  }

  async #attempt(action: (host: Host) => Promise<void>): Promise<void> {
    const { host } = this;
    if (host)
      await attempt(
        () => action(host),
        (text) => this.#tell(text, true),
      );
  }

  #tell(text: string, isError = false): void {
    this.message = { text, isError };
    announce(text);
  }
}

customElements.define('audit-panel', AuditPanel);
