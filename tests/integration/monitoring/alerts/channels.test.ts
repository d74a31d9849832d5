import { createHmac } from 'node:crypto';
import * as tls from 'node:tls';
import { describe, expect, it, onTestFinished } from 'vitest';
import { sendJson, startHttpServer } from '../../../testbeds/http-server.ts';
import { mailCertificate, startMailServer } from '../../../testbeds/mail-server.ts';
import { latency, monitor, openAlerts } from './alert-folder.ts';

const signal = new AbortController().signal;
const now = Date.UTC(2026, 0, 5, 12);

/** Trusts the mail server's certificate as if an administrator had installed it. */
function trustMailServer(): void {
  const before = tls.getCACertificates('default');
  tls.setDefaultCACertificates([...before, mailCertificate]);
  onTestFinished(() => tls.setDefaultCACertificates(before));
}

const check = (folder: string, value: number | string, at = now) => ({
  document: monitor(),
  folder,
  facts: latency(value),
  now: at,
});

describe('Slack', () => {
  it('gets Block Kit, and is left alone for as long as it asks', async () => {
    const answers = [429, 200];
    await using slack = await startHttpServer((_, response) => {
      const status = answers.shift() ?? 500;
      response.writeHead(status, status === 429 ? { 'retry-after': '1' } : {}).end(status === 200 ? 'ok' : '');
    });
    const env = { SLACK_WEBHOOK: `${slack.url}/services/T0/B0/very-secret` };
    const channels = ["{name: team, type: slack, webhook: '${{ secrets.SLACK_WEBHOOK }}', channel: '#ml'}"];
    const { alerts, folder, log } = await openAlerts({ channels, env });
    const began = performance.now();
    expect(await alerts.process(check(folder, 0.5))).toMatchObject([{ name: 'slow', state: 'firing' }]);
    expect(performance.now() - began).toBeGreaterThanOrEqual(990);
    expect(slack.seen.map(({ path }) => path)).toEqual(Array(2).fill('/services/T0/B0/very-secret'));
    const message = JSON.parse(slack.seen[1]?.body ?? '');
    expect(message).toMatchObject({ channel: '#ml', text: '[FIRING:1] slow – churn' });
    expect(JSON.stringify(message.blocks)).toContain('<https://runbooks.example.com/ml/slow.md|Runbook>');
    expect(JSON.stringify(message.blocks)).toContain('metrics.latency = 0.5');
    expect(alerts.outbox()).toMatchObject([{ state: 'sent', attempts: 2 }]);
    expect(JSON.stringify(log)).not.toContain('very-secret');
  });

  it.each([
    [404, 'no_service'],
    [403, 'invalid_token'],
    [410, 'channel_is_archived'],
  ])('that answers %i for good is told of and not asked again', async (status, said) => {
    await using slack = await startHttpServer((_, response) => {
      response.writeHead(status).end(said);
    });
    const { alerts, folder, log } = await openAlerts({
      channels: [`{name: team, type: slack, webhook: '${slack.url}/hook'}`],
    });
    await alerts.process(check(folder, 0.5));
    await alerts.process(check(folder, 0.5, now + 60_000));
    expect(slack.seen).toHaveLength(1);
    expect(alerts.outbox()).toMatchObject([{ state: 'failed', error: `Slack answered ${status}: ${said}.` }]);
    expect(log.some(({ level, text }) => level === 'error' && text.includes(said))).toBe(true);
    expect(alerts.retryFailed()).toBe(1);
    expect(await alerts.deliver(signal)).toMatchObject({ failed: 1 });
  });

  it('that is down keeps nothing from being told later', async () => {
    let status = 503;
    await using slack = await startHttpServer((_, response) => {
      response.writeHead(status).end();
    });
    const { alerts, folder } = await openAlerts({
      channels: [`{name: team, type: slack, webhook: '${slack.url}/hook'}`],
    });
    expect(await alerts.process(check(folder, 0.5))).toMatchObject([{ state: 'firing' }]);
    expect(alerts.outbox()).toMatchObject([{ state: 'waiting', attempts: 1, error: 'Slack answered 503.' }]);
    await alerts.process(check(folder, 0.1, now + 60_000));
    expect(alerts.outbox().map(({ kind, state }) => [kind, state])).toEqual([
      ['new', 'waiting'],
      ['resolved', 'waiting'],
    ]);
    status = 200;
    expect(slack.seen).toHaveLength(1);
  });
});

describe('a webhook', () => {
  it('gets JSON with a signature, an id and the headers of its entry', async () => {
    await using receiver = await startHttpServer((_, response) => sendJson(response, {}));
    const env = {
      HOOK_URL: receiver.url,
      HOOK_SECRET: `whsec_${Buffer.from('hook-secret').toString('base64')}`,
      HOOK_TOKEN: 'hook-token',
    };
    const { alerts, folder, log } = await openAlerts({
      channels: [
        `{name: team, type: webhook, url: '${receiver.url}/in', secret: '\${{ secrets.HOOK_SECRET }}', headers: {Authorization: '\${{ secrets.HOOK_TOKEN }}'}}`,
      ],
      env,
    });
    await alerts.process(check(folder, 0.5));
    const [request] = receiver.seen;
    const { headers = {}, body = '' } = request ?? {};
    expect(headers).toMatchObject({ authorization: 'hook-token', 'content-type': 'application/json' });
    expect(headers['idempotency-key']).toBe(headers['webhook-id']);
    const signed = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`;
    const signature = createHmac('sha256', 'hook-secret').update(signed).digest('base64');
    expect(headers['webhook-signature']).toBe(`v1,${signature}`);
    expect(JSON.parse(body)).toMatchObject({
      version: 1,
      status: 'firing',
      id: headers['webhook-id'],
      firing: [{ name: 'slow', runbook: 'https://runbooks.example.com/ml/slow.md', found: 'metrics.latency = 0.5' }],
    });
    expect(JSON.stringify(log)).not.toMatch(/hook-(?:secret|token)/);
  });

  it('gets no secret of the person that is not for its server', async () => {
    await using receiver = await startHttpServer((_, response) => sendJson(response, {}));
    const env = { HOOK_URL: 'https://hooks.example.com', HOOK_TOKEN: 'hook-token' };
    const { alerts } = await openAlerts({
      channels: [`{name: team, type: webhook, url: '${receiver.url}', headers: {X-Token: '\${{ env.HOOK_TOKEN }}'}}`],
      env,
    });
    await expect(alerts.test('team', signal)).rejects.toThrow(/HOOK_TOKEN is not used with http:\/\/127/);
    expect(receiver.connections).toBe(0);
  });
});

describe('a server that a file names', () => {
  it.each([
    ['slack', (url: URL) => `type: slack, webhook: '${url.href}hook'`],
    ['webhook', (url: URL) => `type: webhook, url: '${url.href}'`],
    ['alertmanager', (url: URL) => `type: alertmanager, url: '${url.href}'`],
    ['email', ({ port }: URL) => `type: email, host: 127.0.0.1, port: ${port}, tls: none, from: a@b.c, to: [x@y.z]`],
  ])('hears nothing by %s where nobody allowed the connection', async (_, entry) => {
    await using receiver = await startHttpServer((__, response) => sendJson(response, {}));
    const asked: string[] = [];
    const { alerts, folder } = await openAlerts({
      channels: [`{name: team, ${entry(new URL(receiver.url))}}`],
      permission: {
        allowed: async ({ origin }) => {
          asked.push(origin);
          return false;
        },
      },
    });
    await alerts.process(check(folder, 0.5));
    expect(receiver.connections).toBe(0);
    expect(asked).toEqual([expect.stringContaining(`://127.0.0.1:${receiver.port}`)]);
    expect(alerts.outbox()).toMatchObject([{ state: 'waiting', error: expect.stringContaining('nobody allowed it') }]);
  });
});

describe('mail', () => {
  const entry = (port: number, more: string) =>
    `{name: team, type: email, host: localhost, port: ${port}, from: mlops@example.com, to: [ana@example.com, ben@example.com], ${more}}`;

  it.each([
    ['starttls', {}],
    ['implicit', { secure: true }],
  ] as const)('goes by %s, signed in, as text and HTML', async (mode, options) => {
    trustMailServer();
    await using server = await startMailServer(options);
    const env = { SMTP_HOST: 'localhost', SMTP_PASSWORD: 'mail-secret' };
    const { alerts, folder, log } = await openAlerts({
      channels: [entry(server.port, `tls: ${mode}, username: alerts, password: '\${{ secrets.SMTP_PASSWORD }}'`)],
      env,
    });
    await alerts.process(check(folder, 0.5));
    expect(alerts.outbox()).toMatchObject([{ state: 'sent' }]);
    expect(server.seen).toMatchObject([
      { from: 'mlops@example.com', to: ['ana@example.com', 'ben@example.com'], secure: true, user: 'alerts' },
    ]);
    const source = server.seen[0]?.source ?? '';
    expect(source).toMatch(/^Message-ID:\s+<[0-9a-f]{64}@example\.com>\r$/m);
    expect(source).toContain('Content-Type: text/html');
    expect(source).toContain('https://runbooks.example.com/ml/slow.md');
    expect(JSON.stringify(log)).not.toContain('mail-secret');
  });

  it('does not go to a server whose certificate nobody vouches for, nor to one that can’t encrypt', async () => {
    await using server = await startMailServer();
    await using plain = await startMailServer({ hideSTARTTLS: true, disabledCommands: ['STARTTLS'] });
    for (const [{ port, seen }, state] of [
      [server, 'waiting'],
      [plain, 'failed'],
    ] as const) {
      const { alerts, folder } = await openAlerts({ channels: [entry(port, 'tls: starttls')] });
      await alerts.process(check(folder, 0.5));
      expect(alerts.outbox()).toMatchObject([{ state, attempts: 1, error: expect.any(String) }]);
      expect(seen).toEqual([]);
    }
  });

  it('that a server refuses is told, and tried again where that may help', async () => {
    const refuse = (responseCode: number, message: string) => Object.assign(new Error(message), { responseCode });
    await using busy = await startMailServer({ onRcptTo: (_, __, done) => done(refuse(451, 'Try later')) });
    await using gone = await startMailServer({ onRcptTo: (_, __, done) => done(refuse(550, 'No such user')) });
    await using closed = await startMailServer({ onConnect: (_, done) => done(refuse(554, 'Not from you')) });
    for (const [server, state, error] of [
      [busy, 'waiting', /Try later/],
      [gone, 'failed', /No such user/],
      [closed, 'failed', /Not from you/],
    ] as const) {
      const { alerts, folder } = await openAlerts({ channels: [entry(server.port, 'tls: none')] });
      await alerts.process(check(folder, 0.5));
      expect(alerts.outbox()).toMatchObject([{ state, error: expect.stringMatching(error) }]);
    }
  });

  it('with a password that is refused fails for good, and the password is nowhere to be read', async () => {
    await using server = await startMailServer({ allowInsecureAuth: true });
    const env = { SMTP_HOST: 'localhost', SMTP_PASSWORD: 'wrong-password' };
    const { alerts, folder, log } = await openAlerts({
      channels: [entry(server.port, "tls: none, username: alerts, password: '${{ secrets.SMTP_PASSWORD }}'")],
      env,
    });
    await alerts.process(check(folder, 0.5));
    expect(alerts.outbox()).toMatchObject([{ state: 'failed', error: expect.stringContaining('Invalid credentials') }]);
    expect(server.seen).toEqual([]);
    expect(JSON.stringify([log, alerts.outbox()])).not.toContain('wrong-password');
  });

  it('has no header that a name or an address brought in', async () => {
    await using server = await startMailServer();
    const { alerts, folder } = await openAlerts({ channels: [entry(server.port, 'tls: none')] });
    const document = monitor({ name: 'slow\r\nBcc: eve@example.com\r\n\r\nHello', labels: { team: '<b>&' } });
    await alerts.process({ document, folder, facts: latency(0.5), now });
    const [headers = '', ...body] = server.seen[0]?.source.split('\r\n\r\n') ?? [];
    expect(headers).not.toMatch(/^Bcc:/im);
    expect(server.seen[0]?.to).toEqual(['ana@example.com', 'ben@example.com']);
    expect(body.join('\n')).toContain('team=3D&lt;b&gt;&amp;');
    const evil = await openAlerts({
      channels: [
        `{name: team, type: email, host: localhost, port: ${server.port}, tls: none, from: "a@b.c\\nBcc: eve@example.com", to: [x@y.z]}`,
      ],
    });
    await expect(evil.alerts.test('team', signal)).rejects.toThrow(/is no mail address/);
    expect(server.seen).toHaveLength(1);
  });

  it('keeps a password that would travel in the open', async () => {
    const env = { SMTP_HOST: '192.0.2.1', SMTP_PASSWORD: 'mail-secret' };
    const { alerts } = await openAlerts({
      channels: [
        "{name: team, type: email, host: 192.0.2.1, tls: none, username: a, password: '${{ secrets.SMTP_PASSWORD }}', from: a@b.c, to: [x@y.z]}",
      ],
      env,
    });
    await expect(alerts.test('team', signal)).rejects.toThrow(/is not sent without TLS/);
  });
});

describe('a channel that can’t be used', () => {
  it('is told with the reason: unknown for good, without its variable until it is set', async () => {
    const channels = ["{name: team, type: slack, webhook: '${{ secrets.SLACK_WEBHOOK }}'}"];
    const { alerts, folder } = await openAlerts({ channels });
    const document = monitor({ channel: ['team', 'nobody'] });
    await alerts.process({ document, folder, facts: latency(0.5), now });
    const found = alerts.outbox().map(({ channel, state, error }) => [channel, state, error]);
    expect(found.toSorted()).toEqual([
      ['nobody', 'failed', 'There is no channel “nobody” in mlops.yaml.'],
      ['team', 'waiting', expect.stringContaining('SLACK_WEBHOOK is not set')],
    ]);
    await expect(alerts.test('else', signal)).rejects.toMatchObject({ reason: 'not-found' });
  });
});

describe('the editor', () => {
  it('is shown a notice, and that an alert is over', async () => {
    const { alerts, folder, shown } = await openAlerts({ channels: ['{name: team, type: vscode}'] });
    await alerts.process(check(folder, 0.5));
    await alerts.process(check(folder, 'Prometheus is down.', now + 60_000));
    await alerts.process(check(folder, 0.1, now + 120_000));
    await alerts.test('team', signal);
    expect(shown.map(({ kind }) => kind)).toEqual(['new', 'resolved', 'test']);
  });
});
