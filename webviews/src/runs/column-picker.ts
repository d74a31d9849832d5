import { html, nothing, type TemplateResult } from 'lit';
import type { TableColumn } from '#schemas/protocol/experiments.ts';
import { PageElement } from '../shared/element.ts';
import { format } from '../shared/format.ts';
import { iconButton } from '../shared/icons.ts';
import { columnLabel, pickableColumns } from './columns.ts';

const groupTitles = { attribute: 'Attributes', metric: 'Metrics', param: 'Params', tag: 'Tags' } as const;
const mostShown = 300;

/** Which columns the table shows. Tells `columns-change` {columns}, `columns-default` and `picker-close`. */
export class ColumnPicker extends PageElement {
  static override properties = {
    columns: { attribute: false },
    chosen: { attribute: false },
    total: { attribute: false },
    search: { state: true },
    onlyVarying: { state: true },
  };

  columns: readonly TableColumn[] = [];
  chosen: readonly string[] = [];
  /** Runs of the query. */
  total = 0;
  search = '';
  onlyVarying = false;

  protected override firstUpdated(): void {
    this.querySelector('input')?.focus();
  }

  protected override render(): TemplateResult {
    const groups = pickableColumns(this.columns, { search: this.search, onlyVarying: this.onlyVarying });
    const found = groups.reduce((sum, { columns }) => sum + columns.length, 0);
    let room = mostShown;
    return html`<div class="picker popup" role="dialog" aria-label="Columns" @keydown=${this.#onKey}>
      <div class="picker-head">
        <input
          type="text"
          class="text-input"
          placeholder="Search columns"
          aria-label="Search columns"
          .value=${this.search}
          @input=${(event: Event) => {
            if (event.target instanceof HTMLInputElement) this.search = event.target.value;
          }}
        />
        ${iconButton({ icon: 'close', label: 'Close', onClick: () => this.emit('picker-close', null) })}
      </div>
      <div class="picker-options">
        <label class="check">
          <input
            type="checkbox"
            .checked=${this.onlyVarying}
            @change=${() => {
              this.onlyVarying = !this.onlyVarying;
            }}
          />
          Only those that vary
        </label>
        <button type="button" class="link-button" @click=${() => this.emit('columns-default', null)}>Reset</button>
      </div>
      <div class="picker-list" tabindex="0" role="group" aria-label="Columns found">
        ${groups.map(({ kind, columns }) => {
          const shown = columns.slice(0, Math.max(0, room));
          room -= shown.length;
          return this.#group(kind, columns, shown);
        })}
        ${found === 0 ? html`<p class="picker-note">No column matches.</p>` : nothing}
        ${
          found > mostShown
            ? html`<p class="picker-note">
                ${format.count(mostShown)} of ${format.count(found)} columns; search to see others.
              </p>`
            : nothing
        }
      </div>
    </div>`;
  }

  #group(
    kind: TableColumn['kind'],
    columns: readonly TableColumn[],
    shown: readonly TableColumn[],
  ): TemplateResult | typeof nothing {
    if (shown.length === 0) return nothing;
    const chosen = new Set(this.chosen);
    const all = columns.every(({ id }) => chosen.has(id));
    return html`<fieldset class="picker-group">
      <legend>
        ${groupTitles[kind]} <span class="muted">${format.count(columns.length)}</span>
        <button type="button" class="link-button" @click=${() => this.#choose(columns, !all)}>
          ${all ? 'None' : 'All'}<span class="visually-hidden"> of ${groupTitles[kind]}</span>
        </button>
      </legend>
      ${shown.map(
        (column) => html`<label class="check picker-column">
          <input
            type="checkbox"
            .checked=${chosen.has(column.id)}
            @change=${() => this.#choose([column], !chosen.has(column.id))}
          />
          <span class="picker-name" title=${columnLabel(column)}>${columnLabel(column)}</span>
          <span class="picker-coverage" title="Runs that have it">
            ${
              column.kind === 'attribute'
                ? nothing
                : column.runs === this.total
                  ? 'all'
                  : `${format.count(column.runs)} of ${format.count(this.total)}`
            }
          </span>
        </label>`,
      )}
    </fieldset>`;
  }

  #choose(columns: readonly TableColumn[], on: boolean): void {
    const ids = new Set(columns.map(({ id }) => id));
    const others = this.chosen.filter((id) => !ids.has(id));
    this.emit('columns-change', { columns: on ? [...others, ...ids] : others });
  }

  #onKey = (event: KeyboardEvent): void => {
    if (event.key !== 'Escape') return;
    event.preventDefault();
    this.emit('picker-close', null);
  };
}

declare global {
  interface HTMLElementTagNameMap {
    'column-picker': ColumnPicker;
  }
}

customElements.define('column-picker', ColumnPicker);
