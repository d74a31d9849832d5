import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import type { AlertNotice } from '#schemas/domain/alert-notice.ts';
import { type AlertChannel, DeliveryError } from '#server/monitoring/alerts/alert-channel.ts';
import { createAlerts } from '#server/monitoring/alerts/alerts.ts';
import { createLogger } from '#server/platform/log.ts';
import { createRedactor } from '#server/platform/redact.ts';
import { startHttpServer } from '../../../testbeds/http-server.ts';
import { latency, makeFolder, monitor } from './alert-folder.ts';

const run = promisify(execFile);
const script = join(import.meta.dirname, 'alert-process.ts');
const signal = new AbortController().signal;
const start = Date.UTC(2026, 0, 5, 12);
const minute = 60_000;

/** The alerts of a folder with one channel, and a clock that stands still until it is set. */
function alertsIn(root: string, send: AlertChannel['send'], channel: Partial<AlertChannel> = {}) {
  const time = { now: start };
  const redactor = createRedactor();
  const alerts = createAlerts({
    root,
    channels: [{ name: 'team', type: 'test', paceMs: 0, isRefreshed: false, send, ...channel }],
    runbookBase: null,
    logger: createLogger({ sink: () => undefined, redactor }),
    redact: (text) => text.replaceAll('secret', '***'),
    clock: () => time.now,
    patienceMs: 0,
  });
  const check = (value: number, minutes: number, alert: Record<string, unknown> = {}) => {
    time.now = start + minutes * minute;
    return alerts.process({ document: monitor(alert), folder: root, facts: latency(value), now: time.now });
  };
  return { alerts, time, check };
}

const failing = (error: Error) => async () => {
  throw error;
};

describe('the outbox', () => {
  it('sends what waited once the channel is back, in order, after ever longer pauses', async () => {
    const sent: AlertNotice[] = [];
    let isDown = true;
    let tries = 0;
    const { alerts, time, check } = alertsIn(await makeFolder(), async (notice) => {
      tries += 1;
      if (isDown) throw new Error('down, the secret is x');
      sent.push(notice);
    });
    await check(0.5, 0);
    for (const seconds of [10, 20, 50, 60]) {
      time.now = start + seconds * 1_000;
      await alerts.deliver(signal);
    }
    expect(tries).toBe(2);
    await check(0.1, 2);
    expect(alerts.outbox()).toMatchObject([{ error: 'down, the *** is x' }, { attempts: 0 }]);
    isDown = false;
    time.now = start + 60 * minute;
    expect(await alerts.deliver(signal)).toEqual({ sent: 2, failed: 0, putOff: 0 });
    expect(sent.map(({ kind }) => kind)).toEqual(['new', 'resolved']);
    expect(await alerts.deliver(signal)).toEqual({ sent: 0, failed: 0, putOff: 0 });
    await alerts.close();
  });

  it('leaves the whole channel alone for as long as it asks', async () => {
    let tries = 0;
    const { alerts, time, check } = alertsIn(await makeFolder(), async () => {
      tries += 1;
      if (tries === 1) throw new DeliveryError('Too many.', { retryAfterMs: 120_000 });
    });
    await check(0.5, 0);
    await check(0.5, 1, { name: 'other' });
    expect(tries).toBe(1);
    time.now = start + 2 * minute;
    await alerts.deliver(signal);
    // The other alert, then what was put off; the document without the first one says that this is over.
    expect(alerts.outbox().map(({ state }) => state)).toEqual(['sent', 'sent', 'sent']);
    await alerts.close();
  });

  it('keeps the pace of a channel', async () => {
    const { alerts, time, check } = alertsIn(await makeFolder(), async () => undefined, { paceMs: 1_000 });
    await check(0.5, 0);
    await check(0.1, 0);
    expect(alerts.outbox().map(({ state }) => state)).toEqual(['sent', 'waiting']);
    time.now += 1_000;
    await alerts.deliver(signal);
    expect(alerts.outbox().map(({ state }) => state)).toEqual(['sent', 'sent']);
    await alerts.close();
  });

  it('does not fill with repeats of what still waits', async () => {
    const folder = await makeFolder();
    const { alerts, check } = alertsIn(folder, failing(new Error('down')));
    for (const hours of [0, 5, 10, 15]) await check(0.5, hours * 60);
    expect(alerts.outbox()).toMatchObject([{ kind: 'new', state: 'waiting' }]);
    await alerts.close();
    const often = alertsIn(await makeFolder(), failing(new Error('down')), { isRefreshed: true });
    for (const minutes of [0, 1, 2, 3]) await often.check(0.5, minutes);
    expect(often.alerts.outbox().map(({ kind }) => kind)).toEqual(['new', 'refresh']);
    await often.alerts.close();
  });

  it('gives back what it was about to send when it is stopped', async () => {
    const aborter = new AbortController();
    const { alerts } = alertsIn(await makeFolder(), async () => {
      aborter.abort();
      await new Promise(() => undefined);
    });
    const first = alerts.process({ document: monitor(), folder: '/', facts: latency(0.5), now: start }, aborter.signal);
    await expect(first).rejects.toMatchObject({ name: 'AbortError' });
    expect(alerts.outbox()).toMatchObject([{ state: 'waiting', attempts: 0 }]);
    await alerts.close();
  });

  it('remembers over a restart: nothing is told twice, and what is over is', async () => {
    const folder = await makeFolder();
    const kinds: string[] = [];
    const send: AlertChannel['send'] = async ({ kind }) => {
      kinds.push(kind);
    };
    for (const [value, minutes] of [
      [0.5, 0],
      [0.5, 5],
      [0.5, 9],
      [0.5, 10],
      [0.1, 20],
    ] as const) {
      const { alerts, check } = alertsIn(folder, send);
      await check(value, minutes, { for: '10m' });
      await alerts.close();
    }
    expect(kinds).toEqual(['new', 'resolved']);
  });
});

describe('several processes', () => {
  const child = (root: string, url: string, more: Record<string, string> = {}) => ({
    env: { ...process.env, ROOT: root, URL: url, AT: String(start), ...more },
  });

  it('that check at once send one notice', async () => {
    await using receiver = await startHttpServer((_, response) => {
      response.writeHead(200).end();
    });
    const root = await makeFolder();
    const both = await Promise.all([1, 2, 3].map(() => run(process.execPath, [script], child(root, receiver.url))));
    expect(both.map(({ stdout }) => stdout)).toEqual(Array(3).fill('firing\n'));
    expect(receiver.seen).toHaveLength(1);
  });

  it.each([
    ['between claim and sending: it is sent once', 'hang', 1],
    ['between sending and noting it: it is sent again, with the same key', 'post', 2],
  ])('one of which is killed %s', async (_, mode, received) => {
    let answers = false;
    await using receiver = await startHttpServer((__, response) => {
      if (answers) response.writeHead(200).end();
      arrived.resolve();
    });
    const arrived = Promise.withResolvers<void>();
    const root = await makeFolder();
    const killed = spawn(process.execPath, [script], {
      ...child(root, receiver.url, { MODE: mode }),
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const exited = once(killed, 'exit');
    await (mode === 'hang' ? once(killed.stdout, 'data') : arrived.promise);
    killed.kill('SIGKILL');
    await exited;
    answers = true;

    const keys: string[] = [];
    const { alerts, time } = alertsIn(root, async (notice) => {
      await fetch(receiver.url, { method: 'POST', headers: { 'idempotency-key': notice.id } });
      keys.push(notice.id);
    });
    time.now = Date.now();
    expect(await alerts.deliver(signal)).toMatchObject({ sent: 0 });
    time.now += 2 * minute;
    expect(await alerts.deliver(signal)).toMatchObject({ sent: 1 });
    expect(await alerts.deliver(signal)).toMatchObject({ sent: 0 });
    await alerts.close();
    expect(receiver.seen).toHaveLength(received);
    expect(new Set(receiver.seen.map(({ headers }) => headers['idempotency-key']))).toEqual(new Set(keys));
  });
});

/** A small disk needs a mount, which a namespace of its own gives; where that can't be had, only CI insists. */
const mayMount = process.platform === 'linux' && (await run('unshare', ['-rm', 'true']).then(Boolean, () => false));

describe.skipIf(!mayMount && !process.env.CI)('a full disk', () => {
  it('is told, nothing is sent or remembered, and the next check does it all', async () => {
    await using receiver = await startHttpServer((_, response) => {
      response.writeHead(200).end();
    });
    const root = await makeFolder();
    const mounted = `mount -t tmpfs -o size=1m tmpfs "$ROOT" && cd "$ROOT"
check() { AT=$1 VALUE=$2 "$NODE" "$SCRIPT"; echo "($?)"; }
check 1000 0
dd if=/dev/zero of=fill bs=1k 2>/dev/null
check 2000 1
rm fill
check 3000 1
check 4000 1`;
    const env = { ...process.env, ROOT: root, URL: receiver.url, NODE: process.execPath, SCRIPT: script };
    const { stdout } = await run('unshare', ['-rm', 'sh', '-c', mounted], { env });
    expect(stdout).toMatch(
      /^inactive\n\(0\)\nThere is no room left on the disk for .*state\.db\.\n\(1\)\nfiring\n\(0\)\nfiring\n\(0\)\n$/,
    );
    expect(receiver.seen).toHaveLength(1);
  });
});
