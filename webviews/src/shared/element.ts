import { LitElement } from 'lit';

/**
 * An element that renders into the page itself: one style sheet serves all of a panel, and labels and ids reach
 * across elements.
 */
export class PageElement extends LitElement {
  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  protected emit<D>(type: string, detail: D): void {
    this.dispatchEvent(new CustomEvent(type, { detail, bubbles: true, composed: true }));
  }
}
