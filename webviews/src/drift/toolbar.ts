import { html, nothing, type TemplateResult } from 'lit';
import { driftVerdict } from '#schemas/domain/drift-report.ts';
import { verdictText } from '#schemas/domain/drift-score.ts';
import { icon, iconButton } from '../shared/icons.ts';
import type { ColumnFilter } from './view.ts';

export interface Toolbar {
  readonly filter: ColumnFilter;
  /** Two files were chosen, not a monitor. */
  readonly canSwap: boolean;
  /** There are columns to look through and to export. */
  readonly hasColumns: boolean;
  readonly onFilter: (change: Partial<ColumnFilter>) => void;
  readonly onSwap: () => void;
  readonly onExport: (format: 'html' | 'csv') => void;
  readonly onCheck: () => void;
}

export function toolbar(controls: Toolbar): TemplateResult {
  const { canSwap, hasColumns, onSwap, onExport, onCheck } = controls;
  return html`<div class="toolbar" role="toolbar" aria-label="Drift">
    ${hasColumns ? filters(controls) : nothing}
    <div class="toolbar-actions">
      ${canSwap ? html`<vscode-button secondary @click=${onSwap}>Swap reference and current</vscode-button>` : nothing}
      <vscode-button secondary ?disabled=${!hasColumns} @click=${() => onExport('html')}>Export HTML</vscode-button>
      <vscode-button secondary ?disabled=${!hasColumns} @click=${() => onExport('csv')}>Export CSV</vscode-button>
      ${iconButton({ icon: 'refresh', label: 'Check again', onClick: onCheck })}
    </div>
  </div>`;
}

function filters({ filter, onFilter }: Toolbar): TemplateResult {
  const { options } = driftVerdict;
  return html`<search class="drift-filters">
    <div class="filter-field drift-search">
      ${icon('search')}
      <input
        type="text"
        spellcheck="false"
        autocomplete="off"
        aria-label="Words that all have to be in a column"
        placeholder="Search columns"
        .value=${filter.text}
        @input=${({ target }: Event) => {
          if (target instanceof HTMLInputElement) onFilter({ text: target.value });
        }}
      />
      ${filter.text === '' ? nothing : iconButton({ icon: 'close', label: 'Clear the words', onClick: () => onFilter({ text: '' }) })}
    </div>
    <select
      aria-label="Verdict"
      @change=${({ target }: Event) => {
        if (target instanceof HTMLSelectElement) onFilter({ verdict: options[target.selectedIndex - 1] ?? null });
      }}
    >
      <option .selected=${filter.verdict === null}>All verdicts</option>
      ${options.map((one) => html`<option .selected=${one === filter.verdict}>${verdictText[one]}</option>`)}
    </select>
  </search>`;
}
