import { writeSync } from 'node:fs';
import { monitorDocument } from '#schemas/config/monitor.ts';
import type { AlertChannel } from '#server/monitoring/alerts/alert-channel.ts';
import { createAlerts } from '#server/monitoring/alerts/alerts.ts';
import { createLogger } from '#server/platform/log.ts';
import { createRedactor } from '#server/platform/redact.ts';

/**
 * One check of one alert in a process of its own, for tests that let two run at once or kill one. `MODE` is what its channel
 * does: `post` a notice to URL, or `hang` before it sends anything.
 */
const { ROOT = '', URL: url = '', MODE = 'post', AT = '0', VALUE = '1' } = process.env;

const channel: AlertChannel = {
  name: 'team',
  type: 'test',
  paceMs: 0,
  isRefreshed: false,
  async send(notice, signal) {
    if (MODE === 'hang') {
      writeSync(1, 'claimed\n');
      const held = setInterval(() => undefined, 60_000);
      await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
      clearInterval(held);
    }
    const answer = await fetch(url, { method: 'POST', headers: { 'idempotency-key': notice.id }, signal });
    if (!answer.ok) throw new Error(`${answer.status}`);
  },
};

const redactor = createRedactor();
const alerts = createAlerts({
  root: ROOT,
  channels: [channel],
  runbookBase: null,
  logger: createLogger({ sink: () => undefined, redactor }),
  redact: (text) => text,
  clock: Date.now,
  patienceMs: 0,
});
try {
  const statuses = await alerts.process({
    document: monitorDocument.parse({
      apiVersion: 'mlops/v1',
      kind: 'Monitor',
      metadata: { name: 'churn' },
      alerts: [{ name: 'slow', when: 'metrics.latency > 0.3', channel: 'team' }],
    }),
    folder: ROOT,
    facts: { drift: null, performance: {}, metrics: { latency: [{ value: Number(VALUE), labels: {} }] } },
    now: Number(AT),
  });
  writeSync(1, `${statuses.map(({ state }) => state).join()}\n`);
} catch (error) {
  writeSync(1, `${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
await alerts.close();
