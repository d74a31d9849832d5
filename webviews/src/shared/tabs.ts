import { html, type TemplateResult } from 'lit';

interface Tab<T extends string> {
  readonly id: T;
  readonly label: string;
}

interface Tabs<T extends string> {
  readonly tabs: readonly Tab<T>[];
  readonly selected: T;
  readonly label: string;
  readonly onSelect: (id: T) => void;
}

/** A row of tabs; their panel has the id `tab-panel`. */
export function tabBar<T extends string>({ tabs, selected, label, onSelect }: Tabs<T>): TemplateResult {
  const onKey = (event: KeyboardEvent) => {
    const at = tabs.findIndex(({ id }) => id === selected);
    const steps: Readonly<Record<string, number>> = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: -1 };
    const step = steps[event.key];
    const next = step === undefined ? undefined : tabs.at(step % tabs.length);
    if (!next || !(event.currentTarget instanceof HTMLElement)) return;
    event.preventDefault();
    onSelect(next.id);
    event.currentTarget.querySelector<HTMLElement>(`#tab-${next.id}`)?.focus();
  };
  return html`<div class="tabs" role="tablist" aria-label=${label} @keydown=${onKey}>
    ${tabs.map(
      ({ id, label: text }) => html`<button
        type="button"
        role="tab"
        id="tab-${id}"
        aria-controls="tab-panel"
        aria-selected=${String(id === selected)}
        tabindex=${id === selected ? 0 : -1}
        @click=${() => onSelect(id)}
      >
        ${text}
      </button>`,
    )}
  </div>`;
}
