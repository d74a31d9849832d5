import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { endGroup } from '../../scripts/vscode/processes.ts';
import { freePort } from './mlflow-server.ts';
import { testPython } from './python.ts';

export interface ObjectServer extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
}

const START_MS = 60_000;

/** Moto's S3, which keeps objects in memory. */
export async function startMoto(): Promise<ObjectServer> {
  const python = await testPython();
  return start((port) => [python, '-m', 'moto.server', '-H', '127.0.0.1', '-p', String(port)]);
}

/** The account and key that every Azurite knows. */
export const azuriteAccount = {
  name: 'devstoreaccount1',
  key: 'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==',
};

/** Azurite's blobs, in memory. */
export async function startAzurite(): Promise<ObjectServer> {
  const script = createRequire(import.meta.url).resolve('azurite/dist/src/blob/main.js');
  return start((port) => [
    process.execPath,
    script,
    '--blobHost',
    '127.0.0.1',
    '--blobPort',
    String(port),
    '--inMemoryPersistence',
    '--silent',
    '--disableTelemetry',
    // The SDK is newer than it.
    '--skipApiVersionCheck',
  ]);
}

/** fake-gcs-server, in memory; the set-up builds it and names it in MLOPS_FAKE_GCS_SERVER. */
export async function startFakeGcs(): Promise<ObjectServer> {
  const program = process.env.MLOPS_FAKE_GCS_SERVER;
  if (!program) throw new Error('Set MLOPS_FAKE_GCS_SERVER to a fake-gcs-server (npm test does).');
  return start((port) => [
    program,
    '-scheme',
    'http',
    '-host',
    '127.0.0.1',
    '-port',
    String(port),
    '-backend',
    'memory',
    '-log-level',
    'error',
  ]);
}

async function start(command: (port: number) => readonly string[]): Promise<ObjectServer> {
  const folder = await mkdtemp(join(tmpdir(), 'mlops-objects-'));
  const port = await freePort();
  const [program = '', ...args] = command(port);
  const child = spawn(program, args, {
    cwd: folder,
    detached: process.platform !== 'win32',
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    said = (said + chunk).slice(-5_000);
  });
  const url = `http://127.0.0.1:${port}`;
  const stop = async () => {
    await endGroup(child);
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await untilAnswers(url, child);
  } catch (error) {
    await stop();
    throw new Error(`${program} did not start: ${String(error)}\n${said}`, { cause: error });
  }
  return { url, port, [Symbol.asyncDispose]: stop };
}

async function untilAnswers(url: string, child: ChildProcess): Promise<void> {
  const deadline = Date.now() + START_MS;
  while (Date.now() < deadline) {
    if (child.exitCode !== null) throw new Error(`it ended with ${child.exitCode}`);
    const answer = await fetch(url).catch(() => null);
    await answer?.body?.cancel();
    if (answer !== null) return;
    await delay(50);
  }
  throw new Error(`no answer in ${START_MS} ms`);
}
