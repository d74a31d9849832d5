import type { OutboxEntry } from '#schemas/domain/alert-outbox.ts';
import type { Alerts } from '../../monitoring/alerts/alerts.ts';
import { exitCodes } from '../exit.ts';
import { formatTime, plural } from '../format.ts';
import type { Invocation } from '../invocation.ts';
import { harmless, type Output, type Style } from '../output.ts';
import { renderTable } from '../table.ts';
import { withWorkspace } from '../tracking.ts';
import { whileWaiting } from '../waiting.ts';

/** Lists the alerts that wait or fire. Ends with 1 where one fires. */
export async function listAlerts(invocation: Invocation): Promise<number> {
  const { output } = invocation;
  const active = await withAlerts(invocation, async (alerts) => alerts.active());
  const alerts = active.map(({ monitor, alert }) => ({
    monitor,
    name: alert.rule,
    state: alert.phase,
    labels: alert.labels,
    since: alert.firedAt ?? alert.since,
    reason: alert.found,
  }));
  const code = alerts.some(({ state }) => state === 'firing') ? exitCodes.no : exitCodes.done;
  if (output.json) await output.document({ alerts });
  else if (alerts.length === 0) await output.note('No alert waits or fires.');
  else {
    const { text } = renderTable(
      alerts,
      [
        { header: 'STATE', cell: ({ state }) => state, style: ({ state }) => (state === 'firing' ? 'red' : 'yellow') },
        { header: 'ALERT', cell: ({ name }) => name, shrinkTo: 12 },
        { header: 'MONITOR', cell: ({ monitor }) => monitor, shrinkTo: 12 },
        { header: 'SINCE', cell: ({ since }) => formatTime(since) },
        { header: 'FOUND', cell: ({ reason }) => reason, shrinkTo: 20 },
      ],
      output,
    );
    await output.text(text);
  }
  return code;
}

/** Lists the notices of the last days. Ends with 1 where one could not be sent for good. */
export async function listOutbox(invocation: Invocation): Promise<number> {
  const { output } = invocation;
  const notices = await withAlerts(invocation, async (alerts) => alerts.outbox());
  if (output.json) await output.document({ notices });
  else if (notices.length === 0) await output.note('No notice was sent, and none waits.');
  else await writeOutbox(notices, output);
  return notices.some(({ state }) => state === 'failed') ? exitCodes.no : exitCodes.done;
}

const styles: Readonly<Record<OutboxEntry['state'], Style>> = { sent: 'green', waiting: 'yellow', failed: 'red' };

async function writeOutbox(notices: readonly OutboxEntry[], output: Output): Promise<void> {
  const { text } = renderTable(
    notices,
    [
      { header: 'STATE', cell: ({ state }) => state, style: ({ state }) => styles[state] },
      { header: 'CHANNEL', cell: ({ channel }) => channel, shrinkTo: 12 },
      { header: 'MONITOR', cell: ({ monitor }) => monitor, shrinkTo: 12 },
      { header: 'KIND', cell: ({ kind }) => kind, optional: 1 },
      { header: 'MADE', cell: ({ createdAt }) => formatTime(createdAt) },
      { header: 'TRIES', cell: ({ attempts }) => String(attempts), align: 'right' },
      { header: 'ERROR', cell: ({ error }) => error ?? '', shrinkTo: 20 },
    ],
    output,
  );
  await output.text(text);
}

/** Sends what waits and is due; with `retry`, what failed for good too. Ends with 3 where something did not get through. */
export async function sendAlerts(invocation: Invocation, { retry }: { readonly retry: boolean }): Promise<number> {
  const { output, signal } = invocation;
  const delivered = await withAlerts(invocation, (alerts) =>
    whileWaiting(invocation, 'Sending alerts', async () => {
      if (retry) alerts.retryFailed();
      return alerts.deliver(signal);
    }),
  );
  const { sent, failed, putOff } = delivered;
  if (output.json) await output.document(delivered);
  else await output.note(`${plural(sent, 'notice')} sent, ${putOff} to be tried again, ${failed} failed for good.`);
  return failed + putOff === 0 ? exitCodes.done : exitCodes.remote;
}

/** Sends a test to a channel. */
export async function testAlerts(invocation: Invocation, channel: string): Promise<number> {
  const { output, signal } = invocation;
  await withAlerts(invocation, (alerts) =>
    whileWaiting(invocation, `Sending a test to ${channel}`, () => alerts.test(channel, signal)),
  );
  if (output.json) await output.document({ channel, sent: true });
  else await output.note(`A test was sent to ${harmless(channel)}.`);
  return exitCodes.done;
}

function withAlerts<T>(invocation: Invocation, work: (alerts: Alerts) => Promise<T>): Promise<T> {
  return withWorkspace(invocation, undefined, async (workspace) => work(await workspace.alerts(invocation.signal)));
}
