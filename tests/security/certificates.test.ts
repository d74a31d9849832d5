import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { settings } from '#schemas/protocol/workspace.ts';
import { createLogger } from '#server/platform/log.ts';
import { createRedactor } from '#server/platform/redact.ts';
import { connectWithoutAsking, type StoredCredentials } from '#server/security/ports.ts';
import { openWorkspace, type Workspace } from '#server/workspace.ts';
import { sendJson, startHttpServer, type TestServer } from '../testbeds/http-server.ts';

const pem = fileURLToPath(new URL('../fixtures/tls/localhost-both.pem', import.meta.url));
const tls = { key: readFileSync(pem, 'utf8'), cert: readFileSync(pem, 'utf8') };
const token = 'real-token-0123456789';
const signedIn: StoredCredentials = { credential: async () => ({ type: 'bearer', token }) };

let folder: string;
let server: TestServer;
let opened: Workspace[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'certificates-'));
  server = await startHttpServer(
    ({ path }, response) => {
      if (path === '/health' || path === '/version') response.end('OK');
      else sendJson(response, { experiments: [] });
    },
    { tls },
  );
});
afterEach(async () => {
  await Promise.all(opened.map((workspace) => workspace.dispose()));
  opened = [];
  await server[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

async function start(env: Record<string, string>, credentials: StoredCredentials): Promise<Workspace> {
  const redactor = createRedactor();
  const workspace = await openWorkspace({
    folder,
    trusted: true,
    env,
    settings: settings.parse({}),
    logger: createLogger({ sink: () => undefined, redactor }),
    redactor,
    credentials,
    permission: connectWithoutAsking,
  });
  opened.push(workspace);
  return workspace;
}

const none: StoredCredentials = { credential: async () => null };
const yaml = (more = '') =>
  writeFile(
    join(folder, 'mlops.yaml'),
    `kind: Workspace\ntracking:\n  - {name: team, uri: "${server.url}", insecureTls: true${more}}\n`,
  );
const dotenv = (...lines: string[]) => writeFile(join(folder, '.env'), lines.join('\n'));
const list = async (workspace: Workspace) =>
  (await workspace.tracker(workspace.defaultTracker ?? '')).listExperiments({ view: 'active' });
const sent = () => new Set(server.seen.map(({ headers }) => headers.authorization ?? null));
const insecure = { MLFLOW_TRACKING_INSECURE_TLS: 'true' };

test.each([
  ['nothing', () => ({})],
  ['the server alone', () => ({ MLFLOW_TRACKING_URI: server.url, MLFLOW_TRACKING_TOKEN: token })],
  ['it of another server', () => ({ ...insecure, MLFLOW_TRACKING_URI: 'https://elsewhere.example' })],
])('mlops.yaml can’t turn the checks off where the environment says %s', async (_, env) => {
  await yaml(`, token: "\${{ env.MLFLOW_TRACKING_TOKEN }}"`);
  const workspace = await start(env(), signedIn);
  await expect(list(workspace)).rejects.toMatchObject({ reason: 'unreachable' });
  expect(server.seen).toEqual([]);
  const warnings = workspace.configuration.warnings.map(({ message }) => message);
  expect(warnings).toContainEqual(expect.stringContaining('set MLFLOW_TRACKING_INSECURE_TLS=true'));
});

test('mlops.yaml and the person’s environment together turn them off', async () => {
  await yaml();
  const workspace = await start({ ...insecure, MLFLOW_TRACKING_URI: server.url }, signedIn);
  await list(workspace);
  expect(sent()).toEqual(new Set([`Bearer ${token}`]));
  expect(workspace.configuration.warnings).toEqual([]);
});

test.each([
  ['turns the checks off', 'MLFLOW_TRACKING_INSECURE_TLS=true'],
  ['names its own authority', `MLFLOW_TRACKING_SERVER_CERT_PATH=${pem}`],
])('a .env that %s gets its own credential, not what the person signed in with', async (_, line) => {
  await dotenv(`MLFLOW_TRACKING_URI=${server.url}`, line, 'MLFLOW_TRACKING_TOKEN=token-of-the-file');
  await list(await start({}, signedIn));
  expect(sent()).toEqual(new Set(['Bearer token-of-the-file']));
});

test('a .env that turns the checks off gets no credential of the environment by way of mlops.yaml', async () => {
  await writeFile(
    join(folder, 'mlops.yaml'),
    `kind: Workspace\ntracking:\n  - {name: team, uri: "${server.url}", token: "\${{ env.TEAM_TOKEN }}"}\n`,
  );
  await dotenv(`MLFLOW_TRACKING_URI=${server.url}`, 'MLFLOW_TRACKING_INSECURE_TLS=true');
  await list(await start({ TEAM_URI: server.url, TEAM_TOKEN: token }, none));
  expect(sent()).toEqual(new Set([null]));
});

test('.env can’t turn off the checks of the server that the environment names', async () => {
  await dotenv(`MLFLOW_TRACKING_URI=${server.url}`, 'MLFLOW_TRACKING_INSECURE_TLS=true');
  const env = { MLFLOW_TRACKING_URI: server.url, MLFLOW_TRACKING_TOKEN: token };
  await expect(list(await start(env, signedIn))).rejects.toMatchObject({ reason: 'unreachable' });
  expect(server.seen).toEqual([]);
});
