import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  CancellationTokenSource,
  createMessageConnection,
  type MessageConnection,
  StreamMessageReader,
  StreamMessageWriter,
} from 'vscode-jsonrpc/node';
import { type InitializationOptions, initializationOptions } from '#schemas/protocol/workspace.ts';
import { type BackendForwarding, registerBackendForwarding } from '#server/rpc/forward.ts';
import { sendJson, startHttpServer } from '../../testbeds/http-server.ts';

const example = pathToFileURL(fileURLToPath(new URL('../../../docs/examples/churn', import.meta.url))).href;
const options = (trusted: boolean): InitializationOptions => initializationOptions.parse({ trusted });

interface Told {
  readonly method: string;
  readonly params: unknown;
}

/** A client and, on the other end of a pair of pipes, what the language process does about the backend. */
class Session {
  readonly client: MessageConnection;
  readonly server: MessageConnection;
  readonly forwarding: BackendForwarding;
  readonly told: Told[] = [];
  readonly #waiting = new Set<() => void>();

  constructor(backendPath?: string) {
    const [up, down] = [new PassThrough(), new PassThrough()];
    this.client = createMessageConnection(new StreamMessageReader(down), new StreamMessageWriter(up));
    this.server = createMessageConnection(new StreamMessageReader(up), new StreamMessageWriter(down));
    this.forwarding = registerBackendForwarding(this.server, {
      env: { ...process.env, MLFLOW_TRACKING_URI: '' },
      ...(backendPath === undefined ? {} : { backendPath }),
    });
    this.client.onNotification((method, params) => {
      this.told.push({ method, params });
      for (const check of this.#waiting) check();
    });
    this.client.listen();
    this.server.listen();
  }

  ask(method: string, params: object): Promise<unknown> {
    return this.client.sendRequest(method, params);
  }

  async toldOf(method: string): Promise<Told> {
    const { promise, resolve } = Promise.withResolvers<Told>();
    const check = () => {
      const found = this.told.find((one) => one.method === method);
      if (found !== undefined) resolve(found);
    };
    this.#waiting.add(check);
    check();
    return promise;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.forwarding.dispose();
    this.client.dispose();
    this.server.dispose();
  }
}

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'forward-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));
const folderUri = () => pathToFileURL(folder).href;

const alive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

describe('the backend process', () => {
  test('is not started for an untrusted workspace, nor by a notification', async () => {
    await using session = new Session();
    session.forwarding.configure(options(false));
    await expect(session.ask('connections/list', { folder: example })).rejects.toMatchObject({
      data: { reason: 'untrusted' },
    });
    await session.client.sendNotification('connections/credentialsChanged', { origin: 'http://x' });
    await expect(session.ask('no/such', {})).rejects.toMatchObject({ code: -32601 });
    expect(session.forwarding.pid).toBeNull();
  });

  test('is started by the first request once trust is granted, and stopped when it is taken back', async () => {
    await using session = new Session();
    session.forwarding.configure(options(false));
    await session.client.sendNotification('workspace/changed', options(true));
    const answer = await session.ask('experiments/list', { folder: example, tracker: 'local' });
    expect(answer).toMatchObject({ experiments: expect.arrayContaining([expect.objectContaining({ name: 'churn' })]) });
    const { pid } = session.forwarding;
    await session.client.sendNotification('workspace/changed', options(false));
    await expect(session.ask('connections/list', { folder: example })).rejects.toMatchObject({
      data: { reason: 'untrusted' },
    });
    await session.forwarding.dispose();
    expect(pid !== null && alive(pid)).toBe(false);
  });

  test('that is killed comes back, and views are told to ask anew', async () => {
    await using session = new Session();
    session.forwarding.configure(options(true));
    const ask = () => session.ask('connections/list', { folder: example, check: false });
    await ask();
    const { pid } = session.forwarding;
    if (pid === null) throw new Error('no backend runs');
    process.kill(pid, 'SIGKILL');
    expect(await session.toldOf('backend/restarted')).toMatchObject({
      params: { reason: 'signal SIGKILL', retryInMs: 250 },
    });
    expect(await ask()).toMatchObject({
      connections: expect.arrayContaining([expect.objectContaining({ name: 'local' })]),
    });
    expect(session.forwarding.pid).not.toBe(pid);
  });

  test('that is killed while it answers fails those requests with `restarted`', async () => {
    const asked = Promise.withResolvers<void>();
    await using silent = await startHttpServer(() => asked.resolve());
    await writeFile(join(folder, 'mlops.yaml'), `kind: Workspace\ntracking: [{name: team, uri: "${silent.url}"}]\n`);
    await using session = new Session();
    session.forwarding.configure(options(true));
    session.client.onRequest('client/allowOrigin', () => ({ allowed: true }));
    session.client.onRequest('client/credential', () => ({ credential: null }));
    const failed = expect(
      session.ask('experiments/list', { folder: folderUri(), tracker: 'team' }),
    ).rejects.toMatchObject({
      data: { reason: 'restarted' },
    });
    await asked.promise;
    if (session.forwarding.pid !== null) process.kill(session.forwarding.pid, 'SIGKILL');
    await failed;
  });

  test('that can’t live is left alone after a while, with an answer that says so', async () => {
    const broken = join(folder, 'broken.mjs');
    await writeFile(broken, 'process.exit(3);');
    await using session = new Session(broken);
    session.forwarding.configure(options(true));
    await expect(session.ask('connections/list', { folder: example })).rejects.toMatchObject({
      data: { reason: 'restarted' },
    });
    await expect(session.ask('connections/list', { folder: example })).rejects.toMatchObject({
      data: { reason: 'restarted' },
    });
    const delays = session.told.flatMap(({ method, params }) => (method === 'backend/restarted' ? [params] : []));
    expect(delays).toEqual([
      { reason: 'exit code 3', retryInMs: 250 },
      { reason: 'exit code 3', retryInMs: 500 },
    ]);
  });

  test('ends when the language process is killed', async () => {
    const module = new URL('../../../server/src/rpc/forward.ts', import.meta.url).href;
    const script = `
      const { registerBackendForwarding } = await import(${JSON.stringify(module)});
      let handle;
      const forwarding = registerBackendForwarding({
        onRequest: (handler) => { handle = handler; },
        onNotification() {},
        sendRequest: async () => ({}),
        sendNotification: async () => {},
      });
      forwarding.configure(${JSON.stringify(options(true))});
      const token = { isCancellationRequested: false, onCancellationRequested: () => ({ dispose() {} }) };
      await handle('connections/list', { folder: ${JSON.stringify(example)}, check: false }, token);
      console.log(forwarding.pid);
      setInterval(() => {}, 1000);`;
    const parent: ChildProcess = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [chunk] = parent.stdout ? await once(parent.stdout, 'data') : [];
    const pid = Number(String(chunk).trim());
    expect(alive(pid)).toBe(true);
    parent.kill('SIGKILL');
    await once(parent, 'exit');
    await expect.poll(() => alive(pid), { timeout: 5_000, interval: 25 }).toBe(false);
  });
});

describe('what passes through', () => {
  test('what the backend asks of the client, once an origin', async () => {
    await using server = await startHttpServer((_, response) => sendJson(response, { experiments: [] }));
    await writeFile(join(folder, 'mlops.yaml'), `kind: Workspace\ntracking: [{name: team, uri: "${server.url}"}]\n`);
    await using session = new Session();
    session.forwarding.configure(options(true));
    const asked: unknown[] = [];
    session.client.onRequest('client/allowOrigin', (params: unknown) => {
      asked.push(params);
      return { allowed: true };
    });
    session.client.onRequest('client/credential', () => ({ credential: { type: 'bearer', token: 'signed-in-token' } }));
    await session.ask('experiments/list', { folder: folderUri(), tracker: 'team' });
    await session.ask('experiments/list', { folder: folderUri(), tracker: 'team' });
    expect(asked).toEqual([{ folder: folderUri(), origin: server.url, connection: 'team', ask: true }]);
    expect(server.seen.map(({ headers }) => headers.authorization)).toEqual([
      'Bearer signed-in-token',
      'Bearer signed-in-token',
    ]);
    const { text } = (await session.ask('connections/diagnostics', { folder: folderUri() })) as { text: string };
    expect(text).toContain(server.url);
    expect(text).not.toContain('signed-in-token');
    expect(text).not.toContain(folder);
    expect(JSON.stringify(session.told)).not.toContain('signed-in-token');
  });

  test('cancelling, to the backend’s own request', async () => {
    const asked = Promise.withResolvers<void>();
    await using silent = await startHttpServer(() => asked.resolve());
    await writeFile(join(folder, 'mlops.yaml'), `kind: Workspace\ntracking: [{name: team, uri: "${silent.url}"}]\n`);
    await using session = new Session();
    session.forwarding.configure(options(true));
    session.client.onRequest('client/allowOrigin', () => ({ allowed: true }));
    session.client.onRequest('client/credential', () => ({ credential: null }));
    const source = new CancellationTokenSource();
    const params = { folder: folderUri(), tracker: 'team' };
    const cancelled = expect(
      session.client.sendRequest('experiments/list', params, source.token),
    ).rejects.toMatchObject({
      code: -32800,
      data: { reason: 'cancelled' },
    });
    await asked.promise;
    source.cancel();
    await cancelled;
  });

  test('progress of long work', async () => {
    await using session = new Session();
    session.forwarding.configure(options(true));
    const seen: unknown[] = [];
    session.client.onUnhandledProgress(({ token, value }) => seen.push([token, value]));
    await session.ask('experiments/exportTable', {
      folder: example,
      tracker: 'local',
      columns: ['attribute.name'],
      path: join(folder, 'runs.csv'),
      workDoneToken: 'export-1',
    });
    expect(seen[0]).toEqual(['export-1', expect.objectContaining({ kind: 'begin' })]);
    expect(seen.at(-1)).toEqual(['export-1', { kind: 'end' }]);
  });

  test('parameters that don’t fit are refused in readable words', async () => {
    await using session = new Session();
    session.forwarding.configure(options(true));
    await expect(session.ask('experiments/list', { folder: example })).rejects.toMatchObject({
      code: -32602,
      message: expect.stringContaining('tracker'),
    });
  });

  test('a change of mlops.yaml, as a notification', async () => {
    const file = join(folder, 'mlops.yaml');
    await writeFile(file, 'kind: Workspace\ntracking: [{name: a, uri: mlruns}]\n');
    await using session = new Session();
    session.forwarding.configure(options(true));
    const names = async () => {
      const answer = await session.ask('connections/list', { folder: folderUri(), check: false });
      return (answer as { connections: { name: string }[] }).connections.map(({ name }) => name);
    };
    expect(await names()).toEqual(['a']);
    await writeFile(file, 'kind: Workspace\ntracking: [{name: b, uri: mlruns}]\n');
    expect(await session.toldOf('connections/changed')).toMatchObject({ params: { folder: folderUri() } });
    expect(await names()).toEqual(['b']);
  });
});
