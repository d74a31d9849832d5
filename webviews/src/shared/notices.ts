import { html, nothing, type TemplateResult } from 'lit';
import { HostFailure } from './host-failure.ts';
import { icon } from './icons.ts';

interface Notice {
  readonly icon: string;
  readonly title: string;
  readonly detail?: string | null;
  readonly action?: { readonly label: string; readonly run: () => void };
}

/** What stands where data would, when there is none. */
export function emptyNotice({ icon: name, title, detail, action }: Notice): TemplateResult {
  return html`<div class="notice">
    ${icon(name)}
    <p class="notice-title">${title}</p>
    ${detail ? html`<p class="notice-detail">${detail}</p>` : nothing}
    ${action ? html`<vscode-button @click=${action.run}>${action.label}</vscode-button>` : nothing}
  </div>`;
}

/** An error where data would stand, in the words of who failed, with the way out. */
export function errorNotice(title: string, error: unknown, retry: () => void): TemplateResult {
  const { message, remedy } = describeError(error);
  return html`<div class="notice notice-error" role="alert">
    ${icon('error')}
    <p class="notice-title">${title}</p>
    <p class="notice-detail">${message}</p>
    ${remedy ? html`<p class="notice-detail">${remedy}</p>` : nothing}
    <vscode-button @click=${retry}>Try again</vscode-button>
  </div>`;
}

export function describeError(error: unknown): { message: string; remedy: string | null } {
  if (error instanceof HostFailure) return { message: error.message, remedy: error.remedy };
  return { message: error instanceof Error ? error.message : String(error), remedy: null };
}

/** A bar that says something is on its way; there for all who wait, seen or heard. */
export function loadingBar(label: string): TemplateResult {
  return html`<div class="loading" role="status"><span class="loading-text">${label}</span></div>`;
}

/** Warnings above what could be read. */
export function warningList(warnings: readonly string[]): TemplateResult | typeof nothing {
  if (warnings.length === 0) return nothing;
  return html`<ul class="warnings">
    ${warnings.map((warning) => html`<li>${icon('warning', 'Warning')}<span>${warning}</span></li>`)}
  </ul>`;
}
