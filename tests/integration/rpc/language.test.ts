import { afterEach, describe, expect, test } from 'vitest';
import type { MessageConnection } from 'vscode-jsonrpc/node';
import type {
  CompletionItem,
  Diagnostic,
  DocumentSymbol,
  FullDocumentDiagnosticReport,
  Hover,
  InitializeResult,
  PublishDiagnosticsParams,
} from 'vscode-languageserver/node';
import { type LanguageProcess, startLanguageProcess } from './language-process.ts';

const uri = 'file:///workspace/train.mlops.yaml';
const head = 'apiVersion: mlops/v1\nkind: Pipeline\nmetadata: {name: train}\n';
const wrong = `${head}steps:\n  a:\n    run: x\n    tiemout: 5m\n`;

/** An editor that talks to the real language process over its standard input and output. */
class Editor {
  readonly #server: LanguageProcess;
  readonly #connection: MessageConnection;
  readonly published: PublishDiagnosticsParams[] = [];
  #wake = Promise.withResolvers<void>();

  constructor() {
    this.#server = startLanguageProcess();
    this.#connection = this.#server.connection;
    this.#connection.onNotification('textDocument/publishDiagnostics', (params: PublishDiagnosticsParams) => {
      this.published.push(params);
      this.#wake.resolve();
      this.#wake = Promise.withResolvers();
    });
    this.#connection.listen();
  }

  async start({ pull }: { pull: boolean }): Promise<InitializeResult> {
    const textDocument = pull ? { diagnostic: {} } : {};
    const result = await this.ask<InitializeResult>('initialize', {
      processId: process.pid,
      rootUri: null,
      capabilities: { textDocument },
    });
    await this.#connection.sendNotification('initialized', {});
    return result;
  }

  ask<T>(method: string, params: object): Promise<T> {
    return this.#connection.sendRequest(method, params);
  }

  open(text: string, languageId = 'mlops', document = uri): Promise<void> {
    const textDocument = { uri: document, languageId, version: 1, text };
    return this.#connection.sendNotification('textDocument/didOpen', { textDocument });
  }

  change(version: number, contentChanges: readonly object[]): Promise<void> {
    return this.#connection.sendNotification('textDocument/didChange', {
      textDocument: { uri, version },
      contentChanges,
    });
  }

  close(): Promise<void> {
    return this.#connection.sendNotification('textDocument/didClose', { textDocument: { uri } });
  }

  async diagnostics(): Promise<readonly Diagnostic[]> {
    const report = await this.ask<FullDocumentDiagnosticReport>('textDocument/diagnostic', { textDocument: { uri } });
    return report.items;
  }

  /** The last diagnostics that were published, once `count` times were. */
  async publishedOnce(count: number): Promise<PublishDiagnosticsParams | undefined> {
    while (this.published.length < count) await this.#wake.promise;
    return this.published.at(-1);
  }

  stop(): Promise<void> {
    return this.#server.stop();
  }
}

let editor: Editor;
const started = async (options: { pull: boolean }) => {
  editor = new Editor();
  return await editor.start(options);
};
afterEach(() => editor.stop());

const codes = (items: readonly Diagnostic[]) => items.map(({ code }) => code);

describe('the language process over stdio', () => {
  test('says what it can, and answers diagnostics where the editor asks for them', async () => {
    const { capabilities } = await started({ pull: true });
    expect(capabilities).toMatchObject({ hoverProvider: true, documentSymbolProvider: true });
    expect(capabilities.diagnosticProvider).toBeDefined();
    await editor.open(wrong);
    const [only] = await editor.diagnostics();
    expect(only).toMatchObject({
      code: 'schema-unknown-key',
      source: 'mlops',
      range: { start: { line: 6, character: 4 }, end: { line: 6, character: 11 } },
    });
    expect(only?.codeDescription?.href).toMatch(/docs\/diagnostics\/schema-unknown-key\.md$/);
    expect(editor.published).toEqual([]);
  });

  test('publishes them, with the version, where the editor does not; a closed file has none', async () => {
    const { capabilities } = await started({ pull: false });
    expect(capabilities.diagnosticProvider).toBeUndefined();
    await editor.open(wrong);
    const first = await editor.publishedOnce(1);
    expect([first?.version, codes(first?.diagnostics ?? [])]).toEqual([1, ['schema-unknown-key']]);
    const range = { start: { line: 6, character: 4 }, end: { line: 6, character: 11 } };
    await editor.change(2, [{ range, text: 'timeout' }]);
    expect(await editor.publishedOnce(2)).toMatchObject({ version: 2, diagnostics: [] });
    await editor.change(3, [{ text: wrong }]);
    expect((await editor.publishedOnce(3))?.diagnostics).toHaveLength(1);
    await editor.close();
    expect(await editor.publishedOnce(4)).toEqual({ uri, diagnostics: [] });
  });

  test('follows edits in the order they come, also several in one message', async () => {
    await started({ pull: true });
    await editor.open(wrong);
    const at = (line: number, start: number, end: number) => ({
      start: { line, character: start },
      end: { line, character: end },
    });
    await editor.change(2, [
      { range: at(6, 4, 11), text: 'timeout' },
      { range: at(6, 13, 15), text: '😀' },
      { range: at(6, 13, 15), text: '1h' },
    ]);
    expect(await editor.diagnostics()).toEqual([]);
  });

  test('completes, explains and outlines below a line that is broken', async () => {
    await started({ pull: true });
    await editor.open(`${head}steps:\n  broken:\n    run: "x\n  a:\n    run: y\n    \n`);
    const textDocument = { uri };
    const items = await editor.ask<CompletionItem[]>('textDocument/completion', {
      textDocument,
      position: { line: 8, character: 4 },
    });
    expect(items.map(({ label }) => label)).toContain('timeout');
    const hover = await editor.ask<Hover>('textDocument/hover', { textDocument, position: { line: 7, character: 5 } });
    expect(JSON.stringify(hover.contents)).toContain('run');
    const symbols = await editor.ask<DocumentSymbol[]>('textDocument/documentSymbol', { textDocument });
    const steps = symbols[0]?.children?.find(({ name }) => name === 'steps');
    expect(steps?.children?.map(({ name }) => name)).toEqual(['broken', 'a']);
  });

  test('leaves files alone that are not ours, and knows ours by their name', async () => {
    await started({ pull: true });
    await editor.open(wrong, 'yaml', 'file:///workspace/values.yaml');
    const textDocument = { uri: 'file:///workspace/values.yaml' };
    const report = await editor.ask<FullDocumentDiagnosticReport>('textDocument/diagnostic', { textDocument });
    expect(report.items).toEqual([]);
    await editor.open(wrong, 'yaml');
    expect(codes(await editor.diagnostics())).toEqual(['schema-unknown-key']);
  });

  test('survives a name that is no URI', async () => {
    await started({ pull: true });
    await editor.open(wrong, 'yaml', 'file:///workspace/%E0%A4%A.mlops.yaml');
    await editor.open(wrong);
    expect(codes(await editor.diagnostics())).toEqual(['schema-unknown-key']);
  });
});
