import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import {
  createMessageConnection,
  type MessageConnection,
  StreamMessageReader,
  StreamMessageWriter,
} from 'vscode-jsonrpc/node';
import type { PublishDiagnosticsParams } from 'vscode-languageserver/node';

const server = join(import.meta.dirname, '../../../server/src/server.ts');
const uri = 'file:///ws/a.mlops.yaml';
const text = 'apiVersion: mlops/v1\nkind: Pipeline\nmetadata: {name: a}\nsteps:\n  a: {run: x}\n';

let connection: MessageConnection;
let ended: Promise<unknown>;
let published: PublishDiagnosticsParams[];
let waiting: (() => void)[];

beforeEach(async () => {
  const child = spawn(process.execPath, [server, '--stdio'], { stdio: ['pipe', 'pipe', 'ignore'] });
  ended = once(child, 'exit');
  published = [];
  waiting = [];
  connection = createMessageConnection(new StreamMessageReader(child.stdout), new StreamMessageWriter(child.stdin));
  connection.onNotification('textDocument/publishDiagnostics', (params: PublishDiagnosticsParams) => {
    published.push(params);
    for (const look of waiting.splice(0)) look();
  });
  connection.onRequest('workspace/configuration', ({ items }: { items: unknown[] }) => items.map(() => null));
  connection.onRequest('client/registerCapability', () => null);
  connection.listen();
  await connection.sendRequest('initialize', {
    processId: process.pid,
    rootUri: null,
    capabilities: { textDocument: { publishDiagnostics: { versionSupport: true } } },
    initializationOptions: { trusted: true },
  });
  await connection.sendNotification('initialized', {});
});

afterEach(async () => {
  await connection.sendRequest('shutdown');
  await connection.sendNotification('exit');
  await ended;
  connection.dispose();
});

async function until<T>(found: () => T | undefined): Promise<T> {
  for (;;) {
    const value = found();
    if (value !== undefined) return value;
    await new Promise<void>((look) => waiting.push(look));
  }
}

const open = (content: string) =>
  connection.sendNotification('textDocument/didOpen', {
    textDocument: { uri, languageId: 'mlops', version: 1, text: content },
  });

const ofVersion = (version: number) => until(() => published.find((each) => each.version === version));

const insert = (version: number, line: number, character: number, added: string) =>
  connection.sendNotification('textDocument/didChange', {
    textDocument: { uri, version },
    contentChanges: [{ range: { start: { line, character }, end: { line, character } }, text: added }],
  });

it('tells of the newest of several versions last, and of none after a newer one', async () => {
  await open(text);
  await Promise.all([2, 3, 4, 5].map((version) => insert(version, 4, 6, version % 2 === 0 ? 'rum: y, ' : 'env: {}, ')));
  const last = await ofVersion(5);
  const versions = published.map(({ version }) => version ?? 0);
  expect(versions).toEqual([...versions].sort((a, b) => a - b));
  expect(last.diagnostics.map(({ code }) => code)).toContain('schema-unknown-key');
});

it('takes the diagnostics of a file that is closed and nowhere else away', async () => {
  await open(text.replace('run:', 'rum:'));
  expect((await ofVersion(1)).diagnostics).not.toEqual([]);
  await connection.sendNotification('textDocument/didClose', { textDocument: { uri } });
  expect((await until(() => published.find(({ version }) => version === undefined))).diagnostics).toEqual([]);
});

it.each([
  ['characters beyond the basic plane', text.replace('name: a', 'name: "😀😀", naem: b'), { line: 2, character: 25 }],
  ['CRLF', text.replace('{run:', '{rum:').replaceAll('\n', '\r\n'), { line: 4, character: 6 }],
  ['a byte order mark', `\uFEFF${text.replace('{run:', '{rum:')}`, { line: 4, character: 6 }],
  ['a byte order mark on its own line', `\uFEFF${text.replace('apiVersion', 'apiVersoin')}`, { line: 0, character: 1 }],
])('counts positions as the protocol does with %s', async (_, content, start) => {
  await open(content);
  const { diagnostics } = await ofVersion(1);
  const found = diagnostics.find(({ code }) => code === 'schema-unknown-key');
  expect(found?.range.start).toEqual(start);
});
