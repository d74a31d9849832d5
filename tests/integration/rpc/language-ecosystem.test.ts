import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { MessageConnection } from 'vscode-jsonrpc/node';
import type {
  CodeAction,
  CompletionItem,
  DocumentLink,
  FullDocumentDiagnosticReport,
  Location,
  PublishDiagnosticsParams,
  RegistrationParams,
} from 'vscode-languageserver/node';
import { type LanguageProcess, startLanguageProcess } from './language-process.ts';

let folder: string;
let server: LanguageProcess;
let connection: MessageConnection;
let registered: Promise<RegistrationParams>;
const published: PublishDiagnosticsParams[] = [];
let wake = Promise.withResolvers<void>();

async function start(capabilities: object, initializationOptions: object = { trusted: false }): Promise<void> {
  server = startLanguageProcess();
  ({ connection } = server);
  published.length = 0;
  connection.onNotification('textDocument/publishDiagnostics', (params: PublishDiagnosticsParams) => {
    published.push(params);
    wake.resolve();
    wake = Promise.withResolvers();
  });
  registered = new Promise((resolve) => {
    connection.onRequest('client/registerCapability', (params: RegistrationParams) => {
      if (params.registrations.some(({ method }) => method === 'textDocument/didOpen')) resolve(params);
    });
  });
  connection.onRequest('workspace/diagnostic/refresh', () => null);
  connection.listen();
  await connection.sendRequest('initialize', {
    processId: process.pid,
    rootUri: null,
    capabilities,
    initializationOptions,
  });
  await connection.sendNotification('initialized', {});
}

const uriOf = (name: string) => pathToFileURL(join(folder, name)).href;

async function open(name: string, text: string): Promise<string> {
  const uri = uriOf(name);
  await connection.sendNotification('textDocument/didOpen', {
    textDocument: { uri, languageId: 'yaml', version: 1, text },
  });
  return uri;
}

/** The codes published for a file last, once they are these. */
async function untilPublished(uri: string, codes: readonly string[]): Promise<void> {
  const last = () => published.findLast((each) => each.uri === uri)?.diagnostics.map(({ code }) => code);
  while (JSON.stringify(last()) !== JSON.stringify(codes)) await wake.promise;
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ecosystem-'));
});
afterEach(async () => {
  await server.stop();
  await rm(folder, { recursive: true, force: true });
});

const project = 'conda_env: conda.yaml\nentry_points:\n  main:\n    command: python train.py {alpha}\n';

describe('other tools’ files over stdio', () => {
  test('are asked for as YAML by few features of their own, and answered where the editor asks', async () => {
    await writeFile(join(folder, 'conda.yaml'), 'dependencies: [python]\n');
    await start({
      textDocument: { diagnostic: {}, synchronization: { dynamicRegistration: true } },
      workspace: { diagnostics: { refreshSupport: true } },
    });
    const { registrations } = await registered;
    expect(registrations.map(({ method }) => method).sort()).toEqual([
      'textDocument/codeAction',
      'textDocument/completion',
      'textDocument/definition',
      'textDocument/diagnostic',
      'textDocument/didChange',
      'textDocument/didClose',
      'textDocument/didOpen',
      'textDocument/documentLink',
      'textDocument/documentSymbol',
      'textDocument/hover',
    ]);
    for (const { registerOptions } of registrations)
      expect(registerOptions).toMatchObject({ documentSelector: [{ language: 'yaml' }] });

    const uri = await open('MLproject', project);
    const textDocument = { uri };
    const report = await connection.sendRequest<FullDocumentDiagnosticReport>('textDocument/diagnostic', {
      textDocument,
    });
    expect(report.items).toMatchObject([{ code: 'ecosystem-reference', source: 'mlops' }]);
    const items = await connection.sendRequest<CompletionItem[]>('textDocument/completion', {
      textDocument,
      position: { line: 0, character: 0 },
    });
    expect(items.map(({ label }) => label)).toContain('name');
    await expect
      .poll(() => connection.sendRequest<DocumentLink[]>('textDocument/documentLink', { textDocument }))
      .toMatchObject([{ target: uriOf('conda.yaml') }]);
    const places = await connection.sendRequest<Location[]>('textDocument/definition', {
      textDocument,
      position: { line: 0, character: 14 },
    });
    expect(places).toMatchObject([{ uri: uriOf('conda.yaml') }]);
  });

  test('have their slips corrected by quick fixes', async () => {
    await start({});
    const text =
      'entry_points:\n  main:\n    parameters: {alpha: float}\n    comand: python a.py {alpa}\n    command: python a.py {alpa}\n';
    const textDocument = { uri: await open('MLproject', text) };
    const titles = async (line: number) => {
      const range = { start: { line, character: 0 }, end: { line, character: 40 } };
      const params = { textDocument, range, context: { diagnostics: [] } };
      const actions = await connection.sendRequest<CodeAction[]>('textDocument/codeAction', params);
      return actions.map(
        ({ title, edit }) => `${title} ${edit?.changes?.[textDocument.uri]?.[0]?.range.start.character}`,
      );
    };
    expect(await titles(3)).toEqual(['Change to command 4']);
    expect(await titles(4)).toEqual(['Change to alpha 26']);
  });

  test('are checked again when what lies beside them is known, and when a setting changes', async () => {
    await start({});
    const uri = await open('MLproject', project);
    await untilPublished(uri, ['ecosystem-missing-file', 'ecosystem-reference']);
    const settings = { ecosystem: { mlproject: { enabled: false } } };
    await connection.sendNotification('workspace/changed', { trusted: false, settings });
    await untilPublished(uri, []);
  });

  test('are told from all other YAML, of which nothing is said', async () => {
    await start({});
    const other = await open('values.yaml', 'kind: [\n');
    const uri = await open('dvc.yaml', 'stages:\n  a: {deps: [b]}\n');
    await untilPublished(uri, ['ecosystem-missing-key']);
    expect(published.some((each) => each.uri === other)).toBe(false);
  });
});
