import { html, type TemplateResult } from 'lit';
import { icon, iconButton } from '../shared/icons.ts';
import type { AuditModel } from './audit-model.ts';
import { type AuditFilter, type Period, periods } from './view.ts';

const periodLabels: Readonly<Record<Period, string>> = {
  any: 'Any time',
  day: 'Last 24 hours',
  week: 'Last 7 days',
  month: 'Last 30 days',
  between: 'Between two days',
};

export interface FilterControls {
  readonly filter: AuditFilter;
  readonly facets: AuditModel['facets'];
  /** Soon, when typing ends, or at once. */
  readonly onChange: (change: Partial<AuditFilter>, when: 'soon' | 'now') => void;
}

/** Controls that narrow the log: words, who, what, of which model, when. */
export function filterControls({ filter, facets, onChange }: FilterControls): TemplateResult {
  const now = (change: Partial<AuditFilter>) => onChange(change, 'now');
  return html`<search class="audit-filters">
    <div class="filter-field audit-search">
      ${icon('search')}
      <input
        type="text"
        spellcheck="false"
        autocomplete="off"
        aria-label="Words that all have to be in an entry"
        placeholder="Search entries"
        .value=${filter.text}
        @input=${({ target }: Event) => {
          if (target instanceof HTMLInputElement) onChange({ text: target.value }, 'soon');
        }}
        @keydown=${({ key, target }: KeyboardEvent) => {
          if (key === 'Enter' && target instanceof HTMLInputElement) now({ text: target.value });
        }}
      />
      ${filter.text === '' ? '' : iconButton({ icon: 'close', label: 'Clear the words', onClick: () => now({ text: '' }) })}
    </div>
    ${choice({ label: 'Model', any: 'All models', names: facets.models, value: filter.target, choose: (target) => now({ target }) })}
    ${choice({ label: 'Who', any: 'Anybody', names: facets.actors, value: filter.actor, choose: (actor) => now({ actor }) })}
    ${choice({ label: 'Action', any: 'All actions', names: facets.actions, value: filter.action, choose: (action) => now({ action }) })}
    <select
      aria-label="Period"
      @change=${({ target }: Event) => {
        const period = target instanceof HTMLSelectElement && periods.find((each) => each === target.value);
        if (period) now({ period });
      }}
    >
      ${periods.map((period) => html`<option value=${period} .selected=${period === filter.period}>${periodLabels[period]}</option>`)}
    </select>
    ${filter.period === 'between' ? html`${dayInput('From', filter.from, (from) => now({ from }))} ${dayInput('To', filter.to, (to) => now({ to }))}` : ''}
  </search>`;
}

interface Choice {
  readonly label: string;
  readonly any: string;
  readonly names: readonly string[];
  readonly value: string | null;
  readonly choose: (value: string | null) => void;
}

function choice({ label, any, names, value, choose }: Choice): TemplateResult {
  // What is chosen is there, also where the log has no such entry, or a version is looked at.
  const all = value === null || names.includes(value) ? names : [value, ...names];
  return html`<select
    aria-label=${label}
    @change=${({ target }: Event) => {
      // The first stands for any, whatever a name may be.
      if (target instanceof HTMLSelectElement) choose(all[target.selectedIndex - 1] ?? null);
    }}
  >
    <option .selected=${value === null}>${any}</option>
    ${all.map((name) => html`<option .selected=${name === value}>${name}</option>`)}
  </select>`;
}

function dayInput(label: string, value: string, choose: (day: string) => void): TemplateResult {
  return html`<label class="audit-day"
    >${label}
    <input
      type="date"
      class="text-input"
      .value=${value}
      @change=${({ target }: Event) => {
        if (target instanceof HTMLInputElement) choose(target.value);
      }}
  /></label>`;
}
