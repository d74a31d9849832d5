import {
  AbstractMessageReader,
  AbstractMessageWriter,
  CancellationTokenSource,
  createMessageConnection,
  type DataCallback,
  type Disposable,
  type Message,
  type MessageConnection,
  type MessageReader,
  type MessageWriter,
  ResponseError,
} from 'vscode-jsonrpc/browser';
import type { z } from 'zod';
import { failure } from '#schemas/domain/failure.ts';
import type { NotificationDefinition, RequestDefinition } from '#schemas/protocol/request.ts';
import { HostFailure } from './host-failure.ts';

/** What VS Code gives a webview's page; it can be had once. */
export interface VsCodeApi {
  postMessage(message: unknown): void;
  getState(): unknown;
  setState(state: unknown): void;
}

declare global {
  function acquireVsCodeApi(): VsCodeApi;
}

/** The page's end of the connection to its host. */
export interface Host {
  /** Rejects with {@link HostFailure}; with `AbortError` as soon as `signal` is aborted, and tells the host to stop. */
  request<P extends z.ZodType, R extends z.ZodType>(
    definition: RequestDefinition<P, R>,
    params: z.input<P>,
    signal?: AbortSignal,
  ): Promise<z.output<R>>;
  on<P extends z.ZodType>(definition: NotificationDefinition<P>, handler: (params: z.output<P>) => void): void;
}

class PageReader extends AbstractMessageReader implements MessageReader {
  listen(callback: DataCallback): Disposable {
    const receive = (event: MessageEvent<unknown>) => {
      if (isMessage(event.data)) callback(event.data);
    };
    window.addEventListener('message', receive);
    return { dispose: () => window.removeEventListener('message', receive) };
  }
}

class PageWriter extends AbstractMessageWriter implements MessageWriter {
  readonly #api: VsCodeApi;

  constructor(api: VsCodeApi) {
    super();
    this.#api = api;
  }

  async write(message: Message): Promise<void> {
    this.#api.postMessage(message);
  }

  end(): void {}
}

function isMessage(data: unknown): data is Message {
  return typeof data === 'object' && data !== null && 'jsonrpc' in data && data.jsonrpc === '2.0';
}

/** Connects the page to its host. Call once. */
export function connectToHost(api: VsCodeApi): Host {
  const connection = createMessageConnection(new PageReader(), new PageWriter(api));
  connection.listen();
  return {
    request: (definition, params, signal) => send({ connection, definition, params, signal }),
    on(definition, handler) {
      connection.onNotification(definition.method, (raw: unknown) => {
        const parsed = definition.params.safeParse(raw);
        if (parsed.success) handler(parsed.data);
      });
    },
  };
}

interface Sending<P extends z.ZodType, R extends z.ZodType> {
  readonly connection: MessageConnection;
  readonly definition: RequestDefinition<P, R>;
  readonly params: z.input<P>;
  readonly signal: AbortSignal | undefined;
}

async function send<P extends z.ZodType, R extends z.ZodType>(request: Sending<P, R>): Promise<z.output<R>> {
  const { connection, definition, params, signal } = request;
  signal?.throwIfAborted();
  const source = new CancellationTokenSource();
  const aborted = Promise.withResolvers<never>();
  const abort = () => {
    source.cancel();
    aborted.reject(signal?.reason);
  };
  signal?.addEventListener('abort', abort, { once: true });
  try {
    const answer: Promise<unknown> = connection.sendRequest(definition.method, params, source.token);
    const result = await Promise.race([answer, aborted.promise]);
    const parsed = definition.result.safeParse(result);
    if (parsed.success) return parsed.data;
    throw new HostFailure('internal', `The answer to ${definition.method} is not as agreed.`, 'Reload the window.');
  } catch (error) {
    throw toHostFailure(error, signal);
  } finally {
    signal?.removeEventListener('abort', abort);
    source.dispose();
  }
}

function toHostFailure(error: unknown, signal: AbortSignal | undefined): unknown {
  if (signal?.aborted || error instanceof HostFailure) return error;
  if (error instanceof ResponseError) {
    const data = failure.safeParse(error.data);
    if (data.success) return new HostFailure(data.data.reason, data.data.message, data.data.remedy);
  }
  return new HostFailure('internal', error instanceof Error ? error.message : String(error), null);
}
