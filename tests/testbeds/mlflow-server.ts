import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { endGroup } from '../../scripts/vscode/processes.ts';
import { testPython } from './python.ts';

export interface MlflowServerOptions {
  /** `sqlite:////…/mlflow.db` or the path of a file store. */
  readonly backendStore: string;
  /** `/ml`, where the server is to live below a path. */
  readonly staticPrefix?: string;
  /** Users must sign in; the only one is this. */
  readonly basicAuth?: { readonly username: string; readonly password: string };
}

export interface MlflowServer {
  /** With the static prefix. */
  readonly url: string;
  /** The folder in which it keeps the artifacts that it proxies. */
  readonly artifacts: string;
  stop(): Promise<void>;
}

const START_MS = 90_000;

/** A real MLflow tracking server on a free port of this machine. */
export async function startMlflowServer(options: MlflowServerOptions): Promise<MlflowServer> {
  const python = await testPython();
  const folder = await mkdtemp(join(tmpdir(), 'mlflow-server-'));
  const artifacts = join(folder, 'artifacts');
  const port = await freePort();
  const args = ['-m', 'mlflow', 'server', '--host', '127.0.0.1', '--port', String(port), '--workers', '1'];
  args.push('--backend-store-uri', options.backendStore, '--artifacts-destination', artifacts);
  if (options.staticPrefix !== undefined) args.push('--static-prefix', options.staticPrefix);
  if (options.basicAuth !== undefined) args.push('--app-name', 'basic-auth');
  const child = spawn(python, args, {
    cwd: folder,
    // A group of its own: the server's workers end with it.
    detached: process.platform !== 'win32',
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...process.env,
      MLFLOW_ALLOW_FILE_STORE: 'true',
      MLFLOW_DISABLE_TELEMETRY: 'true',
      ...(options.basicAuth === undefined ? {} : await authentication(folder, options.basicAuth)),
    },
  });
  const output = gather(child);
  const stop = async (): Promise<void> => {
    await endGroup(child);
    await rm(folder, { recursive: true, force: true });
  };
  const url = `http://127.0.0.1:${port}${options.staticPrefix ?? ''}`;
  try {
    await untilHealthy(url, child);
  } catch (error) {
    await stop();
    throw new Error(`MLflow's server did not start: ${String(error)}\n${output()}`, { cause: error });
  }
  return { url, artifacts, stop };
}

async function authentication(folder: string, user: { username: string; password: string }) {
  const path = join(folder, 'auth.ini');
  const lines = [
    '[mlflow]',
    'default_permission = READ',
    `database_uri = sqlite:///${join(folder, 'auth.db')}`,
    `admin_username = ${user.username}`,
    `admin_password = ${user.password}`,
    'authorization_function = mlflow.server.auth:authenticate_request_basic_auth',
  ];
  await writeFile(path, lines.join('\n'));
  return { MLFLOW_AUTH_CONFIG_PATH: path, MLFLOW_FLASK_SERVER_SECRET_KEY: 'for tests only' };
}

async function untilHealthy(url: string, child: ChildProcess): Promise<void> {
  const deadline = Date.now() + START_MS;
  while (Date.now() < deadline) {
    if (child.exitCode !== null) throw new Error(`it ended with ${child.exitCode}`);
    const answer = await fetch(`${url}/health`).catch(() => null);
    if (answer?.ok) return;
    await delay(100);
  }
  throw new Error(`no answer in ${START_MS} ms`);
}

function gather(child: ChildProcess): () => string {
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (chunk: string) => {
      text = (text + chunk).slice(-20_000);
    });
  }
  return () => text;
}

/** A port of this machine that nothing listens on. */
export async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('The server has no port.');
  return address.port;
}
