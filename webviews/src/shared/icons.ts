import { html, nothing, type TemplateResult } from 'lit';
import type { RunStatus } from '#schemas/domain/run.ts';

/** A codicon; decoration unless it has a label. */
export function icon(name: string, label?: string): TemplateResult {
  return label
    ? html`<span class="codicon codicon-${name}" role="img" aria-label=${label} title=${label}></span>`
    : html`<span class="codicon codicon-${name}" aria-hidden="true"></span>`;
}

const statuses: Record<RunStatus, { icon: string; text: string }> = {
  RUNNING: { icon: 'play-circle', text: 'Running' },
  SCHEDULED: { icon: 'clock', text: 'Scheduled' },
  FINISHED: { icon: 'pass-filled', text: 'Finished' },
  FAILED: { icon: 'error', text: 'Failed' },
  KILLED: { icon: 'circle-slash', text: 'Killed' },
};

export function statusText(status: RunStatus): string {
  return statuses[status].text;
}

export function statusLabel(status: RunStatus): TemplateResult {
  const { icon: name, text } = statuses[status];
  return html`<span class="status status-${status.toLowerCase()}">${icon(name)}<span>${text}</span></span>`;
}

interface IconButton {
  readonly icon: string;
  readonly label: string;
  readonly onClick: (event: MouseEvent) => void;
  /** For a toggle: whether it is on. */
  readonly pressed?: boolean;
  readonly disabled?: boolean;
  readonly className?: string;
}

export function iconButton({ icon: name, label, onClick, pressed, disabled, className }: IconButton): TemplateResult {
  return html`<button
    type="button"
    class="icon-button ${className ?? ''}"
    aria-label=${label}
    title=${label}
    aria-pressed=${pressed === undefined ? nothing : String(pressed)}
    ?disabled=${disabled ?? false}
    @click=${onClick}
  >
    ${icon(name)}
  </button>`;
}
