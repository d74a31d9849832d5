import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { freePort } from './mlflow-server.ts';

const program = ['/usr/bin/prometheus-alertmanager', '/usr/bin/alertmanager'].find((path) => existsSync(path));

export const hasAlertmanager = program !== undefined;

export interface TestAlertmanager extends AsyncDisposable {
  readonly url: string;
}

/** A real Alertmanager on a free port of the loopback interface; it sends at once to `receiver`, a webhook's address. */
export async function startAlertmanager(receiver: string): Promise<TestAlertmanager> {
  if (program === undefined) throw new Error('prometheus-alertmanager is not installed.');
  const folder = await mkdtemp(join(tmpdir(), 'alertmanager-'));
  const config = join(folder, 'alertmanager.yml');
  await writeFile(
    config,
    `route: {receiver: test, group_by: ['...'], group_wait: 0s, group_interval: 1s, repeat_interval: 1h}
receivers: [{name: test, webhook_configs: [{url: '${receiver}', send_resolved: true}]}]
`,
  );
  const url = `http://127.0.0.1:${await freePort()}`;
  const child = spawn(
    program,
    [
      `--config.file=${config}`,
      `--storage.path=${join(folder, 'data')}`,
      `--web.listen-address=${new URL(url).host}`,
      '--cluster.listen-address=',
    ],
    { stdio: 'ignore' },
  );
  const exited = once(child, 'exit');
  const isReady = async () => (await fetch(`${url}/-/ready`).catch(() => null))?.ok === true;
  for (let tries = 0; !(await isReady()); tries++) {
    if (tries > 200 || child.exitCode !== null) throw new Error('Alertmanager did not start.');
    await delay(50);
  }
  return {
    url,
    async [Symbol.asyncDispose]() {
      child.kill('SIGTERM');
      await exited;
      await rm(folder, { recursive: true, force: true });
    },
  };
}
