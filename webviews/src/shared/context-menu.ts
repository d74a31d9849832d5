import { html, nothing, type TemplateResult } from 'lit';
import { PageElement } from './element.ts';
import { icon } from './icons.ts';
import { place } from './place.ts';

export interface MenuItem {
  readonly label: string;
  readonly icon: string;
  readonly run: () => void;
  /** The key that does the same, as shown. */
  readonly key?: string;
}

interface MenuPlace {
  readonly x: number;
  readonly y: number;
  /** Gets the focus back. */
  readonly from: HTMLElement | null;
}

/** A menu beside what it is about; closed by a choice, by Escape or when the focus leaves it. */
class ContextMenu extends PageElement {
  items: readonly MenuItem[] = [];
  label = '';
  beside: MenuPlace = { x: 0, y: 0, from: null };

  #closed = false;

  protected override firstUpdated(): void {
    const menu = this.querySelector<HTMLElement>('.menu');
    if (!menu) return;
    const { width, height } = menu.getBoundingClientRect();
    menu.style.left = `${Math.max(4, Math.min(this.beside.x, window.innerWidth - width - 4))}px`;
    menu.style.top = `${Math.max(4, Math.min(this.beside.y, window.innerHeight - height - 4))}px`;
    this.#focus(0);
  }

  protected override render(): TemplateResult {
    return html`<div
      class="menu popup"
      role="menu"
      aria-label=${this.label}
      ${place({ left: `${this.beside.x}px`, top: `${this.beside.y}px` })}
      @keydown=${this.#onKey}
      @focusout=${this.#onFocusOut}
    >
      ${this.items.map(
        (item) => html`<button type="button" role="menuitem" tabindex="-1" @click=${() => this.#choose(item)}>
          ${icon(item.icon)}<span class="menu-label">${item.label}</span>${item.key ? html`<kbd class="menu-key">${item.key}</kbd>` : nothing}
        </button>`,
      )}
    </div>`;
  }

  get #buttons(): HTMLElement[] {
    return [...this.querySelectorAll<HTMLElement>('[role="menuitem"]')];
  }

  #focus(index: number): void {
    const buttons = this.#buttons;
    buttons[(index + buttons.length) % buttons.length]?.focus();
  }

  #onKey = (event: KeyboardEvent): void => {
    const at = this.#buttons.findIndex((button) => button.matches(':focus'));
    const steps: Readonly<Record<string, number>> = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: -1 };
    const next = steps[event.key];
    if (next !== undefined) this.#focus(next);
    else if (event.key === 'Escape' || event.key === 'Tab') this.#close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };

  #onFocusOut = (event: FocusEvent): void => {
    // To take the menu out of the page takes the focus from it as well.
    if (this.#closed || (event.relatedTarget instanceof Node && this.contains(event.relatedTarget))) return;
    this.#closed = true;
    this.remove();
  };

  #choose(item: MenuItem): void {
    this.#close();
    item.run();
  }

  #close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.remove();
    this.beside.from?.focus({ preventScroll: true });
  }
}

customElements.define('context-menu', ContextMenu);

export function openContextMenu(label: string, items: readonly MenuItem[], beside: MenuPlace): void {
  const menu = new ContextMenu();
  menu.items = items;
  menu.label = label;
  menu.beside = beside;
  document.body.append(menu);
}
