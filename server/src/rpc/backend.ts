import { isDeepStrictEqual } from 'node:util';
import type { MessageConnection } from 'vscode-jsonrpc/node';
import { showAlert } from '#schemas/protocol/alerts.ts';
import {
  allowOrigin,
  connectionsChanged,
  credentialsChanged,
  getCredential,
  type InitializationOptions,
  initializationOptions,
  workspaceChanged,
} from '#schemas/protocol/workspace.ts';
import { createLogger, type LogLevel } from '../platform/log.ts';
import { createRedactor } from '../platform/redact.ts';
import { registerAlertHandlers } from './alerts.ts';
import { registerConnectionHandlers } from './connections.ts';
import type { BackendContext } from './context.ts';
import { registerDashboardHandlers } from './dashboards.ts';
import { registerDriftHandlers } from './drift.ts';
import { registerExperimentHandlers } from './experiments.ts';
import { Histories } from './histories.ts';
import { registerModelHandlers } from './models.ts';
import { registerMonitorHandlers } from './monitors.ts';
import { tell } from './progress.ts';
import { notify, onNotification, type Rpc, sendRequest } from './register.ts';
import { createWorkspaces } from './workspaces.ts';

const messageType: Readonly<Record<LogLevel, number>> = { error: 1, warn: 2, info: 3, debug: 5 };

/** Registers all handlers of the backend on a connection. Nothing is opened before `workspace/changed` gives trust. */
export function createBackend(
  connection: MessageConnection,
  options: { env: Readonly<Record<string, string | undefined>> },
): { dispose(): Promise<void> } {
  const redactor = createRedactor();
  const logger = createLogger({
    redactor,
    level: 'debug',
    sink: ({ level, text }) => tell(connection, 'window/logMessage', { type: messageType[level], message: text }),
  });
  const rpc: Rpc = { connection, logger, checkResults: options.env.VITEST !== undefined };
  let state: InitializationOptions = initializationOptions.parse({ trusted: false });

  const workspaces = createWorkspaces({
    environment: () => ({ env: { ...options.env, ...state.proxyEnvironment }, settings: state.settings }),
    trusted: () => state.trusted,
    logger,
    redactor,
    credentials: {
      credential: async (origin, signal) => (await sendRequest(rpc, getCredential, { origin }, signal)).credential,
    },
    permission: {
      allowed: async (request, signal) => (await sendRequest(rpc, allowOrigin, request, signal)).allowed,
    },
    showNotice: async (notice, signal) => {
      await sendRequest(rpc, showAlert, { notice }, signal);
    },
    onChanged: (folder) => notify(rpc, connectionsChanged, { folder }),
  });

  const context: BackendContext = {
    ...rpc,
    redactor,
    env: options.env,
    settings: () => state.settings,
    workspace: workspaces.get,
    onWorkspaceOpened: workspaces.onOpened,
  };
  registerConnectionHandlers(context);
  registerAlertHandlers(context);
  const experiments = registerExperimentHandlers(context);
  const models = registerModelHandlers(context);
  const histories = new Histories(context);
  registerDriftHandlers(context, histories);
  registerDashboardHandlers(context, histories);
  const monitors = registerMonitorHandlers(context);

  onNotification(rpc, workspaceChanged, (next) => {
    const before = state;
    state = next;
    if (isDeepStrictEqual(before, next)) return;
    workspaces.reset().catch((error: unknown) => logger.error('Closing failed', { error: String(error) }));
  });
  onNotification(rpc, credentialsChanged, ({ origin }) => {
    workspaces.forget(origin).catch((error: unknown) => logger.error('Closing failed', { error: String(error) }));
  });
  return {
    async dispose() {
      experiments.dispose();
      models.dispose();
      monitors.dispose();
      histories.dispose();
      await workspaces.dispose();
    },
  };
}
