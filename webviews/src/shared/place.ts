import { noChange } from 'lit';
import { Directive, directive, type ElementPart, type PartInfo, PartType } from 'lit/directive.js';

/**
 * Sets styles through the CSS object model: the page's policy forbids style attributes, which lit's own `styleMap` writes
 * at the first rendering. Used on the element: `<div ${place({ width: '10px' })}>`.
 */
class PlaceDirective extends Directive {
  #set: Readonly<Record<string, string>> = {};

  constructor(info: PartInfo) {
    super(info);
    if (info.type !== PartType.ELEMENT) throw new Error('place() stands in an element’s tag.');
  }

  override update(part: ElementPart, [styles]: [Readonly<Record<string, string>>]): typeof noChange {
    const { element } = part;
    if (!(element instanceof HTMLElement || element instanceof SVGElement)) return noChange;
    for (const [name, value] of Object.entries(styles)) {
      if (this.#set[name] !== value) element.style.setProperty(name, value);
    }
    this.#set = styles;
    return noChange;
  }

  render(_styles: Readonly<Record<string, string>>): typeof noChange {
    return noChange;
  }
}

export const place = directive(PlaceDirective);
