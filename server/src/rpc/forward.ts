import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import {
  type CancellationToken,
  CancellationTokenSource,
  type Disposable,
  ErrorCodes,
  type MessageConnection,
  ResponseError,
  type StarNotificationHandler,
  type StarRequestHandler,
} from 'vscode-jsonrpc/node';
import { clientPrefix, isBackendMethod } from '#schemas/protocol/routing.ts';
import {
  backendRestarted,
  type InitializationOptions,
  initializationOptions,
  workspaceChanged,
} from '#schemas/protocol/workspace.ts';
import { type BackendProcess, createBackendProcess } from '../platform/backend-process.ts';
import { FailureError, toFailure } from '../platform/failure.ts';
import { tell } from './progress.ts';
import { requestCancelled, requestFailed } from './register.ts';

/** The part of a connection to the client that forwarding needs; a language server's and a plain one both have it. */
interface ClientConnection {
  onRequest(handler: StarRequestHandler): Disposable;
  onNotification(handler: StarNotificationHandler): Disposable;
  sendRequest(method: string, params: unknown, token?: CancellationToken): Promise<unknown>;
  sendNotification(method: string, params: unknown): Promise<void>;
}

export interface BackendForwarding {
  /** What `initialize` brought; before it nothing is trusted. `workspace/changed` is followed without help. */
  configure(options: InitializationOptions): void;
  /** Asks the backend, which the first question starts, as the client would: refused without trust. */
  ask(method: string, params: unknown, signal: AbortSignal): Promise<unknown>;
  /** Null while no backend runs. */
  readonly pid: number | null;
  /** Ends the backend and waits for it. */
  dispose(): Promise<void>;
}

/**
 * Hands the backend's requests and notifications on, unread: by their prefix from the client to the backend process,
 * which the first one starts, and `client/…` and what changed from the backend to the client.
 */
export function registerBackendForwarding(
  connection: ClientConnection,
  options: {
    backendPath?: string;
    env?: NodeJS.ProcessEnv;
    /** Trust or settings changed. */
    onStateChanged?: (state: InitializationOptions) => void;
    /** The backend told the client something. */
    onTold?: (method: string, params: unknown) => void;
  } = {},
): BackendForwarding {
  let state: InitializationOptions = initializationOptions.parse({ trusted: false });
  const log = (type: 1 | 2 | 3 | 4, message: string) => tell(connection, 'window/logMessage', { type, message });

  const backend = createBackendProcess({
    path: options.backendPath ?? findBackend(),
    env: () => childEnvironment(options.env ?? process.env, state),
    prepare: (child) => {
      attach(child, connection, options.onTold);
      // Comes before any request: messages keep their order.
      tell(child, workspaceChanged.method, state);
    },
    onEnded: ({ reason, retryInMs }) => {
      log(1, `The backend process ended (${reason}).`);
      tell(connection, backendRestarted.method, { reason, retryInMs });
    },
    onOutput: (text) => log(4, `backend: ${text}`),
  });

  connection.onRequest((method, params, token) => forwardRequest({ backend, state, method, params, token }));
  connection.onNotification((method, params) => {
    if (method === workspaceChanged.method) {
      const parsed = initializationOptions.safeParse(params);
      if (!parsed.success) return log(1, 'workspace/changed was ignored: not as agreed.');
      const lostTrust = state.trusted && !parsed.data.trusted;
      state = parsed.data;
      options.onStateChanged?.(state);
      if (lostTrust) backend.stop().catch(() => undefined);
      else backend.notify(method, state);
    } else if (isBackendMethod(method) && state.trusted) {
      backend.notify(method, params);
    }
  });

  return {
    configure(next) {
      state = next;
      backend.notify(workspaceChanged.method, state);
    },
    async ask(method, params, signal) {
      const cancelling = new CancellationTokenSource();
      const cancel = () => cancelling.cancel();
      signal.addEventListener('abort', cancel, { once: true });
      try {
        return await forwardRequest({ backend, state, method, params, token: cancelling.token });
      } finally {
        signal.removeEventListener('abort', cancel);
        cancelling.dispose();
      }
    },
    get pid() {
      return backend.pid;
    },
    dispose: () => backend.stop(),
  };
}

interface ForwardedRequest {
  readonly backend: BackendProcess;
  readonly state: InitializationOptions;
  readonly method: string;
  readonly params: unknown;
  readonly token: CancellationToken;
}

async function forwardRequest({ backend, state, method, params, token }: ForwardedRequest): Promise<unknown> {
  if (!isBackendMethod(method)) throw new ResponseError(ErrorCodes.MethodNotFound, `Unhandled method ${method}`);
  if (!state.trusted) throw asResponseError(untrusted());
  // A token that is cancelled already tells nobody later.
  if (token.isCancellationRequested) throw new ResponseError(requestCancelled, 'Cancelled.');
  try {
    return await backend.request(method, params, token);
  } catch (error) {
    throw asResponseError(error);
  }
}

function attach(
  child: MessageConnection,
  client: ClientConnection,
  onTold?: (method: string, params: unknown) => void,
): void {
  child.onRequest(async (method, params, token) => {
    if (!method.startsWith(clientPrefix)) {
      throw new ResponseError(ErrorCodes.MethodNotFound, `Unhandled method ${method}`);
    }
    return client.sendRequest(method, params, token);
  });
  child.onNotification((method, params) => {
    if (isBackendMethod(method)) onTold?.(method, params);
    if (isBackendMethod(method) || method === 'window/logMessage') tell(client, method, params);
  });
  child.onUnhandledProgress((progress) => tell(client, '$/progress', progress));
}

function untrusted(): FailureError {
  return new FailureError('untrusted', 'This workspace is not trusted: nothing is opened and nothing connects.', {
    remedy: 'Trust the workspace to see its experiments.',
  });
}

function asResponseError(error: unknown): ResponseError<unknown> {
  if (error instanceof ResponseError) return error;
  const failure = toFailure(error);
  return new ResponseError(requestFailed, failure.message, failure);
}

function childEnvironment(env: NodeJS.ProcessEnv, state: InitializationOptions): NodeJS.ProcessEnv {
  return {
    ...env,
    // NODE_EXTRA_CA_CERTS among it is read when a process starts.
    ...state.proxyEnvironment,
    ...(process.versions.electron === undefined ? {} : { ELECTRON_RUN_AS_NODE: '1' }),
  };
}

// Beside the bundle this ends up in (or its chunk's folder), or in the sources.
function findBackend(): string {
  const places = ['./backend.js', '../backend.js', '../backend.ts'].map((path) =>
    fileURLToPath(new URL(path, import.meta.url)),
  );
  const found = places.find((path) => existsSync(path));
  if (found === undefined) throw new Error(`backend.js is missing beside ${import.meta.url}`);
  return found;
}
