import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';

const pem = readFileSync(fileURLToPath(new URL('../fixtures/tls/localhost-both.pem', import.meta.url)), 'utf8');

interface SeenMail {
  readonly from: string;
  readonly to: readonly string[];
  /** As it travelled: headers and body. */
  readonly source: string;
  readonly secure: boolean;
  readonly user: string | null;
}

export interface TestMailServer extends AsyncDisposable {
  readonly port: number;
  readonly seen: SeenMail[];
}

/** The certificate of {@link startMailServer}, for `localhost`. */
export const mailCertificate = pem.slice(pem.indexOf('-----BEGIN CERTIFICATE'));

/** An SMTP server on a free port of the loopback interface that notes what it is sent. */
export async function startMailServer(options: SMTPServerOptions = {}): Promise<TestMailServer> {
  const seen: SeenMail[] = [];
  const server = new SMTPServer({
    key: pem,
    cert: pem,
    authOptional: true,
    logger: false,
    onAuth: ({ username, password }, _, done) =>
      password === 'mail-secret' ? done(null, { user: username }) : done(new Error('Invalid credentials')),
    onData(stream, session, done) {
      const { mailFrom, rcptTo } = session.envelope;
      text(stream).then((source) => {
        seen.push({
          from: mailFrom === false ? '' : mailFrom.address,
          to: rcptTo.map(({ address }) => address),
          source,
          secure: session.secure,
          user: session.user ?? null,
        });
        done();
      }, done);
    },
    ...options,
  });
  // A client that turns away from the certificate is no failure of the server's.
  server.on('error', () => undefined);
  server.listen(0, '127.0.0.1');
  await once(server.server, 'listening');
  return {
    port: (server.server.address() as AddressInfo).port,
    seen,
    async [Symbol.asyncDispose]() {
      const { promise, resolve } = Promise.withResolvers<void>();
      server.close(() => resolve());
      await promise;
    },
  };
}
