import { html, type TemplateResult } from 'lit';
import { format } from '../shared/format.ts';
import { iconButton } from '../shared/icons.ts';
import { emptyNotice } from '../shared/notices.ts';

const longestShown = 20_000;

interface KeyValues {
  readonly entries: readonly (readonly [string, string])[];
  readonly search: string;
  readonly label: string;
  /** What stands there when there are no entries at all. */
  readonly none: string;
  readonly onCopy: (text: string) => void;
}

/** Keys with their values, whole: several lines stay several lines. */
export function keyValueTable({ entries, search, label, none, onCopy }: KeyValues): TemplateResult {
  if (entries.length === 0) return emptyNotice({ icon: 'list-selection', title: none });
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  const shown = entries.filter(([key, value]) => {
    const text = `${key}\n${value.slice(0, longestShown)}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
  if (shown.length === 0) return emptyNotice({ icon: 'search', title: 'Nothing matches' });
  return html`<table class="key-values" aria-label=${label}>
    <tbody>
      ${shown.map(
        ([key, value]) => html`<tr>
          <th scope="row">${key}</th>
          <td>
            <div class="value" tabindex=${value.length > 400 ? 0 : -1}>${valueText(value)}</div>
          </td>
          <td class="value-actions">${iconButton({ icon: 'copy', label: `Copy ${key}`, onClick: () => onCopy(value) })}</td>
        </tr>`,
      )}
    </tbody>
  </table>`;
}

function valueText(value: string): TemplateResult {
  if (value === '') return html`<span class="absent">empty</span>`;
  if (value.length <= longestShown) return html`${value}`;
  return html`${value.slice(0, longestShown)}…
    <span class="absent">${format.count(value.length - longestShown)} more characters: copy it to see all.</span>`;
}
