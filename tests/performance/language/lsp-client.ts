import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  createMessageConnection,
  type MessageConnection,
  StreamMessageReader,
  StreamMessageWriter,
} from 'vscode-jsonrpc/node';
import type { Diagnostic, Position, PublishDiagnosticsParams } from 'vscode-languageserver/node';

export interface ServerCommand {
  readonly args: readonly string[];
  /** Answers `workspace/configuration`, section by section. */
  readonly settings: Readonly<Record<string, unknown>>;
  readonly languageId: string;
}

/** An editor with one language server, over its standard input and output, that waits for diagnostics as they come. */
export class LspClient {
  readonly #connection: MessageConnection;
  readonly #languageId: string;
  readonly #ended: Promise<unknown>;
  /** Undefined where the process could not be started. */
  readonly pid: number | undefined;
  readonly #waiting = new Map<string, (diagnostics: readonly Diagnostic[]) => void>();
  readonly #versions = new Map<string, number>();

  private constructor(command: ServerCommand) {
    const child = spawn(process.execPath, [...command.args, '--stdio'], { stdio: ['pipe', 'pipe', 'ignore'] });
    this.#ended = once(child, 'exit');
    this.pid = child.pid;
    this.#languageId = command.languageId;
    this.#connection = createMessageConnection(
      new StreamMessageReader(child.stdout),
      new StreamMessageWriter(child.stdin),
    );
    this.#connection.onRequest('workspace/configuration', ({ items }: { items: { section?: string }[] }) =>
      items.map(({ section }) => command.settings[section ?? ''] ?? null),
    );
    this.#connection.onRequest('client/registerCapability', () => null);
    this.#connection.onNotification('textDocument/publishDiagnostics', (params: PublishDiagnosticsParams) => {
      const version = this.#versions.get(params.uri);
      // An older version's diagnostics may still come in.
      if (params.version !== undefined && params.version !== version) return;
      const done = this.#waiting.get(params.uri);
      this.#waiting.delete(params.uri);
      done?.(params.diagnostics);
    });
    this.#connection.listen();
  }

  static async start(command: ServerCommand, folders: readonly string[] = []): Promise<LspClient> {
    const client = new LspClient(command);
    await client.#connection.sendRequest('initialize', {
      processId: process.pid,
      rootUri: null,
      ...(folders.length > 0 ? { workspaceFolders: folders.map((uri) => ({ uri, name: uri })) } : {}),
      capabilities: {
        workspace: { configuration: true, didChangeConfiguration: { dynamicRegistration: true } },
        textDocument: {
          completion: { completionItem: { snippetSupport: true } },
          publishDiagnostics: { versionSupport: true },
        },
      },
      initializationOptions: { trusted: true },
    });
    await client.#connection.sendNotification('initialized', {});
    await client.#connection.sendNotification('workspace/didChangeConfiguration', { settings: command.settings });
    return client;
  }

  /** Resolves with the diagnostics. */
  async open(uri: string, text: string): Promise<readonly Diagnostic[]> {
    this.#versions.set(uri, 1);
    const published = this.#published(uri);
    const textDocument = { uri, languageId: this.#languageId, version: 1, text };
    await this.#connection.sendNotification('textDocument/didOpen', { textDocument });
    return await published;
  }

  async close(uri: string): Promise<void> {
    await this.#connection.sendNotification('textDocument/didClose', { textDocument: { uri } });
  }

  /** One edit; resolves with the diagnostics that follow it. */
  async edit(uri: string, start: Position, end: Position, text: string): Promise<readonly Diagnostic[]> {
    const version = (this.#versions.get(uri) ?? 0) + 1;
    this.#versions.set(uri, version);
    const published = this.#published(uri);
    const contentChanges = [{ range: { start, end }, text }];
    await this.#connection.sendNotification('textDocument/didChange', {
      textDocument: { uri, version },
      contentChanges,
    });
    return await published;
  }

  async ask(method: 'completion' | 'hover', uri: string, position: Position): Promise<unknown> {
    return await this.#connection.sendRequest(`textDocument/${method}`, { textDocument: { uri }, position });
  }

  /** Resolves with what the server logs next that fits. */
  logged(pattern: RegExp): Promise<RegExpExecArray> {
    return new Promise((done) => {
      const listening = this.#connection.onNotification('window/logMessage', ({ message }: { message: string }) => {
        const found = pattern.exec(message);
        if (!found) return;
        listening.dispose();
        done(found);
      });
    });
  }

  #published(uri: string): Promise<readonly Diagnostic[]> {
    return new Promise((done) => this.#waiting.set(uri, done));
  }

  async stop(): Promise<void> {
    await this.#connection.sendRequest('shutdown');
    await this.#connection.sendNotification('exit');
    await this.#ended;
    this.#connection.dispose();
  }
}
