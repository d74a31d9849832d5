import { type CancellationToken, CancellationTokenSource, type Disposable, type Webview } from 'vscode';
import { createMessageConnection, ErrorCodes, type MessageConnection, ResponseError } from 'vscode-jsonrpc/node';
import type { z } from 'zod';
import type { NotificationDefinition, RequestDefinition } from '#schemas/protocol/request.ts';
import {
  forwardedFromWebview,
  type PanelState,
  panelInitialize,
  panelProgress,
  panelShow,
  toldToWebview,
} from '#schemas/protocol/webview.ts';
import { toFailure } from '../platform/failures.ts';
import type { RequestOptions, Server } from '../platform/server-connection.ts';
import { isRpcMessage, WebviewReader, WebviewWriter } from './message-port.ts';

/** Answers one of the `host/…` requests; `token` is cancelled when the page cancels or goes away. */
export interface HostRequest {
  readonly definition: RequestDefinition;
  readonly handle: (params: unknown, token: CancellationToken) => Promise<unknown>;
}

export function hostRequest<P extends z.ZodType, R extends z.ZodType>(
  definition: RequestDefinition<P, R>,
  handle: (params: z.output<P>, token: CancellationToken) => Promise<z.input<R>>,
): HostRequest {
  return { definition, handle: async (params, token) => handle(definition.params.parse(params), token) };
}

export interface PanelHostOptions {
  readonly webview: Pick<Webview, 'onDidReceiveMessage' | 'postMessage'>;
  readonly state: PanelState;
  readonly server: Pick<Server, 'request'>;
  readonly requests: readonly HostRequest[];
}

/**
 * The host's end of one panel. A page that was hidden is made anew when it is shown, and numbers its requests from the
 * start: each page has a connection of its own, so that no answer to an old page reaches a new one.
 */
export class PanelHost implements Disposable {
  private readonly webview: PanelHostOptions['webview'];
  private current: PanelState;
  private readonly server: PanelHostOptions['server'];
  private readonly requests: readonly HostRequest[];
  private page: { connection: MessageConnection; reader: WebviewReader; gone: CancellationTokenSource } | undefined;

  constructor({ webview, state, server, requests }: PanelHostOptions) {
    this.webview = webview;
    this.current = state;
    this.server = server;
    this.requests = requests;
    webview.onDidReceiveMessage((message: unknown) => {
      if (!isRpcMessage(message)) return;
      if (message.method === panelInitialize.method) this.connect();
      this.page?.reader.receive(message);
    });
  }

  get state(): PanelState {
    return this.current;
  }

  /** Shows something else in the same panel. */
  show(state: PanelState): void {
    this.current = state;
    this.tell(panelShow, { state });
  }

  tell<P extends z.ZodType>(definition: NotificationDefinition<P>, params: z.input<P>): void {
    this.page?.connection.sendNotification(definition.method, params).catch(() => undefined);
  }

  dispose(): void {
    this.page?.gone.cancel();
    this.page?.connection.dispose();
    this.page = undefined;
  }

  private connect(): void {
    this.dispose();
    const reader = new WebviewReader();
    const connection = createMessageConnection(reader, new WebviewWriter(this.webview));
    const gone = new CancellationTokenSource();
    this.page = { connection, reader, gone };
    const initialize = hostRequest(panelInitialize, async () => ({ state: this.current }));
    // The host's own come last, so that they stand in for what would be handed on unseen.
    for (const request of [...this.forwarded(), ...this.requests, initialize]) answer(connection, request, gone.token);
    connection.listen();
  }

  /** Requests that go on to the server as they are, once parsed; any other is refused by the connection. */
  private forwarded(): HostRequest[] {
    return forwardedFromWebview.map((definition) =>
      hostRequest(definition, (params, token) =>
        this.server.request(definition, params, { token, ...this.progressOf(definition) }),
      ),
    );
  }

  private progressOf(definition: RequestDefinition): Pick<RequestOptions, 'onProgress'> {
    if (!toldToWebview.has(definition)) return {};
    const { method } = definition;
    return {
      onProgress: (message = '', percentage = undefined) =>
        this.tell(panelProgress, { method, message, percentage: percentage ?? null }),
    };
  }
}

function answer(connection: MessageConnection, { definition, handle }: HostRequest, gone: CancellationToken): void {
  connection.onRequest(definition.method, async (params: unknown, token) => {
    const source = new CancellationTokenSource();
    const subscriptions = [
      token.onCancellationRequested(() => source.cancel()),
      gone.onCancellationRequested(() => source.cancel()),
    ];
    try {
      return await handle(params, source.token);
    } catch (error) {
      const failure = toFailure(error);
      return new ResponseError(ErrorCodes.InternalError, failure.message, failure);
    } finally {
      for (const subscription of subscriptions) subscription.dispose();
      source.dispose();
    }
  });
}
