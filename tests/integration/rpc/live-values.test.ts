import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { MessageConnection } from 'vscode-jsonrpc/node';
import type { CompletionItem, CompletionList, Hover } from 'vscode-languageserver/node';
import { type LanguageProcess, startLanguageProcess } from './language-process.ts';

const store = fileURLToPath(new URL('../../../docs/examples/churn/mlflow.db', import.meta.url));
const text = `apiVersion: mlops/v1
kind: Model
metadata: {name: churn}
validation:
  gates:
    - metric: auc
      minimum: 0.8
`;
const position = { line: 5, character: 15 };

/** An editor with a folder open, talking to the real language process, which starts the real backend. */
class Editor {
  readonly #server: LanguageProcess;
  readonly #connection: MessageConnection;
  readonly uri: string;

  private constructor(folder: string) {
    this.uri = pathToFileURL(join(folder, 'model.mlops.yaml')).href;
    this.#server = startLanguageProcess({ MLFLOW_TRACKING_URI: '' });
    this.#connection = this.#server.connection;
    this.#connection.listen();
  }

  static async open(folder: string, trusted: boolean): Promise<Editor> {
    const editor = new Editor(folder);
    const uri = pathToFileURL(folder).href;
    await editor.#connection.sendRequest('initialize', {
      processId: process.pid,
      rootUri: uri,
      workspaceFolders: [{ uri, name: 'churn' }],
      capabilities: {},
      initializationOptions: { trusted },
    });
    await editor.#connection.sendNotification('initialized', {});
    await editor.#connection.sendNotification('textDocument/didOpen', {
      textDocument: { uri: editor.uri, languageId: 'mlops', version: 1, text },
    });
    return editor;
  }

  async complete(): Promise<{ items: CompletionItem[]; isIncomplete: boolean }> {
    const list = await this.#connection.sendRequest<CompletionItem[] | CompletionList>('textDocument/completion', {
      textDocument: { uri: this.uri },
      position,
    });
    return Array.isArray(list) ? { items: list, isIncomplete: false } : list;
  }

  hover(): Promise<Hover | null> {
    return this.#connection.sendRequest('textDocument/hover', { textDocument: { uri: this.uri }, position });
  }

  stop(): Promise<void> {
    return this.#server.stop();
  }
}

let folder: string;
let editor: Editor;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'live-'));
  await cp(store, join(folder, 'mlflow.db'));
});
afterEach(async () => {
  await editor.stop();
  await rm(folder, { recursive: true, force: true });
});

const cacheFile = () => join(folder, '.mlops', 'cache', 'live-values.json');
const auc = (items: readonly CompletionItem[]) => items.find(({ label }) => label === 'auc');

describe('live values over stdio, from a store that MLflow wrote', () => {
  test('come without anyone waiting: the first list says it is incomplete, a later one has the metrics', async () => {
    editor = await Editor.open(folder, true);
    const first = await editor.complete();
    expect(first.isIncomplete).toBe(true);
    expect(auc(first.items)?.detail).toBe('example');
    await expect
      .poll(async () => auc((await editor.complete()).items)?.detail, { timeout: 4_000 })
      .toMatch(/^metric of \d+ runs · best 0\.\d+ · seen just now$/);
    const { items, isIncomplete } = await editor.complete();
    expect(isIncomplete).toBe(false);
    expect(items.filter(({ label }) => label === 'auc')).toHaveLength(1);
    expect(JSON.stringify((await editor.hover())?.contents)).toMatch(/metric of \d+ runs/);
    await expect.poll(() => existsSync(cacheFile())).toBe(true);
    expect(await readFile(join(folder, '.mlops', 'cache', '.gitignore'), 'utf8')).toBe('*\n');
  });

  test('are there at once in a fresh window, with their age, and newer ones follow', async () => {
    const trackers = [
      {
        tracker: 'mlflow.db',
        experiments: [],
        metrics: [{ name: 'auc', runs: 2, best: 0.5, recent: [0.5] }],
        params: [],
      },
    ];
    const at = Date.now() - 3 * 86_400_000;
    await mkdir(join(folder, '.mlops', 'cache'), { recursive: true });
    await writeFile(cacheFile(), JSON.stringify({ version: 1, at, trackers }));
    editor = await Editor.open(folder, true);
    // The file is read long before the backend, which the first question starts, can answer.
    await expect
      .poll(async () => auc((await editor.complete()).items)?.detail, { interval: 1 })
      .toMatch(/^metric of 2 runs · best 0\.5 · seen 3 days ago$/);
    await expect
      .poll(async () => auc((await editor.complete()).items)?.detail, { timeout: 4_000 })
      .toMatch(/seen just now$/);
  });

  test('follow the configuration: another tracker is asked as soon as it is the one that is named', async () => {
    editor = await Editor.open(folder, true);
    await expect
      .poll(async () => auc((await editor.complete()).items)?.detail, { timeout: 4_000 })
      .toMatch(/seen just now$/);
    const other = { uri: pathToFileURL(join(folder, 'empty')).href };
    await mkdir(join(folder, 'empty'));
    await writeFile(
      join(folder, 'mlops.yaml'),
      `apiVersion: mlops/v1\nkind: Workspace\nmetadata: {name: churn}\ntracking: [{name: other, backend: mlflow, uri: "${other.uri}"}]\n`,
    );
    await expect.poll(async () => auc((await editor.complete()).items)?.detail, { timeout: 4_000 }).toBe('example');
  });

  test('a cache that can’t be read is as good as none', async () => {
    await mkdir(join(folder, '.mlops', 'cache'), { recursive: true });
    await writeFile(cacheFile(), '{"version": 1, "trackers": [{}]}');
    editor = await Editor.open(folder, true);
    await expect
      .poll(async () => auc((await editor.complete()).items)?.detail, { timeout: 4_000 })
      .toMatch(/seen just now$/);
  });

  test('are not asked for in an untrusted folder: nothing is read, nothing written', async () => {
    editor = await Editor.open(folder, false);
    const { items, isIncomplete } = await editor.complete();
    expect([isIncomplete, auc(items)?.detail]).toEqual([false, 'example']);
    expect(existsSync(join(folder, '.mlops'))).toBe(false);
  });
});
