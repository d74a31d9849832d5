import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { MessageConnection } from 'vscode-jsonrpc/node';
import type {
  CompletionItem,
  Diagnostic,
  Location,
  PublishDiagnosticsParams,
  WorkspaceDiagnosticReport,
  WorkspaceEdit,
} from 'vscode-languageserver/node';
import { type LanguageProcess, startLanguageProcess } from './language-process.ts';

const root = 'apiVersion: mlops/v1\nkind: Workspace\nmetadata: {name: w}\nenvironments: {staging: {}}\n';
const deployment = (environment: string) =>
  `apiVersion: mlops/v1\nkind: Deployment\nmetadata: {name: d}\nmodel: m@champion\nenvironment: ${environment}\nserving: {image: "example/d:1"}\n`;

let folder: string;
let server: LanguageProcess;
let connection: MessageConnection;
const waiting: { fits: (params: PublishDiagnosticsParams) => boolean; done: (items: Diagnostic[]) => void }[] = [];
const published: PublishDiagnosticsParams[] = [];

/** The first published diagnostics of a file that fit, now or later. */
function publishedFor(name: string, fits: (items: readonly Diagnostic[]) => boolean): Promise<Diagnostic[]> {
  const uri = uriOf(name);
  const matches = (params: PublishDiagnosticsParams) => params.uri === uri && fits(params.diagnostics);
  const before = published.find(matches);
  if (before) return Promise.resolve(before.diagnostics);
  return new Promise((done) => waiting.push({ fits: matches, done }));
}

const uriOf = (name: string) => pathToFileURL(join(folder, name)).href;
const codes = (items: readonly Diagnostic[]) => items.map(({ code }) => code);
const has = (code: string) => (items: readonly Diagnostic[]) => codes(items).includes(code);

async function start(options: { trusted: boolean; pull?: boolean; roots?: readonly string[] }): Promise<void> {
  server = startLanguageProcess();
  ({ connection } = server);
  connection.onNotification('textDocument/publishDiagnostics', (params: PublishDiagnosticsParams) => {
    published.push(params);
    for (const each of waiting) if (each.fits(params)) each.done(params.diagnostics);
  });
  connection.listen();
  await connection.sendRequest('initialize', {
    processId: process.pid,
    rootUri: null,
    workspaceFolders: (options.roots ?? ['.']).map((name) => ({ uri: uriOf(name), name })),
    capabilities: { textDocument: options.pull ? { diagnostic: {} } : {}, workspace: {} },
    initializationOptions: { trusted: options.trusted },
  });
  await connection.sendNotification('initialized', {});
}

function open(name: string, text: string): Promise<void> {
  return connection.sendNotification('textDocument/didOpen', {
    textDocument: { uri: uriOf(name), languageId: 'mlops', version: 1, text },
  });
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mlops-language-'));
  published.length = 0;
  waiting.length = 0;
  await writeFile(join(folder, 'mlops.yaml'), root);
  await writeFile(join(folder, 'b.mlops.yaml'), deployment('stagin'));
});

afterEach(async () => {
  await server.stop();
  await rm(folder, { recursive: true, force: true });
});

describe('files that are not open', () => {
  test('are checked, and give open ones what they refer to', async () => {
    await start({ trusted: true });
    await open('a.mlops.yaml', deployment('produktion'));
    expect(codes(await publishedFor('a.mlops.yaml', has('unknown-environment')))).toEqual(['unknown-environment']);
    expect(codes(await publishedFor('b.mlops.yaml', has('unknown-environment')))).toEqual(['unknown-environment']);
    const at = { textDocument: { uri: uriOf('a.mlops.yaml') }, position: { line: 4, character: 13 } };
    const items = await connection.sendRequest<CompletionItem[]>('textDocument/completion', at);
    expect(items.map(({ label }) => label)).toContain('staging');
  });

  test('are followed when they change', async () => {
    await start({ trusted: true });
    await open('a.mlops.yaml', deployment('produktion'));
    await publishedFor('a.mlops.yaml', has('unknown-environment'));
    published.length = 0;
    await writeFile(join(folder, 'mlops.yaml'), root.replace('staging', 'produktion'));
    await connection.sendNotification('workspace/didChangeWatchedFiles', {
      changes: [{ uri: uriOf('mlops.yaml'), type: 2 }],
    });
    expect(await publishedFor('a.mlops.yaml', (items) => items.length === 0)).toEqual([]);
  });

  test('are checked anew when an open file changes what they refer to', async () => {
    await start({ trusted: true });
    await open('mlops.yaml', root);
    await publishedFor('b.mlops.yaml', has('unknown-environment'));
    published.length = 0;
    await connection.sendNotification('textDocument/didChange', {
      textDocument: { uri: uriOf('mlops.yaml'), version: 2 },
      contentChanges: [
        { range: { start: { line: 3, character: 15 }, end: { line: 3, character: 22 } }, text: 'stagin' },
      ],
    });
    expect(await publishedFor('b.mlops.yaml', (items) => items.length === 0)).toEqual([]);
  });

  test('are pointed at where they give what an open one can’t take', async () => {
    const pipeline = 'apiVersion: mlops/v1\nkind: Pipeline\nmetadata: {name: p}\n';
    await writeFile(
      join(folder, 'used.mlops.yaml'),
      `${pipeline}steps:\n  c:\n    run: x\n    outputs: {o: {type: dataset, path: p}}\noutputs: {best: "\${{ steps.c.outputs.o }}"}\n`,
    );
    await start({ trusted: true });
    await open(
      'a.mlops.yaml',
      `${pipeline}steps:\n  e: {uses: ./used.mlops.yaml}\n  r:\n    register: {model: "\${{ steps.e.outputs.best }}", name: churn}\n`,
    );
    const items = await publishedFor('a.mlops.yaml', has('artifact-type'));
    const [producer] = items.find(({ code }) => code === 'artifact-type')?.relatedInformation ?? [];
    expect(producer?.location).toMatchObject({ uri: uriOf('used.mlops.yaml'), range: { start: { line: 6 } } });
  });

  test('are those of every root, each beside its own Workspace document', async () => {
    for (const [name, environment] of [
      ['one', 'staging'],
      ['two', 'production'],
    ] as const) {
      await mkdir(join(folder, name));
      await writeFile(join(folder, name, 'mlops.yaml'), root.replace('staging', environment));
      await writeFile(join(folder, name, 'd.mlops.yaml'), deployment('production'));
    }
    await start({ trusted: true, roots: ['one', 'two'] });
    await open('two/e.mlops.yaml', deployment('staging'));
    expect(codes(await publishedFor('two/e.mlops.yaml', has('unknown-environment')))).toEqual(['unknown-environment']);
    expect(codes(await publishedFor('one/d.mlops.yaml', has('unknown-environment')))).toEqual(['unknown-environment']);
    const last = published.findLast(({ uri }) => uri === uriOf('two/d.mlops.yaml'));
    expect(last?.diagnostics ?? []).toEqual([]);
  });

  test('are left alone without trust', async () => {
    await start({ trusted: false });
    await open('a.mlops.yaml', deployment('produktion'));
    expect(await publishedFor('a.mlops.yaml', () => true)).toEqual([]);
    const at = { textDocument: { uri: uriOf('a.mlops.yaml') }, position: { line: 4, character: 14 } };
    expect(await connection.sendRequest('textDocument/definition', at)).toEqual([]);
  });

  test('are answered to a client that asks for the workspace', async () => {
    await start({ trusted: true, pull: true });
    await open('a.mlops.yaml', deployment('staging'));
    await connection.sendRequest('textDocument/diagnostic', { textDocument: { uri: uriOf('a.mlops.yaml') } });
    const ask = (previousResultIds: object[] = []) =>
      connection.sendRequest<WorkspaceDiagnosticReport>('workspace/diagnostic', { previousResultIds });
    let report = await ask();
    while (report.items.length < 2) report = await ask();
    const item = report.items.find(({ uri }) => uri === uriOf('b.mlops.yaml'));
    expect(item?.kind === 'full' && codes(item.items)).toEqual(['unknown-environment']);
    const again = await ask(report.items.map(({ uri, resultId }) => ({ uri, value: resultId })));
    expect(again.items.map(({ kind }) => kind)).toEqual(['unchanged', 'unchanged']);
  });
});

describe('names across files', () => {
  test('are found and renamed, in files that are not open too', async () => {
    await writeFile(join(folder, 'b.mlops.yaml'), deployment('staging'));
    await start({ trusted: true });
    await open('a.mlops.yaml', deployment('staging'));
    await open('c.mlops.yaml', deployment('gone'));
    await publishedFor('c.mlops.yaml', has('unknown-environment'));
    const at = { textDocument: { uri: uriOf('a.mlops.yaml') }, position: { line: 4, character: 14 } };
    expect(await connection.sendRequest<Location[]>('textDocument/definition', at)).toMatchObject([
      { uri: uriOf('mlops.yaml') },
    ]);
    const edit = await connection.sendRequest<WorkspaceEdit>('textDocument/rename', { ...at, newName: 'stage' });
    expect(Object.keys(edit.changes ?? {}).sort()).toEqual(
      ['a', 'b'].map((name) => uriOf(`${name}.mlops.yaml`)).concat(uriOf('mlops.yaml')),
    );
    await expect(connection.sendRequest('textDocument/rename', { ...at, newName: '1 2' })).rejects.toThrow(
      'can be no name',
    );
  });
});
