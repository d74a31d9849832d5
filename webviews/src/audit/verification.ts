import { html, nothing, type TemplateResult } from 'lit';
import type { AuditVerdict } from '#schemas/domain/audit.ts';
import { format } from '../shared/format.ts';
import { icon } from '../shared/icons.ts';
import { describeError } from '../shared/notices.ts';
import { unwitnessed, witnessesOf } from './witnesses.ts';

const shownWarnings = 3;

/** Whether the log is what was written, who vouches for it, or which entry shows that it is not. */
export function verificationBar(
  { verdict, error, now }: { verdict: AuditVerdict | null; error: unknown; now: number },
  onShow: (seq: number) => void,
): TemplateResult {
  if (error) {
    const { message, remedy } = describeError(error);
    return bar(
      'failed',
      html`${icon('warning')}<strong>It can’t be verified.</strong> <span>${message} ${remedy ?? ''}</span>`,
    );
  }
  if (!verdict) return bar('waiting', html`${icon('sync')}<span>Verifying…</span>`);
  const { intact, detail, brokenAt, warnings } = verdict;
  const rest = unwitnessed(verdict);
  const more = warnings.length - shownWarnings;
  return bar(
    intact ? 'whole' : 'broken',
    html`${icon(intact ? 'pass-filled' : 'error')}<strong role=${intact ? nothing : 'alert'}>${detail}</strong>
      ${
        brokenAt === null
          ? nothing
          : html`<button type="button" class="link-button" @click=${() => onShow(brokenAt)}>Show entry ${brokenAt}</button>`
      }
      <ul class="audit-witnesses">
        ${witnessesOf(verdict, now).map(
          ({ icon: name, text, isBad }) => html`<li class=${isBad ? 'bad' : ''}>${icon(name)}<span>${text}</span></li>`,
        )}
        ${rest === null ? nothing : html`<li class="muted">${rest}</li>`}
        ${warnings.slice(0, shownWarnings).map((text) => html`<li>${icon('warning')}<span>${text}</span></li>`)}
        ${more > 0 ? html`<li class="muted">${format.count(more)} more warnings.</li>` : nothing}
      </ul>`,
  );
}

function bar(state: 'whole' | 'broken' | 'failed' | 'waiting', content: TemplateResult): TemplateResult {
  return html`<section class="audit-verdict audit-${state}" aria-label="Verification">${content}</section>`;
}
