import { createTransport, type Transporter } from 'nodemailer';
import type { EmailChannel } from '../../../platform/configuration/resolved-channel.ts';
import { trustSystemCertificates } from '../../../platform/http-dispatcher.ts';

const connectMs = 10_000;
const silentMs = 20_000;

/** A connection to a mail server that is made with the first mail. Its certificate has to be one that this machine trusts. */
export function connectMail({ host, port, tls, credential }: EmailChannel): Transporter {
  if (tls !== 'none') trustSystemCertificates();
  return createTransport({
    host: host.replace(/^\[|\]$/g, ''),
    port,
    secure: tls === 'implicit',
    requireTLS: tls === 'starttls',
    ignoreTLS: tls === 'none',
    connectionTimeout: connectMs,
    greetingTimeout: connectMs,
    socketTimeout: silentMs,
    disableFileAccess: true,
    disableUrlAccess: true,
    ...(credential === null ? {} : { auth: { user: credential.username, pass: credential.password } }),
  });
}
