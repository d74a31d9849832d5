import { PassThrough } from 'node:stream';
import { pathToFileURL } from 'node:url';
import { createMessageConnection, ResponseError, StreamMessageReader, StreamMessageWriter } from 'vscode-jsonrpc/node';
import type { NotificationDefinition, ParamsOf, RequestDefinition, ResultOf } from '#schemas/protocol/request.ts';
import { allowOrigin, getCredential, workspaceChanged } from '#schemas/protocol/workspace.ts';
import { createBackend } from '#server/rpc/backend.ts';

export interface BackendClient {
  /** The folder as requests name it. */
  readonly folder: string;
  ask<D extends RequestDefinition>(definition: D, params: Omit<ParamsOf<D>, 'folder'>): Promise<ResultOf<D>>;
  tell<D extends NotificationDefinition>(definition: D, params: Omit<ParamsOf<D>, 'folder'>): Promise<void>;
  /** The next notification of that kind. */
  next<D extends NotificationDefinition>(definition: D): Promise<ParamsOf<D>>;
  dispose(): Promise<void>;
}

/** A backend in this process, asked over JSON-RPC as the client asks it; it checks its own answers against the schemas. */
export function startBackend(folder: string): BackendClient {
  const [up, down] = [new PassThrough(), new PassThrough()];
  const server = createMessageConnection(new StreamMessageReader(up), new StreamMessageWriter(down));
  const client = createMessageConnection(new StreamMessageReader(down), new StreamMessageWriter(up));
  const backend = createBackend(server, { env: { VITEST: 'true' } });
  server.listen();
  client.listen();
  client.onRequest(getCredential.method, () => ({ credential: null }));
  client.onRequest(allowOrigin.method, () => ({ allowed: true }));
  client.onUnhandledNotification(() => undefined);
  const uri = pathToFileURL(folder).href;
  client
    .sendNotification(workspaceChanged.method, {
      trusted: true,
      settings: { experiments: { refreshSeconds: 1 } },
    })
    .catch(() => undefined);

  async function ask<D extends RequestDefinition>(definition: D, params: object): Promise<ResultOf<D>>;
  async function ask(definition: RequestDefinition, params: object): Promise<unknown> {
    try {
      return await client.sendRequest(definition.method, { folder: uri, ...params });
    } catch (error) {
      throw error instanceof ResponseError && error.data ? Object.assign(new Error(error.message), error.data) : error;
    }
  }
  return {
    folder: uri,
    ask,
    tell: (definition, params) => client.sendNotification(definition.method, { folder: uri, ...params }),
    next: (definition) =>
      new Promise((resolve) => {
        const subscription = client.onNotification(definition.method, (params) => {
          subscription.dispose();
          resolve(params);
        });
      }),
    async dispose() {
      await backend.dispose();
      client.dispose();
      server.dispose();
    },
  };
}
