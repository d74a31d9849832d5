import { html, nothing, type TemplateResult } from 'lit';
import { format } from './format.ts';
import { icon } from './icons.ts';
import { describeError } from './notices.ts';

/** What the last action did or why it did not. */
export interface FooterMessage {
  readonly text: string;
  readonly isError: boolean;
}

export interface TableFooter {
  readonly total: number;
  /** What stands there where there are no rows. */
  readonly none: string;
  /** Rows in sight: `start … end`. */
  readonly sight: { readonly start: number; readonly end: number };
  readonly selected?: number;
  /** Why what is shown may be old; it goes before the message. */
  readonly staleError: unknown;
  readonly message: FooterMessage | null;
}

/** The line below a table: which rows are in sight, and what has to be said. */
export function tableFooter(footer: TableFooter): TemplateResult {
  const { total, none, sight, selected = 0, staleError, message } = footer;
  const error = staleError ? describeError(staleError) : null;
  const range = `${format.count(Math.min(sight.start + 1, total))}–${format.count(Math.min(sight.end, total))}`;
  return html`<footer class="footer">
    <span class="count">${total === 0 ? none : `${range} of ${format.count(total)}`}</span>
    ${selected > 0 ? html`<span class="muted">${format.count(selected)} selected</span>` : nothing}
    ${
      error
        ? html`<span class="footer-error" role="alert">${icon('warning')} ${error.message} ${error.remedy ?? ''}</span>`
        : message
          ? html`<span class=${message.isError ? 'footer-error' : 'muted'}>${message.text}</span>`
          : nothing
    }
  </footer>`;
}
