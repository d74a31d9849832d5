import { afterEach, describe, expect, test } from 'vitest';
import type { MessageConnection } from 'vscode-jsonrpc/node';
import type {
  CodeAction,
  FullDocumentDiagnosticReport,
  InitializeResult,
  InlayHint,
  TextEdit,
} from 'vscode-languageserver/node';
import { type LanguageProcess, startLanguageProcess } from './language-process.ts';

const uri = 'file:///workspace/train.mlops.yaml';
const head = 'apiVersion: mlops/v1\nkind: Pipeline\nmetadata: {name: train}\n';
const text = `${head}params: {lr: {type: number, default: 0.1}}\nsteps:\n  a:\n    run: x \${{ params.lr }}\n    tiemout: 5m\n    entrypont: 1\n`;

/** An editor over standard input and output, with settings that the server may ask for. */
class Editor {
  readonly #server: LanguageProcess;
  readonly connection: MessageConnection;
  settings: unknown = null;
  readonly #refreshed: (() => void)[] = [];

  constructor() {
    this.#server = startLanguageProcess();
    this.connection = this.#server.connection;
    this.connection.onRequest('workspace/configuration', ({ items }: { items: { section: string }[] }) =>
      items.map(({ section }) => (section === 'mlops' ? this.settings : null)),
    );
    this.connection.onRequest('client/registerCapability', () => null);
    this.connection.onRequest('workspace/inlayHint/refresh', () => null);
    this.connection.onRequest('workspace/diagnostic/refresh', () => {
      for (const done of this.#refreshed.splice(0)) done();
      return null;
    });
    this.connection.listen();
  }

  refreshed(): Promise<void> {
    return new Promise((resolve) => this.#refreshed.push(resolve));
  }

  async start(capabilities: object, initializationOptions: object = {}): Promise<InitializeResult> {
    const result = await this.connection.sendRequest<InitializeResult>('initialize', {
      processId: process.pid,
      rootUri: null,
      capabilities: { textDocument: { diagnostic: {} }, ...capabilities },
      initializationOptions,
    });
    await this.connection.sendNotification('initialized', {});
    return result;
  }

  open(content: string, document = uri): Promise<void> {
    const textDocument = { uri: document, languageId: 'mlops', version: 3, text: content };
    return this.connection.sendNotification('textDocument/didOpen', { textDocument });
  }

  /** Waits until the diagnostics are those expected: the editor is told each time that they may have changed. */
  async reach(expected: readonly string[]): Promise<string[]> {
    for (;;) {
      const next = this.refreshed();
      const found = await this.severities();
      if (JSON.stringify(found) === JSON.stringify(expected)) return found;
      await next;
    }
  }

  async severities(): Promise<string[]> {
    const report = await this.connection.sendRequest<FullDocumentDiagnosticReport>('textDocument/diagnostic', {
      textDocument: { uri },
    });
    return report.items.map(({ code, severity }) => `${severity} ${code}`);
  }

  actions(line: number, only?: readonly string[]): Promise<CodeAction[]> {
    const position = { line, character: 11 };
    return this.connection.sendRequest('textDocument/codeAction', {
      textDocument: { uri },
      range: { start: position, end: position },
      context: { diagnostics: [], ...(only ? { only } : {}) },
    });
  }

  stop(): Promise<void> {
    return this.#server.stop();
  }
}

let editor: Editor | undefined;
afterEach(() => editor?.stop());

const asked = { workspace: { configuration: true, diagnostics: { refreshSupport: true } } };

describe('settings of the language features', () => {
  // A wrong severity shows as the time limit of the test.
  test('are asked for where the editor can be asked, and again when it says that they changed', async () => {
    editor = new Editor();
    editor.settings = { diagnostics: { severity: { 'schema-unknown-key': 'hint' } } };
    await editor.start(asked);
    await editor.open(text);
    const hints = ['4 schema-unknown-key', '4 schema-unknown-key'];
    expect(await editor.reach(hints)).toEqual(hints);
    editor.settings = { diagnostics: { severity: { 'schema-unknown-key': 'off' } } };
    await editor.connection.sendNotification('workspace/didChangeConfiguration', { settings: null });
    expect(await editor.reach([])).toEqual([]);
  });

  test('are taken from the options at the start, and from what an editor tells that can’t be asked', async () => {
    editor = new Editor();
    const settings = { diagnostics: { severity: { '*': 'warning', nonsense: 'off', 'step-action': 'loud' } } };
    await editor.start({}, { trusted: false, settings });
    await editor.open(text);
    expect(await editor.severities()).toEqual(['2 schema-unknown-key', '2 schema-unknown-key']);
    await editor.connection.sendNotification('workspace/didChangeConfiguration', {
      settings: { mlops: { diagnostics: { severity: { 'schema-unknown-key': 'information' } } } },
    });
    expect(await editor.severities()).toEqual(['3 schema-unknown-key', '3 schema-unknown-key']);
  });

  test('switch inlay hints off by their kind', async () => {
    editor = new Editor();
    await editor.start({});
    await editor.open(text);
    const hints = () =>
      editor?.connection.sendRequest<InlayHint[]>('textDocument/inlayHint', {
        textDocument: { uri },
        range: { start: { line: 0, character: 0 }, end: { line: 99, character: 0 } },
      });
    expect((await hints())?.map(({ label }) => label)).toEqual(['= 0.1']);
    await editor.connection.sendNotification('workspace/didChangeConfiguration', {
      settings: { mlops: { inlayHints: { values: false } } },
    });
    expect(await hints()).toEqual([]);
  });
});

describe('code actions', () => {
  const creating = { workspace: { workspaceEdit: { documentChanges: true, resourceOperations: ['create'] } } };

  test('come by their kinds, and make files where the editor can', async () => {
    editor = new Editor();
    const { capabilities } = await editor.start(creating);
    expect(capabilities.codeActionProvider).toEqual({
      codeActionKinds: ['quickfix', 'refactor.extract', 'source.fixAll.mlops'],
    });
    await editor.open(text);
    const kinds = async (line: number, only?: string[]) =>
      [...new Set((await editor?.actions(line, only))?.map(({ kind }) => kind))].sort();
    expect(await kinds(7)).toEqual(['quickfix']);
    expect(await kinds(7, ['source.fixAll'])).toEqual(['source.fixAll.mlops']);
    expect(await kinds(7, ['source.organizeImports'])).toEqual([]);
    expect(await kinds(5, ['refactor'])).toEqual(['refactor.extract']);
    const [action] = await editor.actions(5, ['refactor.extract']);
    expect(action?.title).toBe('Extract the step a into a.mlops.yaml');
    const changes = action?.edit?.documentChanges ?? [];
    expect(changes).toHaveLength(3);
    expect(changes[0]).toEqual({
      kind: 'create',
      uri: 'file:///workspace/a.mlops.yaml',
      options: { overwrite: false, ignoreIfExists: false },
    });
    expect(changes[1]).toMatchObject({ textDocument: { uri: 'file:///workspace/a.mlops.yaml', version: null } });
    expect(changes[2]).toMatchObject({ textDocument: { uri, version: 3 } });
  });

  test('make no files where the editor can’t', async () => {
    editor = new Editor();
    await editor.start({});
    await editor.open(text);
    expect(await editor.actions(5, ['refactor'])).toEqual([]);
  });
});

test('a new line is indented as it is typed', async () => {
  editor = new Editor();
  const { capabilities } = await editor.start({});
  expect(capabilities.documentOnTypeFormattingProvider?.firstTriggerCharacter).toBe('\n');
  await editor.open(`${head}steps:\n`);
  const edits = await editor.connection.sendRequest<TextEdit[]>('textDocument/onTypeFormatting', {
    textDocument: { uri },
    position: { line: 4, character: 0 },
    ch: '\n',
    options: { tabSize: 2, insertSpaces: true },
  });
  const at = { line: 4, character: 0 };
  expect(edits).toEqual([{ range: { start: at, end: at }, newText: '  ' }]);
});
