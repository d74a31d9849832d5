import type { AlertNotice, NoticeAlert } from '#schemas/domain/alert-notice.ts';
import type { EmailChannel } from '../../../platform/configuration/resolved-channel.ts';
import { errorCode } from '../../../platform/error-code.ts';
import { type AlertChannel, DeliveryError } from '../../alerts/alert-channel.ts';
import { alertLine, labelsLine, noticeText, noticeTitle, runbookLink } from '../../alerts/notice-text.ts';

/** Mail by SMTP. `permit` is asked before each connection; what it throws is the failure, and nothing connects. */
export function createEmailChannel(
  settings: EmailChannel,
  permit: (signal?: AbortSignal) => Promise<void>,
): AlertChannel {
  return {
    name: settings.name,
    type: 'email',
    paceMs: 0,
    isRefreshed: false,
    async send(notice, signal) {
      requireSafe(settings);
      await permit(signal);
      signal.throwIfAborted();
      const { connectMail } = await import('./mail-transport.ts');
      const transport = connectMail(settings);
      const stop = () => transport.close();
      signal.addEventListener('abort', stop, { once: true });
      try {
        const { rejected = [] } = await transport.sendMail(mail(settings, notice));
        if (rejected.length > 0) {
          // The others have it: sending again would send it to them twice.
          throw new DeliveryError(`${settings.host} did not take it for ${rejected.map(addressOf).join(', ')}.`, {
            permanent: true,
          });
        }
      } catch (error) {
        throw error instanceof DeliveryError ? error : deliveryError(settings, error);
      } finally {
        signal.removeEventListener('abort', stop);
        transport.close();
      }
    },
  };
}

/** Addresses come from a file: nothing in them may begin another header. Passwords travel encrypted only. */
function requireSafe({ from, to, tls, credential, host }: EmailChannel): void {
  const wrong = [from, ...to].find((address) => /[\r\n\0]/.test(address) || !/^[^@]+@[^@]+$/.test(address.trim()));
  if (wrong !== undefined) {
    throw new DeliveryError(`“${wrong.replace(/\s+/g, ' ')}” is no mail address.`, {
      reason: 'input',
      permanent: true,
    });
  }
  if (tls === 'none' && credential !== null && !/^(?:localhost|127\.\d+\.\d+\.\d+|\[?::1\]?)$/.test(host)) {
    throw new DeliveryError(`The password for ${host} is not sent without TLS.`, {
      reason: 'input',
      permanent: true,
      remedy: 'Set tls to starttls or implicit.',
    });
  }
}

function mail({ from, to }: EmailChannel, notice: AlertNotice) {
  const [, domain = 'localhost'] = /@([A-Za-z0-9.-]+)/.exec(from) ?? [];
  return {
    from,
    to: [...to],
    subject: noticeTitle(notice).replace(/\s+/g, ' '),
    text: `${noticeText(notice)}\n`,
    html: noticeHtml(notice),
    // The same for each attempt: mail programs show what has one id once.
    messageId: `<${notice.id}@${domain}>`,
    // Notices of a group are one conversation.
    references: `<${notice.group}@${domain}>`,
    headers: { 'Auto-Submitted': 'auto-generated', 'X-MLOps-Notice': notice.id },
  };
}

const colours = { info: '#1d6fa5', warning: '#9a6700', critical: '#b42318' };

function noticeHtml(notice: AlertNotice): string {
  const part = (alert: NoticeAlert) => {
    const colour = alert.endedAt === null ? colours[alert.severity] : '#1a7f37';
    const link = runbookLink(alert);
    const lines = [
      `condition: ${alert.condition}`,
      `since ${new Date(alert.startedAt).toISOString()}`,
      labelsLine(alert),
      link === null && alert.runbook !== null ? `runbook: ${alert.runbook}` : '',
    ].filter((line) => line !== '');
    return `<div style="border-left:4px solid ${colour};padding:4px 12px;margin:0 0 16px">
<p style="margin:0"><strong>${html(alertLine(alert))}</strong></p>
${lines.map((line) => `<p style="margin:0;color:#555">${html(line)}</p>`).join('\n')}
${link === null ? '' : `<p style="margin:4px 0 0"><a href="${html(link)}">Runbook</a></p>`}
</div>`;
  };
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>${html(noticeTitle(notice))}</title></head>
<body style="font-family:sans-serif">
${[...notice.firing, ...notice.resolved].map(part).join('\n')}
</body></html>
`;
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function html(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? character);
}

/** What the server or the way to it did not let through. Refusals of a sender, receiver or password stay refusals. */
function deliveryError({ host, port }: EmailChannel, error: unknown): DeliveryError {
  const code = errorCode(error);
  const message = error instanceof Error ? error.message.replace(/\s+/g, ' ') : String(error);
  const status = error instanceof Error && 'responseCode' in error ? Number(error.responseCode) : 0;
  if (code === 'EAUTH' && status < 400) {
    return new DeliveryError(`${host} can’t be signed in to: ${message}`, { reason: 'permission', cause: error });
  }
  const permanent = status >= 500 || (code === 'EENVELOPE' && status === 0);
  const says =
    status === 0 ? `The mail server ${host}:${port} can’t be used: ${message}` : `${host} refused the mail: ${message}`;
  return new DeliveryError(says, {
    reason: code === 'EAUTH' ? 'permission' : status === 0 ? 'unreachable' : 'remote',
    permanent,
    cause: error,
    remedy: permanent ? 'Correct the channel in mlops.yaml, then send what failed again.' : 'It is tried again.',
  });
}

function addressOf(address: string | { readonly address: string }): string {
  return typeof address === 'string' ? address : address.address;
}
