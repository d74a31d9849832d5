import { html, nothing, type TemplateResult } from 'lit';
import type { TableColumn } from '#schemas/protocol/experiments.ts';
import { PageElement } from '../shared/element.ts';
import { icon, iconButton } from '../shared/icons.ts';
import { type Suggestion, suggestFilters } from './filter-suggestions.ts';

/** The filter, in MLflow's search syntax: `filter-apply` {filter} is told when it is to be used. */
export class FilterBox extends PageElement {
  static override properties = {
    applied: { attribute: false },
    history: { attribute: false },
    columns: { attribute: false },
    error: { attribute: false },
    suggestions: { state: true },
    active: { state: true },
  };

  /** The filter in use. */
  applied = '';
  history: readonly string[] = [];
  columns: readonly TableColumn[] = [];
  /** Why the filter could not be used, as the server said it. */
  error = '';
  suggestions: readonly Suggestion[] = [];
  active = -1;

  focusInput(): void {
    this.#input?.focus();
  }

  get #input(): HTMLInputElement | null {
    return this.querySelector('input');
  }

  protected override updated(changed: Map<PropertyKey, unknown>): void {
    if (changed.has('applied') && this.#input) this.#input.value = this.applied;
  }

  protected override render(): TemplateResult {
    const open = this.suggestions.length > 0;
    return html`<div class="filter ${this.error ? 'filter-invalid' : ''}">
      <div class="filter-field">
        ${icon('filter')}
        <input
          type="text"
          role="combobox"
          spellcheck="false"
          autocomplete="off"
          aria-label="Filter runs, in MLflow's search syntax"
          aria-autocomplete="list"
          aria-expanded=${String(open)}
          aria-controls=${open ? 'filter-suggestions' : nothing}
          aria-activedescendant=${this.active >= 0 ? `filter-suggestion-${this.active}` : nothing}
          aria-invalid=${this.error ? 'true' : 'false'}
          aria-describedby=${this.error ? 'filter-error' : nothing}
          placeholder="metrics.accuracy > 0.9 and params.depth = '5'"
          @input=${this.#suggest}
          @focus=${this.#suggest}
          @click=${this.#suggest}
          @blur=${this.#close}
          @keydown=${this.#onKey}
        />
        ${
          this.applied || this.error
            ? iconButton({ icon: 'close', label: 'Clear the filter', onClick: () => this.#apply('') })
            : nothing
        }
      </div>
      ${
        open
          ? html`<ul class="suggestions popup" id="filter-suggestions" role="listbox" aria-label="Suggestions">
              ${this.suggestions.map(
                (suggestion, index) => html`<li
                  id="filter-suggestion-${index}"
                  role="option"
                  aria-selected=${String(index === this.active)}
                  @pointerdown=${(event: Event) => this.#take(event, suggestion)}
                >
                  <span class="suggestion-label">${suggestion.label}</span>
                  <span class="suggestion-detail">${suggestion.detail}</span>
                </li>`,
              )}
            </ul>`
          : nothing
      }
      ${this.error ? html`<div class="field-error" id="filter-error" role="alert">${this.error}</div>` : nothing}
    </div>`;
  }

  #suggest = (): void => {
    const input = this.#input;
    if (!input) return;
    this.active = -1;
    const { columns, history } = this;
    this.suggestions = suggestFilters({
      text: input.value,
      caret: input.selectionStart ?? input.value.length,
      columns,
      history,
    });
  };

  #close = (): void => {
    this.suggestions = [];
    this.active = -1;
  };

  #onKey = (event: KeyboardEvent): void => {
    const { suggestions, active } = this;
    if (event.key === 'Enter') {
      event.preventDefault();
      const suggestion = suggestions[active];
      if (suggestion) this.#take(event, suggestion);
      else this.#apply(this.#input?.value ?? '');
    } else if (event.key === 'Escape' && suggestions.length > 0) {
      event.preventDefault();
      this.#close();
    } else if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      if (suggestions.length === 0) this.#suggest();
      else
        this.active =
          (active + (event.key === 'ArrowDown' ? 1 : suggestions.length - (active < 0 ? 0 : 1))) % suggestions.length;
    }
  };

  #take(event: Event, { filter }: Suggestion): void {
    event.preventDefault();
    const input = this.#input;
    if (!input) return;
    input.value = filter;
    input.focus();
    this.#suggest();
  }

  #apply(filter: string): void {
    if (this.#input) this.#input.value = filter;
    this.#close();
    this.emit('filter-apply', { filter: filter.trim() });
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'filter-box': FilterBox;
  }
}

customElements.define('filter-box', FilterBox);
