import { html, type TemplateResult } from 'lit';
import { format } from '../shared/format.ts';
import { iconButton } from '../shared/icons.ts';
import { type KeyValue, longestShown } from './matching-entries.ts';

/** Longer values may scroll, so that keys have to reach them. */
const mayScroll = 400;

/** Keys with their values, whole: several lines stay several lines. */
export function keyValueList(entries: readonly KeyValue[], onCopy: (text: string) => void): TemplateResult {
  return html`<dl class="key-values">
    ${entries.map(
      ([key, value]) => html`<div class="key-value">
        <dt>${key}</dt>
        <dd>
          ${valueText(key, value)}${iconButton({ icon: 'copy', label: `Copy ${key}`, onClick: () => onCopy(value) })}
        </dd>
      </div>`,
    )}
  </dl>`;
}

function valueText(key: string, value: string): TemplateResult {
  if (value === '') return html`<span class="value absent">empty</span>`;
  const cut = value.length - longestShown;
  const text = cut > 0 ? `${value.slice(0, longestShown)}…` : value;
  const shown = value.includes('\n')
    ? html`<pre class="value" tabindex="0" role="region" aria-label=${key}>${text}</pre>`
    : text.length > mayScroll
      ? html`<div class="value" tabindex="0" role="region" aria-label=${key}>${text}</div>`
      : html`<span class="value">${text}</span>`;
  if (cut <= 0) return shown;
  return html`<div class="value-cut">
    ${shown}<span class="absent">${format.count(cut)} more characters: copy the value to have all of it.</span>
  </div>`;
}
