import { PassThrough } from 'node:stream';
import { afterEach, describe, expect, test } from 'vitest';
import {
  CancellationTokenSource,
  createMessageConnection,
  type MessageConnection,
  StreamMessageReader,
  StreamMessageWriter,
} from 'vscode-jsonrpc/node';
import { z } from 'zod';
import { defineNotification, defineRequest } from '#schemas/protocol/request.ts';
import { FailureError } from '#server/platform/failure.ts';
import { createLogger, type LogEntry } from '#server/platform/log.ts';
import { createRedactor } from '#server/platform/redact.ts';
import { notify, onNotification, type Rpc, registerRequest, sendRequest } from '#server/rpc/register.ts';

const double = defineRequest('test/double', z.object({ n: z.number() }), z.object({ n: z.number() }));
const changed = defineNotification('test/changed', z.object({ revision: z.number() }));

const connections: MessageConnection[] = [];
afterEach(() => {
  for (const connection of connections.splice(0)) connection.dispose();
});

function pair(): { near: Rpc; far: MessageConnection; log: LogEntry[] } {
  const [up, down] = [new PassThrough(), new PassThrough()];
  const near = createMessageConnection(new StreamMessageReader(up), new StreamMessageWriter(down));
  const far = createMessageConnection(new StreamMessageReader(down), new StreamMessageWriter(up));
  near.listen();
  far.listen();
  connections.push(near, far);
  const log: LogEntry[] = [];
  const logger = createLogger({ sink: (entry) => log.push(entry), redactor: createRedactor(), level: 'debug' });
  return { near: { connection: near, logger, checkResults: true }, far, log };
}

describe('registerRequest', () => {
  test('answers', async () => {
    const { near, far } = pair();
    registerRequest(near, double, async ({ n }) => ({ n: 2 * n }));
    expect(await far.sendRequest('test/double', { n: 21 })).toEqual({ n: 42 });
  });

  test('refuses parameters that don’t fit, by name', async () => {
    const { near, far } = pair();
    registerRequest(near, double, async ({ n }) => ({ n }));
    await expect(far.sendRequest('test/double', { n: 'x' })).rejects.toMatchObject({
      code: -32602,
      message: expect.stringMatching(/^test\/double .* n: /),
      data: { reason: 'input' },
    });
  });

  test('carries a failure over with its reason and remedy', async () => {
    const { near, far } = pair();
    registerRequest(near, double, () => {
      throw new FailureError('unreachable', 'Nothing answers.', { remedy: 'Start it.' });
    });
    await expect(far.sendRequest('test/double', { n: 1 })).rejects.toMatchObject({
      code: -32803,
      data: { reason: 'unreachable', message: 'Nothing answers.', remedy: 'Start it.' },
    });
  });

  test('logs what is our own fault with its stack', async () => {
    const { near, far, log } = pair();
    registerRequest(near, double, () => {
      throw new TypeError('oops');
    });
    await expect(far.sendRequest('test/double', { n: 1 })).rejects.toMatchObject({ data: { reason: 'internal' } });
    expect(log).toMatchObject([{ level: 'error', text: expect.stringContaining('register.test.ts') }]);
  });

  test('holds handlers to the result they promised', async () => {
    const { near, far } = pair();
    registerRequest({ ...near, checkResults: true }, double, async () => ({ n: Number.NaN }));
    await expect(far.sendRequest('test/double', { n: 1 })).rejects.toMatchObject({ data: { reason: 'internal' } });
  });

  test('aborts the handler’s signal when the caller cancels', async () => {
    const { near, far } = pair();
    const begun = Promise.withResolvers<void>();
    registerRequest(near, double, async (_, { signal }) => {
      begun.resolve();
      await new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
      return { n: 0 };
    });
    const source = new CancellationTokenSource();
    const answer = far.sendRequest('test/double', { n: 1 }, source.token);
    await begun.promise;
    source.cancel();
    await expect(answer).rejects.toMatchObject({ code: -32800, data: { reason: 'cancelled' } });
  });

  test('shows progress only where the caller gave a token, and always ends it', async () => {
    const { near, far } = pair();
    registerRequest(near, double, async ({ n }, { progress }) => {
      progress.begin('Doubling');
      progress.report('half', 50);
      if (n === 0) throw new FailureError('input', 'zero');
      return { n };
    });
    const seen: unknown[] = [];
    far.onUnhandledProgress(({ token, value }) => seen.push([token, value]));
    await far.sendRequest('test/double', { n: 1 });
    await far.sendRequest('test/double', { n: 0, workDoneToken: 7 }).catch(() => undefined);
    expect(seen).toEqual([
      [7, { kind: 'begin', title: 'Doubling', cancellable: true }],
      [7, { kind: 'report', message: 'half', percentage: 50 }],
      [7, { kind: 'end' }],
    ]);
  });

  test('tells of answers over 1 MB', async () => {
    const { near, far, log } = pair();
    const long = defineRequest('test/long', z.object({ length: z.number() }), z.object({ rows: z.array(z.string()) }));
    registerRequest(near, long, async ({ length }) => ({ rows: Array(length).fill('x'.repeat(100)) }));
    await far.sendRequest('test/long', { length: 9_000 });
    expect(log).toEqual([]);
    await far.sendRequest('test/long', { length: 11_000 });
    expect(log).toMatchObject([{ level: 'error', text: expect.stringContaining('over 1 MB') }]);
  });
});

describe('the other direction', () => {
  test('parses answers and cancels by signal', async () => {
    const { near, far } = pair();
    far.onRequest('test/double', ({ n }: { n: number }) => ({ n: 2 * n }));
    expect(await sendRequest(near, double, { n: 4 })).toEqual({ n: 8 });
    const aborter = new AbortController();
    const arrived = Promise.withResolvers<void>();
    far.onRequest('test/double', (_, token) => {
      arrived.resolve();
      return new Promise((_resolve, reject) => token.onCancellationRequested(() => reject(new Error('cancelled'))));
    });
    const answer = expect(sendRequest(near, double, { n: 0 }, aborter.signal)).rejects.toThrow('cancelled');
    await arrived.promise;
    aborter.abort();
    await answer;
    await expect(sendRequest(near, double, { n: 1 }, aborter.signal)).rejects.toMatchObject({ name: 'AbortError' });
  });

  test('ignores notifications that don’t fit, and forgets those to nobody', async () => {
    const { near, far, log } = pair();
    const heard: number[] = [];
    onNotification(near, changed, ({ revision }) => heard.push(revision));
    await far.sendNotification('test/changed', { revision: 'x' });
    await far.sendNotification('test/changed', { revision: 2 });
    registerRequest(near, double, async ({ n }) => ({ n }));
    await far.sendRequest('test/double', { n: 1 });
    expect(heard).toEqual([2]);
    expect(log).toMatchObject([{ level: 'error' }]);
    near.connection.dispose();
    expect(() => notify(near, changed, { revision: 3 })).not.toThrow();
  });
});
