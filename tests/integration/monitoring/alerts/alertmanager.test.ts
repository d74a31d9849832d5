import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { hasAlertmanager, startAlertmanager } from '../../../testbeds/alertmanager.ts';
import { sendJson, startHttpServer } from '../../../testbeds/http-server.ts';
import { latency, monitor, openAlerts } from './alert-folder.ts';

const minute = 60_000;

const alertList = z.array(
  z.object({
    labels: z.record(z.string(), z.string()),
    annotations: z.record(z.string(), z.string()),
    startsAt: z.string(),
    endsAt: z.string(),
    status: z.object({ state: z.string(), silencedBy: z.array(z.string()) }),
  }),
);

const alertsOf = async (url: string) => alertList.parse(await (await fetch(`${url}/api/v2/alerts`)).json());

/** Resolves with the next message that the receiver gets. */
async function nextMessage(receiver: { seen: { body: string }[] }, count: number): Promise<{ status: string }> {
  await expect.poll(() => receiver.seen.length, { timeout: 10_000, interval: 20 }).toBeGreaterThanOrEqual(count);
  return JSON.parse(receiver.seen[count - 1]?.body ?? '{}');
}

describe.skipIf(!hasAlertmanager && !process.env.CI)('Alertmanager', () => {
  it('knows an alert for as long as it fires, tells its own receivers, and that it is over', async () => {
    await using receiver = await startHttpServer((_, response) => sendJson(response, {}));
    await using manager = await startAlertmanager(receiver.url);
    const { alerts, folder } = await openAlerts({
      channels: [`{name: team, type: alertmanager, url: '${manager.url}'}`],
    });
    const document = monitor({ labels: { 'cost-center': '7' }, severity: 'critical' });
    const now = Date.now();
    const check = (value: number, at: number) => alerts.process({ document, folder, facts: latency(value), now: at });

    await check(0.5, now);
    const [first] = await alertsOf(manager.url);
    expect(first).toMatchObject({
      labels: { alertname: 'slow', severity: 'critical', monitor: 'churn', model: 'churn@champion', cost_center: '7' },
      annotations: { summary: 'metrics.latency = 0.5', runbook_url: 'https://runbooks.example.com/ml/slow.md' },
      startsAt: new Date(now).toISOString(),
      status: { state: 'active' },
    });
    expect(Date.parse(first?.endsAt ?? '') - now).toBeGreaterThanOrEqual(8 * 60 * minute);
    expect(await nextMessage(receiver, 1)).toMatchObject({ status: 'firing' });

    // Sent again with the next check: its end moves on.
    await check(0.6, now + minute);
    const [second] = await alertsOf(manager.url);
    expect(second).toMatchObject({ annotations: { summary: 'metrics.latency = 0.6' } });
    expect(Date.parse(second?.endsAt ?? '')).toBe(now + 8 * 60 * minute + minute);

    await check(0.1, Date.now());
    expect(await nextMessage(receiver, 2)).toMatchObject({ status: 'resolved' });
    expect(alerts.outbox().map(({ kind, state }) => `${kind} ${state}`)).toEqual([
      'new sent',
      'refresh sent',
      'resolved sent',
    ]);
  }, 20_000);

  it('silences by its own silences', async () => {
    await using receiver = await startHttpServer((_, response) => sendJson(response, {}));
    await using manager = await startAlertmanager(receiver.url);
    const now = Date.now();
    const silence = await fetch(`${manager.url}/api/v2/silences`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        matchers: [{ name: 'alertname', value: 'slow', isRegex: false, isEqual: true }],
        startsAt: new Date(now - minute).toISOString(),
        endsAt: new Date(now + 10 * minute).toISOString(),
        createdBy: 'ana',
        comment: 'Migration.',
      }),
    });
    expect(silence.status).toBe(200);
    const { alerts, folder } = await openAlerts({
      channels: [`{name: team, type: alertmanager, url: '${manager.url}'}`],
    });
    await alerts.process({ document: monitor(), folder, facts: latency(0.5), now });
    await expect
      .poll(async () => (await alertsOf(manager.url))[0]?.status.state, { timeout: 10_000 })
      .toBe('suppressed');
    expect(receiver.seen).toEqual([]);
  }, 20_000);

  it('that refuses what it is sent is told of for good', async () => {
    await using receiver = await startHttpServer((_, response) => sendJson(response, {}));
    await using manager = await startAlertmanager(receiver.url);
    const { alerts } = await openAlerts({
      channels: [`{name: team, type: alertmanager, url: '${manager.url}/nowhere'}`],
    });
    await expect(alerts.test('team', new AbortController().signal)).rejects.toThrow('Alertmanager answered 404');
  }, 20_000);
});
