import { html, nothing, type TemplateResult } from 'lit';
import type { ChartRun } from '../shared/chart-data.ts';
import { swatch } from '../shared/chart-panel.ts';
import { PageElement } from '../shared/element.ts';
import { format } from '../shared/format.ts';
import { iconButton } from '../shared/icons.ts';

/**
 * The runs of the charts: which line is which, which are drawn. Tells `legend-hidden` {hidden}, `legend-open` {run} and
 * `chart-highlight` {run}.
 */
export class RunLegend extends PageElement {
  static override properties = {
    runs: { attribute: false },
    concealed: { attribute: false },
    highlighted: { attribute: false },
    search: { state: true },
  };

  runs: readonly ChartRun[] = [];
  // `hidden` is an attribute of every element: another name.
  concealed: ReadonlySet<string> = new Set();
  highlighted: string | null = null;
  search = '';

  protected override render(): TemplateResult {
    const words = this.search.toLowerCase().split(/\s+/).filter(Boolean);
    const shown = this.runs.filter(({ name, detail }) => {
      const text = `${name} ${detail}`.toLowerCase();
      return words.every((word) => text.includes(word));
    });
    const drawn = this.runs.filter(({ id }) => !this.concealed.has(id)).length;
    return html`<div class="legend-head">
        <h2 class="legend-title">${format.count(drawn)} of ${format.count(this.runs.length)} runs</h2>
        <button type="button" class="link-button" @click=${() => this.#tell(drawn === 0 ? [] : this.runs.map(({ id }) => id))}>
          ${drawn === 0 ? 'Show all' : 'Hide all'}
        </button>
        ${
          drawn > 0 && drawn < this.runs.length
            ? html`<button type="button" class="link-button" @click=${() => this.#tell([])}>Show all</button>`
            : nothing
        }
      </div>
      ${
        this.runs.length > 12
          ? html`<input
              type="text"
              class="text-input"
              placeholder="Search runs"
              aria-label="Search runs"
              .value=${this.search}
              @input=${(event: Event) => {
                if (event.target instanceof HTMLInputElement) this.search = event.target.value;
              }}
            />`
          : nothing
      }
      <ul class="legend-list" @pointerleave=${() => this.#highlight(null)}>
        ${shown.map((run) => this.#entry(run))}
      </ul>`;
  }

  #entry(run: ChartRun): TemplateResult {
    const hidden = this.concealed.has(run.id);
    return html`<li
      class="legend-entry ${hidden ? 'off' : ''} ${this.highlighted === run.id ? 'highlighted' : ''}"
      @pointerenter=${() => this.#highlight(hidden ? null : run.id)}
      @focusin=${() => this.#highlight(hidden ? null : run.id)}
      @focusout=${() => this.#highlight(null)}
    >
      <label class="check">
        <input type="checkbox" .checked=${!hidden} @change=${() => this.#toggle(run.id)} />
        ${swatch(run.style)}
        <span class="legend-name" title=${run.detail ? `${run.name}\n${run.detail}` : run.name}
          >${run.name}${run.detail ? html`<span class="legend-detail">${run.detail}</span>` : nothing}</span
        >
      </label>
      ${iconButton({
        icon: 'go-to-file',
        label: `Open ${run.name}`,
        className: 'legend-open',
        onClick: () => this.emit('legend-open', { run: run.id }),
      })}
    </li>`;
  }

  #toggle(id: string): void {
    const hidden = [...this.concealed];
    this.#tell(this.concealed.has(id) ? hidden.filter((other) => other !== id) : [...hidden, id]);
  }

  #tell(hidden: readonly string[]): void {
    this.emit('legend-hidden', { hidden });
  }

  #highlight(run: string | null): void {
    this.emit('chart-highlight', { run });
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'run-legend': RunLegend;
  }
}

customElements.define('run-legend', RunLegend);
