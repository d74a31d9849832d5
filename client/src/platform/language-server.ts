import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { EventEmitter, type LogOutputChannel, l10n, window } from 'vscode';
import {
  CancellationToken,
  CloseAction,
  ErrorAction,
  LanguageClient,
  type LanguageClientOptions,
  ResponseError,
  RevealOutputChannelOn,
  State,
  TransportKind,
  WorkDoneProgress,
} from 'vscode-languageclient/node';
import { failure } from '#schemas/domain/failure.ts';
import { backendRestarted, type InitializationOptions } from '#schemas/protocol/workspace.ts';
import { ClientFailure, toFailure } from './failures.ts';
import { RestartPolicy } from './restart-policy.ts';
import type { RequestOptions, Server } from './server-connection.ts';

export interface LanguageServerOptions {
  /** Path of dist/server.js. */
  readonly module: string;
  readonly log: LogOutputChannel;
  readonly initialization: () => InitializationOptions;
  /** Tells the person that the server was given up, and offers to start it again. */
  readonly onGivenUp: (reason: string) => void;
}

/** Starts the language server's process and keeps it running. */
export function startLanguageServer({ module, log, initialization, onGivenUp }: LanguageServerOptions): Server {
  const restarted = new EventEmitter<void>();
  const availability = new EventEmitter<boolean>();
  const policy = new RestartPolicy();
  let stopping = false;
  let ranBefore = false;

  const options: LanguageClientOptions = {
    documentSelector: [{ language: 'mlops' }],
    outputChannel: log,
    revealOutputChannelOn: RevealOutputChannelOn.Never,
    initializationOptions: initialization,
    // One failure is one message, shown by whoever asked; the client's own would be a second one.
    initializationFailedHandler: (error: unknown) => {
      log.error(`The server refused to start: ${toFailure(error).message}`);
      return false;
    },
    errorHandler: {
      error: () => ({ action: ErrorAction.Continue, handled: true }),
      closed: async () => {
        if (stopping) return { action: CloseAction.DoNotRestart, handled: true };
        const wait = policy.ended(Date.now());
        if (wait === null) {
          availability.fire(false);
          onGivenUp(l10n.t('The server of MLOps Workbench ended several times in a row.'));
          return { action: CloseAction.DoNotRestart, handled: true };
        }
        log.warn(`The server ended; it starts again in ${wait} ms.`);
        await delay(wait);
        return { action: CloseAction.Restart, handled: true };
      },
    },
  };
  const run = { module, transport: TransportKind.ipc };
  const client = new LanguageClient('mlops', 'MLOps Workbench', { run, debug: run }, options);

  client.onDidChangeState(({ newState }) => {
    if (newState !== State.Running) return;
    availability.fire(true);
    if (ranBefore) restarted.fire();
    ranBefore = true;
  });
  client.onNotification(backendRestarted.method, () => restarted.fire());

  let starting = start();
  function start(): Promise<void> {
    const started = client.start();
    started.catch((error: unknown) => {
      log.error(`The server did not start: ${toFailure(error).message}`);
      availability.fire(false);
    });
    return started;
  }

  return {
    onRestarted: restarted.event,
    onAvailability: availability.event,
    async request(definition, params, { token = neverCancelled, onProgress } = {}) {
      const parsed = definition.params.parse(params);
      const progress = onProgress ? followProgress(client, onProgress) : undefined;
      const message = progress ? Object.assign({}, parsed, { workDoneToken: progress.token }) : parsed;
      try {
        await starting;
        return definition.result.parse(await client.sendRequest<unknown>(definition.method, message, token));
      } catch (error) {
        throw describe(error, definition.method, log);
      } finally {
        progress?.dispose();
      }
    },
    async notify(definition, params) {
      await starting.then(
        () => client.sendNotification(definition.method, definition.params.parse(params)),
        () => undefined, // a server that does not run is told everything when it starts
      );
    },
    on: (definition, handle) =>
      client.onNotification(definition.method, (params: unknown) => {
        const parsed = definition.params.safeParse(params);
        if (parsed.success) handle(parsed.data);
        else log.error(`Unreadable notification ${definition.method}: ${parsed.error.message}`);
      }),
    answer: (definition, handle) =>
      client.onRequest(definition.method, async (params: unknown) => {
        const parsed = definition.params.safeParse(params);
        if (!parsed.success) return new ResponseError(-32602, parsed.error.message);
        return definition.result.parse(await handle(parsed.data));
      }),
    async restart() {
      policy.forget();
      stopping = true;
      if (client.state === State.Running) await client.stop().catch(() => undefined);
      stopping = false;
      starting = start();
      await starting.catch((error: unknown) => {
        throw describe(error, 'initialize', log);
      });
    },
    async stop() {
      stopping = true;
      if (client.state !== State.Stopped && client.state !== State.StartFailed) {
        await client.stop().catch(() => undefined);
      }
    },
  };
}

// A token that is left out would be taken for a second parameter.
const neverCancelled = CancellationToken.None;

/** Listens to the work-done progress of one request, under a token of its own. */
function followProgress(client: LanguageClient, onProgress: NonNullable<RequestOptions['onProgress']>) {
  const token = randomUUID();
  const subscription = client.onProgress(WorkDoneProgress.type, token, (value) => {
    if (value.kind !== 'end') onProgress(value.message, value.percentage);
  });
  return { token, dispose: () => subscription.dispose() };
}

/** A connection that broke, or an answer that makes no sense, in the user's words; the log has the rest. */
function describe(error: unknown, method: string, log: LogOutputChannel): Error {
  if (error instanceof ResponseError && failure.safeParse(error.data).success) return error;
  const { reason, message } = toFailure(error);
  if (reason === 'cancelled') return new ClientFailure('cancelled', message);
  log.error(`${method}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  if (error instanceof ResponseError && error.code !== -32097) return error;
  return new ClientFailure(
    'restarted',
    l10n.t('The server of MLOps Workbench did not answer.'),
    l10n.t('Try again; if that does not help, restart it.'),
  );
}

/** The log, created when something has to be written. */
export function createLog(): LogOutputChannel {
  return window.createOutputChannel('MLOps Workbench', { log: true });
}
