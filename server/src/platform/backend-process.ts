import { type ChildProcess, fork } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import {
  type CancellationToken,
  createMessageConnection,
  IPCMessageReader,
  IPCMessageWriter,
  type MessageConnection,
} from 'vscode-jsonrpc/node';
import { FailureError } from './failure.ts';

export interface BackendProcessOptions {
  /** The module to run. */
  readonly path: string;
  readonly env: () => NodeJS.ProcessEnv;
  /** Called with each new process, before any request reaches it. */
  readonly prepare: (connection: MessageConnection) => void;
  /** It ended by itself; the next request starts it again, no sooner than in `retryInMs` (null: not for a while). */
  readonly onEnded: (event: { reason: string; retryInMs: number | null }) => void;
  /** What it wrote to its standard output and error. */
  readonly onOutput: (text: string) => void;
}

/** A child process that speaks JSON-RPC, started by the first request and started again after it died. */
export interface BackendProcess {
  /** Null while none runs. */
  readonly pid: number | null;
  request(method: string, params: unknown, token: CancellationToken): Promise<unknown>;
  /** Lost where no process runs: a new one is told what matters by `prepare`. */
  notify(method: string, params: unknown): void;
  /** Ends it and waits until it is gone; the next request starts a new one. */
  stop(): Promise<void>;
}

const firstDelay = 250;
const longestDelay = 30_000;
const mostFailures = 8;
const stableAfter = 60_000;
const graceMs = 3_000;

interface Running {
  readonly child: ChildProcess;
  readonly connection: MessageConnection;
  readonly startedAt: number;
  ended: boolean;
}

export function createBackendProcess(options: BackendProcessOptions): BackendProcess {
  let running: Running | null = null;
  let starting: Promise<Running> | null = null;
  let stopping: Promise<void> = Promise.resolve();
  let failures = 0;
  let notBefore = 0;
  const killAtExit = () => running?.child.kill();

  const ended = (run: Running, reason: string): void => {
    if (run.ended) return;
    run.ended = true;
    run.connection.dispose();
    if (running !== run) return;
    running = null;
    process.off('exit', killAtExit);
    failures = Date.now() - run.startedAt > stableAfter ? 1 : failures + 1;
    const retryInMs = failures > mostFailures ? null : Math.min(longestDelay, firstDelay * 2 ** (failures - 1));
    notBefore = Date.now() + (retryInMs ?? stableAfter);
    options.onEnded({ reason, retryInMs });
  };

  const start = (): Running => {
    const child = fork(options.path, ['--node-ipc'], {
      env: options.env(),
      // The parent's own flags (an inspector's port, a loader) are not for the child.
      execArgv: [],
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    const connection = createMessageConnection(new IPCMessageReader(child), new IPCMessageWriter(child));
    const run: Running = { child, connection, startedAt: Date.now(), ended: false };
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => options.onOutput(text.trimEnd()));
    }
    child.once('exit', (code, signal) => ended(run, signal === null ? `exit code ${code}` : `signal ${signal}`));
    child.once('error', (error) => ended(run, error.message));
    // A channel that closed says that it is dying; should it live on, it is of no use.
    child.once('disconnect', () => setTimeout(() => child.kill('SIGKILL'), graceMs).unref());
    connection.onError(() => undefined);
    process.once('exit', killAtExit);
    options.prepare(connection);
    connection.listen();
    return run;
  };

  const startAfter = async (waitMs: number): Promise<Running> => {
    if (waitMs > 0) await delay(waitMs);
    running = start();
    return running;
  };

  const ready = async (): Promise<Running> => {
    if (running?.child.connected) return running;
    if (running !== null) {
      await gone(running.child);
      return ready();
    }
    const waitMs = notBefore - Date.now();
    if (failures > mostFailures && waitMs > 0) throw keepsEnding();
    starting ??= startAfter(waitMs).finally(() => {
      starting = null;
    });
    return starting;
  };

  return {
    get pid() {
      return running?.child.pid ?? null;
    },
    async request(method, params, token) {
      const run = await ready();
      try {
        return await run.connection.sendRequest(method, params ?? {}, token);
      } catch (error) {
        if (run.ended || !run.child.connected) throw restarted(error);
        throw error;
      }
    },
    notify(method, params) {
      try {
        running?.connection.sendNotification(method, params ?? {}).catch(() => undefined);
      } catch {
        // It is ending: there is nobody to tell.
      }
    },
    async stop() {
      const run = running ?? (await starting?.catch(() => null)) ?? null;
      running = null;
      process.off('exit', killAtExit);
      if (run !== null) stopping = Promise.all([stopping, end(run)]).then(() => undefined);
      await stopping;
    },
  };
}

// The backend closes its stores and leaves when its channel closes.
async function end(run: Running): Promise<void> {
  const { child } = run;
  const exited = gone(child);
  if (child.connected) child.disconnect();
  const timer = setTimeout(() => child.kill('SIGKILL'), graceMs);
  await exited;
  clearTimeout(timer);
}

function gone(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => child.once('exit', () => resolve()));
}

function restarted(cause: unknown): FailureError {
  return new FailureError('restarted', 'The backend process ended while it was answering; it is started again.', {
    remedy: 'Try again. If it keeps happening, run “Collect diagnostics” and report it.',
    cause,
  });
}

function keepsEnding(): FailureError {
  return new FailureError('internal', 'The backend process keeps ending and is left alone for a minute.', {
    remedy: 'The log says why it ended. Try again in a minute, or run “Collect diagnostics” and report it.',
  });
}
