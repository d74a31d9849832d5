import { expect, it } from 'vitest';
import { startHttpServer } from '../../testbeds/http-server.ts';
import { latency, makeFolder, monitor, openAlerts } from '../monitoring/alerts/alert-folder.ts';
import { runMlops } from './run-mlops.ts';

const now = Date.UTC(2026, 0, 5, 12);

it('alerts: lists what fires and what failed, sends it once its cause is mended, and tests a channel', async () => {
  let status = 404;
  await using receiver = await startHttpServer((_, response) => {
    response.writeHead(status).end();
  });
  const channels = [`{name: team, type: webhook, url: '${receiver.url}'}`];
  const { alerts, folder, workspace } = await openAlerts({ channels });
  await alerts.process({ document: monitor(), folder, facts: latency(0.5), now });
  await workspace.dispose();
  const mlops = (...args: string[]) => runMlops(['alerts', ...args], { cwd: folder });

  const list = await mlops('list', '--json');
  expect(list.code).toBe(1);
  expect(JSON.parse(list.stdout)).toMatchObject({
    alerts: [{ monitor: 'churn', name: 'slow', state: 'firing', since: now, reason: 'metrics.latency = 0.5' }],
  });
  const outbox = await mlops('outbox');
  expect(outbox.code).toBe(1);
  expect(outbox.stdout).toMatch(/failed +team +churn +new .* 1 +127\.0\.0\.1:\d+ answered 404\./);
  expect(await mlops('test', 'team')).toMatchObject({ code: 3, stderr: expect.stringContaining('answered 404') });

  status = 200;
  expect(await mlops('send')).toMatchObject({ code: 0, stderr: expect.stringContaining('0 notices sent') });
  const sent = await mlops('send', '--retry', '--json');
  expect(sent).toMatchObject({ code: 0, stdout: '{"sent":1,"failed":0,"putOff":0}\n' });
  expect(await mlops('outbox')).toMatchObject({ code: 0 });
  expect(await mlops('test', 'team')).toMatchObject({ code: 0, stderr: 'A test was sent to team.\n' });
  expect(receiver.seen.map(({ body }) => JSON.parse(body).kind)).toEqual(['new', 'test', 'new', 'test']);
}, 20_000);

it('alerts: says of a channel that is not there which are', async () => {
  const { folder, workspace } = await openAlerts({ channels: ['{name: team, type: vscode}'] });
  await workspace.dispose();
  expect(await runMlops(['alerts', 'test', 'tema'], { cwd: folder })).toEqual({
    code: 2,
    stdout: '',
    stderr: 'error: There is no channel “tema”. Known are: team.\n',
  });
  expect(await runMlops(['alerts', 'list'], { cwd: await makeFolder() })).toMatchObject({ code: 0 });
});
