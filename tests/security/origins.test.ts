import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { settings } from '#schemas/protocol/workspace.ts';
import { diagnosticsText } from '#server/platform/diagnostics.ts';
import { createLogger } from '#server/platform/log.ts';
import { createRedactor } from '#server/platform/redact.ts';
import {
  connectWithoutAsking,
  noStoredCredentials,
  type OriginPermission,
  type OriginRequest,
  type StoredCredentials,
} from '#server/security/ports.ts';
import { openWorkspace, type Workspace, type WorkspaceOptions } from '#server/workspace.ts';
import { sendJson, startHttpServer, type TestServer } from '../testbeds/http-server.ts';

const token = 'real-token-0123456789';

let folder: string;
let good: TestServer;
let evil: TestServer;
let open: Workspace[] = [];

const answerAsMlflow = () =>
  startHttpServer(({ path }, response) => {
    if (path.startsWith('/leave')) response.writeHead(302, { location: `${evil.url}${path}` }).end();
    else if (path === '/health' || path === '/version') response.end('OK');
    else sendJson(response, { experiments: [], runs: [] });
  });

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'origins-'));
  [good, evil] = await Promise.all([answerAsMlflow(), answerAsMlflow()]);
});
afterEach(async () => {
  await Promise.all(open.map((workspace) => workspace.dispose()));
  open = [];
  await Promise.all([good[Symbol.asyncDispose](), evil[Symbol.asyncDispose]()]);
  await rm(folder, { recursive: true, force: true });
});

interface Asked extends OriginPermission {
  readonly requests: OriginRequest[];
}

function person(allows: boolean): Asked {
  const requests: OriginRequest[] = [];
  return {
    requests,
    async allowed(request) {
      requests.push(request);
      return request.ask && allows;
    },
  };
}

async function start(options: Partial<WorkspaceOptions> = {}): Promise<Workspace> {
  const redactor = options.redactor ?? createRedactor();
  const workspace = await openWorkspace({
    folder,
    trusted: true,
    env: {},
    settings: settings.parse({}),
    logger: createLogger({ sink: () => undefined, redactor }),
    redactor,
    credentials: noStoredCredentials,
    permission: person(false),
    ...options,
  });
  open.push(workspace);
  return workspace;
}

const yaml = (uri: string, more = '') =>
  writeFile(
    join(folder, 'mlops.yaml'),
    `apiVersion: mlops/v1\nkind: Workspace\nmetadata: {name: x}\ntracking:\n  - {name: team, uri: "${uri}"${more}}\n`,
  );
const dotenv = (...lines: string[]) => writeFile(join(folder, '.env'), lines.join('\n'));
const list = async (workspace: Workspace, name = workspace.defaultTracker ?? '') =>
  (await workspace.tracker(name)).listExperiments({ view: 'active' });
const sent = (server: TestServer) => server.seen.map(({ headers }) => headers.authorization ?? null);

describe('an untrusted workspace', () => {
  test('opens nothing, and reads no .env', async () => {
    await yaml(evil.url);
    await dotenv(`MLFLOW_TRACKING_URI=${evil.url}`);
    await expect(start({ trusted: false })).rejects.toMatchObject({ reason: 'untrusted' });
    expect(evil.connections).toBe(0);
  });
});

describe('an address that a repository made up', () => {
  test.each([
    ['mlops.yaml', () => yaml(evil.url)],
    ['.env', () => dotenv(`MLFLOW_TRACKING_URI=${evil.url}`)],
  ])('in %s is not connected to before the person allows it', async (_, write) => {
    await write();
    const permission = person(false);
    const workspace = await start({ permission, env: { MLFLOW_TRACKING_TOKEN: token } });
    const [connection] = await workspace.connections({ check: true });
    expect(connection).toMatchObject({ attention: 'allow-origin', healthy: null, origin: evil.url });
    expect(permission.requests.every(({ ask }) => !ask)).toBe(true);
    await expect(list(workspace)).rejects.toMatchObject({ reason: 'permission' });
    expect(evil.connections).toBe(0);
  });

  test('in the settings is asked for as well', async () => {
    const workspace = await start({ settings: settings.parse({ tracking: { uri: evil.url } }) });
    await expect(list(workspace)).rejects.toMatchObject({ reason: 'permission' });
    expect(evil.connections).toBe(0);
  });

  test('is asked about once, however many wait, and gets no credential', async () => {
    await yaml(evil.url);
    const permission = person(true);
    const env = { MLFLOW_TRACKING_URI: good.url, MLFLOW_TRACKING_TOKEN: token };
    const workspace = await start({ permission, env });
    await Promise.all([list(workspace, 'team'), list(workspace, 'team'), list(workspace, 'team')]);
    expect(permission.requests.filter(({ ask }) => ask)).toEqual([
      { folder, origin: evil.url, connection: 'team', ask: true },
    ]);
    expect(evil.seen.length).toBeGreaterThan(0);
    expect(sent(evil).every((header) => header === null)).toBe(true);
    expect(JSON.stringify(evil.seen)).not.toContain(token);
  });

  test('for metrics is not asked how it is either', async () => {
    await writeFile(
      join(folder, 'mlops.yaml'),
      `kind: Workspace\nmonitoring: {prometheus: "${evil.url}", grafana: "${evil.url}"}\n`,
    );
    const connections = await (await start()).connections({ check: true });
    expect(connections.map(({ attention }) => attention)).toEqual(['allow-origin', 'allow-origin']);
    expect(evil.connections).toBe(0);
  });

  test('can’t take variables along', async () => {
    await yaml(`${evil.url}/\${{ env.MLFLOW_TRACKING_TOKEN }}`);
    const workspace = await start({ permission: person(true), env: { MLFLOW_TRACKING_TOKEN: token } });
    await expect(list(workspace)).rejects.toMatchObject({ reason: 'input' });
    expect(evil.connections).toBe(0);
  });

  test.each([
    `, token: "\${{ env.MLFLOW_TRACKING_TOKEN }}"`,
    `, username: ana, password: "\${{ secrets.MLFLOW_TRACKING_TOKEN }}"`,
  ])('gets no variable of the person’s environment as a credential: %s', async (more) => {
    await yaml(evil.url, more);
    const workspace = await start({ permission: person(true), env: { MLFLOW_TRACKING_TOKEN: token } });
    await list(workspace);
    expect(sent(evil).every((header) => header === null)).toBe(true);
    expect(workspace.configuration.warnings[0]?.message).toContain('is not sent to');
  });

  test('for metrics can’t take variables along, however its scheme is spelt', async () => {
    const address = evil.url.replace('http', 'ht\\ttp');
    await writeFile(
      join(folder, 'mlops.yaml'),
      `kind: Workspace\nmonitoring: {prometheus: "${address}/\${{ env.MLFLOW_TRACKING_TOKEN }}"}\n`,
    );
    const workspace = await start({ permission: connectWithoutAsking, env: { MLFLOW_TRACKING_TOKEN: token } });
    const [connection] = await workspace.connections({ check: true });
    expect(connection).toMatchObject({ attention: 'fix-configuration' });
    expect(JSON.stringify(connection)).not.toContain(token);
    expect(evil.connections).toBe(0);
  });

  test('on the command line is connected to without a credential', async () => {
    await yaml(evil.url);
    const env = { MLFLOW_TRACKING_URI: good.url, MLFLOW_TRACKING_TOKEN: token };
    await list(await start({ permission: connectWithoutAsking, env }), 'team');
    expect(sent(evil).every((header) => header === null)).toBe(true);
  });
});

describe('a credential', () => {
  const headerOf = { bearer: `Bearer ${token}`, basic: `Basic ${Buffer.from('ana:pass-word').toString('base64')}` };

  test('of the environment goes to the environment’s server, wherever it is named', async () => {
    await yaml(`\${{ env.MLFLOW_TRACKING_URI }}/prefix`);
    const env = { MLFLOW_TRACKING_URI: good.url, MLFLOW_TRACKING_TOKEN: token };
    const workspace = await start({ env });
    await list(workspace, 'team');
    expect(new Set(sent(good))).toEqual(new Set([headerOf.bearer]));
  });

  test('of the environment goes to the address beside it, not to another that the environment holds', async () => {
    await yaml(`\${{ env.INDEX_URL }}`, `, token: "\${{ env.TEAM_API_TOKEN }}"`);
    const secrets = { TEAM_URI: good.url, TEAM_API_TOKEN: token };
    const workspace = await start({ env: { ...secrets, INDEX_URL: evil.url } });
    await list(workspace, 'team');
    expect(evil.seen.length).toBeGreaterThan(0);
    expect(JSON.stringify(evil.seen)).not.toContain(token);
    expect(workspace.configuration.warnings[0]?.message).toContain('is not sent to');
    await list(await start({ env: { ...secrets, INDEX_URL: good.url } }), 'team');
    expect(new Set(sent(good))).toEqual(new Set([headerOf.bearer]));
  });

  test('prefers user and password to a token, as MLflow does', async () => {
    const env = {
      MLFLOW_TRACKING_URI: good.url,
      MLFLOW_TRACKING_TOKEN: token,
      MLFLOW_TRACKING_USERNAME: 'ana',
      MLFLOW_TRACKING_PASSWORD: 'pass-word',
    };
    await list(await start({ env }));
    expect(new Set(sent(good))).toEqual(new Set([headerOf.basic]));
  });

  test('of .env goes where .env says, the environment’s does not follow', async () => {
    await dotenv(`MLFLOW_TRACKING_URI=${evil.url}`, 'MLFLOW_TRACKING_TOKEN=token-of-the-file');
    const workspace = await start({ permission: person(true), env: { MLFLOW_TRACKING_TOKEN: token } });
    await list(workspace);
    expect(new Set(sent(evil))).toEqual(new Set(['Bearer token-of-the-file']));
  });

  test('of the environment stays, though .env names a server and the environment none', async () => {
    await dotenv(`MLFLOW_TRACKING_URI=${evil.url}`);
    const env = {
      MLFLOW_TRACKING_TOKEN: token,
      MLFLOW_TRACKING_USERNAME: 'ana',
      MLFLOW_TRACKING_PASSWORD: 'pass-word',
    };
    const workspace = await start({ permission: person(true), env });
    await list(workspace);
    expect(sent(evil).every((header) => header === null)).toBe(true);
  });

  test('of the environment goes to the server that the same command line names', async () => {
    const env = { MLFLOW_TRACKING_TOKEN: token };
    await list(await start({ explicitTracking: good.url, env }));
    expect(new Set(sent(good))).toEqual(new Set([headerOf.bearer]));
    const other = { ...env, MLFLOW_TRACKING_URI: good.url };
    await list(await start({ explicitTracking: evil.url, env: other }));
    expect(sent(evil).every((header) => header === null)).toBe(true);
  });

  test('in an address stays with it and shows nowhere', async () => {
    const redactor = createRedactor();
    const logger = createLogger({ sink: () => undefined, redactor, level: 'debug' });
    const withUser = good.url.replace('://', '://ana:pass-word@');
    const workspace = await start({ explicitTracking: withUser, redactor, logger });
    await list(workspace);
    logger.info('Something quoted pass-word and the header', { authorization: headerOf.basic });
    expect(new Set(sent(good))).toEqual(new Set([headerOf.basic]));
    const connections = await workspace.connections({ check: true });
    const { configuration } = workspace;
    const text = diagnosticsText({ folder, configuration, connections, log: logger.recent(), redactor });
    const secrets = /pass-word|YW5hOnBhc3Mtd29yZA/;
    expect(JSON.stringify(connections)).not.toMatch(secrets);
    expect(JSON.stringify(logger.recent())).not.toMatch(secrets);
    expect(text).not.toMatch(secrets);
  });

  test('that the person signed in with goes to its origin alone, until they sign out', async () => {
    await yaml(good.url);
    let stored = true;
    const asked: string[] = [];
    const credentials: StoredCredentials = {
      async credential(origin) {
        asked.push(origin);
        return stored && origin === good.url ? { type: 'bearer', token } : null;
      },
    };
    const workspace = await start({ permission: person(true), credentials });
    await list(workspace);
    await list(workspace);
    expect(new Set(sent(good))).toEqual(new Set([headerOf.bearer]));
    expect(asked).toEqual([good.url]);
    stored = false;
    await workspace.forget(good.url);
    await list(workspace);
    expect(sent(good).at(-1)).toBeNull();
  });

  test('does not follow a redirect to another server', async () => {
    const env = { MLFLOW_TRACKING_URI: `${good.url}/leave`, MLFLOW_TRACKING_TOKEN: token };
    const workspace = await start({ env });
    const store = await workspace.tracker('default');
    await store.getRun('0'.repeat(32)).catch(() => undefined);
    await list(workspace).catch(() => undefined);
    expect(sent(good)).toContain(headerOf.bearer);
    expect(evil.seen.length).toBeGreaterThan(0);
    expect(JSON.stringify(evil.seen)).not.toContain(token);
  });
});
