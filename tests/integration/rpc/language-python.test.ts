import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { MessageConnection } from 'vscode-jsonrpc/node';
import type {
  CodeAction,
  CompletionItem,
  Diagnostic,
  Hover,
  Location,
  PublishDiagnosticsParams,
} from 'vscode-languageserver/node';
import { type LanguageProcess, startLanguageProcess } from './language-process.ts';

const head = 'apiVersion: mlops/v1\nkind: Pipeline\nmetadata: {name: p}\n';
const pipeline = (argument: string) =>
  `${head}steps:\n  train:\n    entrypoint: train.py:main\n    with:\n      ${argument}: 3\n`;
const python = (parameter: string) => `def main(${parameter}: int):\n    pass\n`;

let folder: string;
let server: LanguageProcess;
let connection: MessageConnection;
let waiting: { fits: (params: PublishDiagnosticsParams) => boolean; done: (items: Diagnostic[]) => void }[];
let published: PublishDiagnosticsParams[];

const uriOf = (name: string) => pathToFileURL(join(folder, name)).href;
const codes = (items: readonly Diagnostic[]) => items.map(({ code }) => code);
const none = (items: readonly Diagnostic[]) => items.length === 0;
const some = (items: readonly Diagnostic[]) => items.length > 0;

/** The next published diagnostics of a file that fit; those that came since the last `published = []` count. */
function publishedFor(name: string, fits: (items: readonly Diagnostic[]) => boolean): Promise<Diagnostic[]> {
  const matches = (params: PublishDiagnosticsParams) => params.uri === uriOf(name) && fits(params.diagnostics);
  const before = published.find(matches);
  if (before) return Promise.resolve(before.diagnostics);
  return new Promise((done) => waiting.push({ fits: matches, done }));
}

async function start(trusted = true): Promise<void> {
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
    workspaceFolders: [{ uri: pathToFileURL(folder).href, name: 'w' }],
    capabilities: { textDocument: {}, workspace: {} },
    initializationOptions: { trusted },
  });
  await connection.sendNotification('initialized', {});
}

function open(name: string, text: string, languageId = 'mlops'): Promise<void> {
  return connection.sendNotification('textDocument/didOpen', {
    textDocument: { uri: uriOf(name), languageId, version: 1, text },
  });
}

function change(name: string, version: number, text: string): Promise<void> {
  return connection.sendNotification('textDocument/didChange', {
    textDocument: { uri: uriOf(name), version },
    contentChanges: [{ text }],
  });
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mlops-python-'));
  published = [];
  waiting = [];
  await writeFile(join(folder, 'train.py'), python('depth'));
});

afterEach(async () => {
  await server.stop();
  await rm(folder, { recursive: true, force: true });
});

describe('Python that a pipeline calls', () => {
  test('is checked late, and anew with every edit of the pipeline', async () => {
    await start();
    await open('a.mlops.yaml', pipeline('dept'));
    expect(codes(await publishedFor('a.mlops.yaml', some))).toContain('python-unknown-argument');
    published = [];
    await change('a.mlops.yaml', 2, pipeline('depth'));
    await publishedFor('a.mlops.yaml', none);
    expect(published.at(-1)).toMatchObject({ version: 2, diagnostics: [] });
  });

  test('keeps what is said of other lines where it stands while one types above', async () => {
    await start();
    await open('a.mlops.yaml', pipeline('dept'));
    const lineOf = (items: readonly Diagnostic[]) =>
      items.find(({ code }) => code === 'python-unknown-argument')?.range.start.line;
    expect(lineOf(await publishedFor('a.mlops.yaml', some))).toBe(7);
    published = [];
    await change('a.mlops.yaml', 2, `# a line more\n${pipeline('dept')}`);
    expect(lineOf(await publishedFor('a.mlops.yaml', () => true))).toBe(8);
  });

  test('is followed as it is typed, on disk where nobody has it open', async () => {
    await start();
    await open('a.mlops.yaml', pipeline('depth'));
    await publishedFor('a.mlops.yaml', none);
    await open('train.py', python('depth'), 'python');
    await change('train.py', 2, python('width'));
    expect(codes(await publishedFor('a.mlops.yaml', some))).toContain('python-unknown-argument');
    published = [];
    await connection.sendNotification('textDocument/didClose', { textDocument: { uri: uriOf('train.py') } });
    await publishedFor('a.mlops.yaml', none);
    published = [];
    await writeFile(join(folder, 'train.py'), python('height'));
    await connection.sendNotification('workspace/didChangeWatchedFiles', {
      changes: [{ uri: uriOf('train.py'), type: 2 }],
    });
    expect(codes(await publishedFor('a.mlops.yaml', some))).toContain('python-unknown-argument');
  });

  test('is checked for files that are not open', async () => {
    await writeFile(join(folder, 'b.mlops.yaml'), pipeline('dept'));
    await start();
    expect(codes(await publishedFor('b.mlops.yaml', some))).toContain('python-unknown-argument');
  });

  test('is put right from either side', async () => {
    await start();
    await open('a.mlops.yaml', pipeline('dept'));
    const found = await publishedFor('a.mlops.yaml', some);
    const wrong = found.find(({ code }) => code === 'python-unknown-argument');
    const actions = await connection.sendRequest<CodeAction[]>('textDocument/codeAction', {
      textDocument: { uri: uriOf('a.mlops.yaml') },
      range: wrong?.range,
      context: { diagnostics: [wrong] },
    });
    const edits = new Map(actions.map(({ title, edit }) => [title, edit?.changes]));
    expect(edits.get('Change to `depth`')?.[uriOf('a.mlops.yaml')]).toMatchObject([{ newText: 'depth' }]);
    expect(edits.get('Add the parameter `dept`')).toEqual({
      [uriOf('train.py')]: [
        { range: { start: { line: 0, character: 19 }, end: { line: 0, character: 19 } }, newText: ', dept' },
      ],
    });
    expect(actions.filter(({ title }) => title === 'Change to `depth`')).toHaveLength(1);
  });

  test('is where definition leads, and knows the steps that call it', async () => {
    await writeFile(join(folder, 'b.mlops.yaml'), pipeline('depth'));
    await start();
    await open('a.mlops.yaml', pipeline('depth'));
    await publishedFor('a.mlops.yaml', none);
    const at = (line: number, character: number, name = 'a.mlops.yaml') => ({
      textDocument: { uri: uriOf(name) },
      position: { line, character },
      context: { includeDeclaration: true },
    });
    const definition = (line: number, character: number) =>
      connection.sendRequest<Location[]>('textDocument/definition', at(line, character));
    expect(await definition(5, 26)).toMatchObject([
      { uri: uriOf('train.py'), range: { start: { line: 0, character: 4 } } },
    ]);
    expect(await definition(7, 8)).toMatchObject([
      { uri: uriOf('train.py'), range: { start: { line: 0, character: 9 } } },
    ]);
    await open('train.py', python('depth'), 'python');
    await expect
      .poll(async () => {
        const found = await connection.sendRequest<Location[]>('textDocument/references', at(0, 5, 'train.py'));
        return found.map(({ uri }) => uri).sort();
      })
      .toEqual([uriOf('a.mlops.yaml'), uriOf('b.mlops.yaml')]);
  });

  test('is offered for entrypoints and `with`, and shown below the pointer', async () => {
    await start();
    await open('a.mlops.yaml', `${head}steps:\n  train:\n    entrypoint: train.py:main\n    with:\n      \n`);
    const at = (line: number, character: number) => ({
      textDocument: { uri: uriOf('a.mlops.yaml') },
      position: { line, character },
    });
    const labels = async (line: number, character: number) => {
      const items = await connection.sendRequest<CompletionItem[]>('textDocument/completion', at(line, character));
      return items.map(({ label }) => label);
    };
    expect(await labels(5, 25)).toEqual(['main']);
    expect(await labels(7, 6)).toEqual(['depth']);
    const hover = await connection.sendRequest<Hover>('textDocument/hover', at(5, 26));
    expect(hover.contents).toMatchObject({ value: '```python\ndef main(depth: int)\n```' });
  });

  test('is not read in a workspace that is not trusted', async () => {
    await start(false);
    await open('a.mlops.yaml', pipeline('dept'));
    await publishedFor('a.mlops.yaml', none);
    await open('train.py', python('depth'), 'python');
    expect(codes(await publishedFor('a.mlops.yaml', some))).toContain('python-unknown-argument');
  });
});
