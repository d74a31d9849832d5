import { describe, expect, test } from 'vitest';
import { parseWorkspaceDocument } from '#server/platform/configuration/document.ts';
import { createEnvironment, type Variables } from '#server/platform/configuration/environment.ts';
import { resolveConfiguration } from '#server/platform/configuration/resolve.ts';

interface Given {
  yaml?: string;
  real?: Variables;
  dotenv?: Variables;
  settings?: string;
  explicit?: string;
  found?: { name: string; uri: string }[];
}

async function resolve({ yaml, real = {}, dotenv = {}, settings = '', explicit, found = [] }: Given) {
  const read = yaml === undefined ? null : parseWorkspaceDocument(yaml, '/repo/mlops.yaml');
  return resolveConfiguration({
    root: '/repo',
    folder: '/repo/sub',
    document: read?.document ?? null,
    brokenFile: read?.isBroken ? '/repo/mlops.yaml' : null,
    environment: createEnvironment(real, dotenv, '/repo/.env'),
    settingsTrackingUri: settings,
    explicitTracking: explicit ?? null,
    found,
    warnings: read?.warnings ?? [],
  });
}

const workspace = (body: string) => `apiVersion: mlops/v1\nkind: Workspace\nmetadata: {name: churn}\n${body}`;
const tracking = (...entries: string[]) =>
  workspace(`tracking:\n${entries.map((entry) => `  - ${entry}`).join('\n')}\n`);

describe('the trackers of a workspace', () => {
  test('come from mlops.yaml, with paths that start at its folder', async () => {
    const { trackers, defaultTracker } = await resolve({
      yaml: tracking(
        '{name: local, backend: mlflow, uri: "sqlite:///mlflow.db"}',
        '{name: team, uri: "http://ml:5000"}',
      ),
    });
    expect(trackers.map(({ name, backend, target }) => [name, backend, target])).toEqual([
      ['local', 'mlflow-sqlite', { type: 'sqlite', path: '/repo/mlflow.db' }],
      ['team', 'mlflow-rest', { type: 'rest', url: 'http://ml:5000' }],
    ]);
    expect(defaultTracker).toBe('local');
  });

  test('have the environment’s as the default one, beside the list', async () => {
    const { trackers, defaultTracker } = await resolve({
      yaml: tracking('{name: local, uri: "sqlite:///mlflow.db"}'),
      real: { MLFLOW_TRACKING_URI: 'http://ml:5000' },
    });
    expect(trackers.map(({ name, source, consent }) => [name, source, consent])).toEqual([
      ['local', 'mlops.yaml', 'given'],
      ['default', 'environment', 'given'],
    ]);
    expect(defaultTracker).toBe('default');
  });

  test('name the environment’s server once when the list has it', async () => {
    const { trackers, defaultTracker } = await resolve({
      yaml: tracking('{name: local, uri: mlruns}', `{name: team, uri: "\${{ env.MLFLOW_TRACKING_URI }}"}`),
      real: { MLFLOW_TRACKING_URI: 'http://ml:5000/' },
    });
    expect(trackers.map(({ name, consent }) => [name, consent])).toEqual([
      ['local', 'given'],
      ['team', 'given'],
    ]);
    expect(defaultTracker).toBe('team');
  });

  test('let settings override the environment, and the environment .env', async () => {
    const real = { MLFLOW_TRACKING_URI: 'http://real:1' };
    const dotenv = { MLFLOW_TRACKING_URI: 'http://file:1' };
    const uris = async (given: Given) => (await resolve(given)).trackers.map(({ uri, source }) => [uri, source]);
    expect(await uris({ real, dotenv, settings: 'http://set:1' })).toEqual([['http://set:1', 'settings']]);
    expect(await uris({ real, dotenv })).toEqual([['http://real:1', 'environment']]);
    expect(await uris({ dotenv })).toEqual([['http://file:1', '.env']]);
  });

  test('are what lies in the folder where nothing is configured', async () => {
    const found = [
      { name: 'mlflow.db', uri: 'sqlite:///mlflow.db' },
      { name: 'wandb', uri: 'wandb-offline:wandb' },
    ];
    const { trackers } = await resolve({ yaml: workspace(''), found });
    expect(trackers.map(({ name, source, problem }) => [name, source, problem?.attention ?? null])).toEqual([
      ['mlflow.db', 'found', null],
      ['wandb', 'found', 'unsupported'],
    ]);
    expect((await resolve({ yaml: tracking('{name: a, uri: mlruns}'), found })).trackers).toHaveLength(1);
  });

  test('is the command line’s alone where it names one', async () => {
    const { trackers, defaultTracker, services } = await resolve({
      yaml: workspace('monitoring: {prometheus: "http://p:9090"}\ntracking: [{name: a, uri: mlruns}]'),
      real: { MLFLOW_TRACKING_URI: 'http://real:1' },
      explicit: 'http://cli:5000',
    });
    expect(trackers).toMatchObject([{ name: 'default', uri: 'http://cli:5000', consent: 'given' }]);
    expect(defaultTracker).toBe('default');
    expect(services).toEqual([]);
  });

  test.each([
    ['settings', { settings: 'http://evil:1' }],
    ['.env', { dotenv: { MLFLOW_TRACKING_URI: 'http://evil:1' } }],
    ['mlops.yaml', { yaml: tracking('{name: a, uri: "http://evil:1"}') }],
  ])('must be allowed when %s names a server that the person’s environment does not', async (_, given) => {
    const real = { MLFLOW_TRACKING_TOKEN: 'token' };
    expect((await resolve({ ...given, real })).trackers).toMatchObject([{ consent: 'ask', origin: 'http://evil:1' }]);
  });

  test('say what is wrong with an entry, and where, and keep the others', async () => {
    const { trackers, warnings } = await resolve({
      yaml: tracking(
        '{name: a, uri: "sqlite:///a.db"}',
        '{name: a, uri: "sqlite:///b.db"}',
        `{name: unset, uri: "\${{ env.NOPE }}"}`,
        '{name: "with/slash", uri: mlruns}',
        '{name: bucket, uri: "s3://x"}',
        '{uri: mlruns}',
        '{name: wb, backend: wandb, uri: "wandb://acme/churn"}',
      ),
    });
    expect(trackers.map(({ name, problem }) => [name, problem?.attention ?? null])).toEqual([
      ['a', null],
      ['unset', 'fix-configuration'],
      ['bucket', 'fix-configuration'],
      ['wb', 'unsupported'],
    ]);
    expect(warnings.map(({ line }) => line).toSorted()).toEqual([10, 6, 7, 8, 9].toSorted());
    expect(warnings.every(({ file }) => file === '/repo/mlops.yaml')).toBe(true);
  });

  test('warn of a password in mlops.yaml without repeating it', async () => {
    const { trackers, warnings } = await resolve({
      yaml: tracking(
        '{name: a, uri: "http://ana:hunter22@ml:5000"}',
        '{name: b, uri: "http://ml2:1", token: hunter22}',
      ),
    });
    expect(warnings).toHaveLength(2);
    const [first, second] = trackers;
    expect(first?.credential).toEqual({ type: 'basic', username: 'ana', password: 'hunter22' });
    expect(second?.credential).toBeNull();
    const shown = trackers.map(({ credential: _, ...rest }) => rest);
    expect(JSON.stringify([shown, warnings])).not.toContain('hunter22');
  });

  test('say that a token without an address beside it is sent nowhere', async () => {
    const { warnings } = await resolve({
      real: { MLFLOW_TRACKING_TOKEN: 'real-token' },
      dotenv: { MLFLOW_TRACKING_URI: 'http://file:1' },
    });
    expect(warnings).toMatchObject([
      { file: 'environment', message: expect.stringContaining('MLFLOW_TRACKING_TOKEN') },
    ]);
  });
});

describe('the other back ends of a workspace', () => {
  test('come from mlops.yaml under names of their own', async () => {
    const { services } = await resolve({
      yaml: workspace(`tracking: [{name: prometheus, uri: mlruns}]
registry: {backend: sqlite, uri: "sqlite:///models.db"}
storage: {type: s3, bucket: models, prefix: churn/}
environments: {staging: {kubernetes: {context: kind, namespace: ml}}, bare: {}}
monitoring: {prometheus: "http://localhost:9090/", grafana: "not a url"}
alerting: {channels: [{name: team, type: slack, webhook: "\${{ secrets.SLACK }}"}]}
`),
    });
    expect(
      services.map(({ name, kind, uri, consent, problem }) => [name, kind, uri, consent, problem !== null]),
    ).toEqual([
      ['registry', 'registry', 'sqlite:///models.db', 'given', false],
      ['storage', 'storage', 's3://models/churn/', 'given', false],
      ['prometheus (prometheus)', 'prometheus', 'http://localhost:9090', 'ask', false],
      ['grafana', 'grafana', 'not a url', 'given', true],
      ['staging', 'kubernetes', 'kind/ml', 'given', false],
      ['team', 'alerting', 'slack', 'given', false],
    ]);
  });

  test('come from the environment where it has them', async () => {
    const { services } = await resolve({
      yaml: workspace('monitoring: {prometheus: "http://yaml:9090"}'),
      real: { PROMETHEUS_URL: 'http://real:9090', MODEL_REGISTRY_URI: 'https://ml.example.com' },
      dotenv: { GRAFANA_URL: 'http://file:3000' },
    });
    expect(services).toMatchObject([
      { kind: 'registry', backend: 'mlflow', source: 'environment', consent: 'given' },
      { kind: 'prometheus', uri: 'http://real:9090', consent: 'given' },
      { kind: 'grafana', uri: 'http://file:3000', consent: 'ask', source: '.env' },
    ]);
  });
});

describe('an mlops.yaml that is broken', () => {
  test.each([
    ['kind: Workspace\ntracking:\n\t- x', 3],
    ['kind: Workspace\ntracking: {a: 1}', 2],
    ['kind: Workspace\ntracking:\n  - {name: a, uri: [1]}', 3],
    ['kind: Pipeline', null],
    ['', null],
  ])('is warned of with its line: %j', async (yaml, line) => {
    const { warnings } = parseWorkspaceDocument(yaml, 'mlops.yaml');
    expect(warnings[0]).toMatchObject({ file: 'mlops.yaml', line });
  });

  test('does not exhaust its reader', async () => {
    const levels = Array.from({ length: 12 }, (_, level) => {
      const items =
        level === 0
          ? '"x"'
          : Array(9)
              .fill(`*a${level - 1}`)
              .join(', ');
      return `a${level}: &a${level} [${items}]`;
    });
    const { warnings } = parseWorkspaceDocument(`kind: Workspace\n${levels.join('\n')}\n`, 'mlops.yaml');
    expect(warnings.length).toBeGreaterThan(0);
  });

  test('beside other documents still has its Workspace read', async () => {
    const yaml = 'kind: Pipeline\n---\nkind: Workspace\ntracking: [{name: a, uri: mlruns}]\n---\nkind: Workspace\n';
    const { document, warnings } = parseWorkspaceDocument(yaml, 'mlops.yaml');
    expect(document?.tracking).toMatchObject([{ name: 'a', line: 4 }]);
    expect(warnings).toMatchObject([{ line: 5, message: expect.stringContaining('ignored') }]);
  });
});

describe('who may do what', () => {
  const nine = (name: string) => `[${Array(9).fill(name).join(', ')}]`;
  const bomb = `a: &a ${nine('x')}\nb: &b ${nine('*a')}\nc: &c ${nine('*b')}\nd: ${nine('*c')}\n`;
  const access = 'access: {roles: {maintainer: [promote]}, members: [{name: ana, role: maintainer}]}\n';

  test('is what mlops.yaml says', async () => {
    const read = await resolve({ yaml: workspace(access) });
    expect(read.access.problem).toBeNull();
    expect(read.access.policy?.roles).toEqual({ maintainer: ['promote'] });
  });

  test('is open where there is no file, no Workspace document or no policy in it', async () => {
    for (const yaml of [undefined, 'kind: Model\n', workspace('')]) {
      expect((await resolve(yaml === undefined ? {} : { yaml })).access).toEqual({ policy: null, problem: null });
    }
  });

  test.each([
    ['an operation that there is not', workspace('access: {roles: {maintainer: [promot]}}\n'), 'access.roles'],
    ['a key that there is not', workspace(`${access.trimEnd().slice(0, -1)}, membres: []}\n`), 'membres'],
    ['no roles', workspace('access: {members: []}\n'), 'access.roles'],
    ['a list', workspace('access: []\n'), 'access'],
    ['a file with syntax errors', workspace(`${access}tracking: [}\n`), 'syntax errors'],
    ['a file that is no YAML', 'access: {roles: {', 'can’t be read'],
    ['a document of another kind', `apiVersion: mlops/v1\nkind: workspace\n${access}`, 'can’t be read'],
    ['no kind', access, 'can’t be read'],
    [
      'a second Workspace document',
      `${workspace('')}---\n${workspace(access)}`,
      'the first document of kind Workspace',
    ],
    ['a document with too many aliases', workspace(`${bomb}${access}`), 'alias'],
  ])('is nobody’s guess with %s', async (_, yaml, problem) => {
    const read = await resolve({ yaml });
    expect(read.access.policy).toBeNull();
    expect(read.access.problem).toContain(problem);
  });
});

describe('the model registry', () => {
  test('is a file below the folder where nothing names one', async () => {
    const { registry, services } = await resolve({});
    expect(registry).toMatchObject({ backend: 'sqlite', target: { type: 'sqlite', path: '/repo/.mlops/models.db' } });
    expect(services).toEqual([]);
  });

  test.each([
    [
      '{backend: sqlite, uri: "sqlite:///models.db"}',
      { backend: 'sqlite', target: { type: 'sqlite', path: '/repo/models.db' } },
    ],
    ['{backend: mlflow, uri: "http://ml:5000/"}', { backend: 'mlflow', origin: 'http://ml:5000', consent: 'ask' }],
    [
      '{backend: mlflow, uri: "sqlite:///mlflow.db"}',
      { backend: 'mlflow', target: { type: 'sqlite', path: '/repo/mlflow.db' } },
    ],
    ['{backend: mlflow, uri: mlruns}', { backend: 'mlflow', target: { type: 'file', path: '/repo/mlruns' } }],
  ])('is what mlops.yaml names: %s', async (entry, expected) => {
    const { registry } = await resolve({ yaml: workspace(`registry: ${entry}\n`) });
    expect(registry).toMatchObject({ ...expected, problem: null });
  });

  test('of the environment wins, and an address given there needs no permission', async () => {
    const { registry } = await resolve({
      yaml: workspace('registry: {backend: sqlite, uri: "sqlite:///models.db"}\n'),
      real: { MODEL_REGISTRY_URI: 'http://ml:5000' },
    });
    expect(registry).toMatchObject({ backend: 'mlflow', origin: 'http://ml:5000', consent: 'given', problem: null });
  });

  test('of MLflow is where the runs are when it has no address of its own', async () => {
    const { registry } = await resolve({
      real: { MODEL_REGISTRY_BACKEND: 'mlflow', MLFLOW_TRACKING_URI: 'http://ml:5000' },
    });
    expect(registry).toMatchObject({ backend: 'mlflow', target: { type: 'rest', url: 'http://ml:5000' } });
  });

  test.each([
    ['{backend: sqlite, uri: "http://ml:5000"}', 'is no SQLite file'],
    ['{backend: mlflow, uri: "postgresql://ml/db"}', 'PostgreSQL'],
  ])('that can’t be is a problem: %s', async (entry, problem) => {
    const { registry } = await resolve({ yaml: workspace(`registry: ${entry}\n`) });
    expect(registry.problem?.message).toContain(problem);
  });
});

describe('where models are kept', () => {
  const storage = async (body: string, real: Variables = {}, dotenv: Variables = {}) =>
    (await resolve({ yaml: workspace(body), real, dotenv })).storage;

  test('is a folder below the workspace where nothing is said', async () => {
    const folder = { target: { type: 'local', path: '/repo/.mlops/artifacts' }, origin: null, consent: 'given' };
    expect(await storage('')).toEqual(folder);
    expect((await resolve({ explicit: 'http://ml:1' })).storage).toEqual(folder);
    expect(await storage('storage: {type: local, path: ../shared}')).toMatchObject({ target: { path: '/shared' } });
  });

  test('may be a server that mlops.yaml names, which the person is asked about', async () => {
    expect(await storage('storage: {type: s3, bucket: models, prefix: /a/b, region: eu-central-1}')).toEqual({
      target: {
        type: 's3',
        bucket: 'models',
        prefix: 'a/b/',
        region: 'eu-central-1',
        endpoint: null,
        forcePathStyle: false,
      },
      origin: 'https://s3.eu-central-1.amazonaws.com',
      consent: 'ask',
    });
    expect(await storage('storage: {type: gcs, bucket: models, endpoint: "http://evil.example:9/x/"}')).toMatchObject({
      target: { type: 'gcs', endpoint: 'http://evil.example:9/x', prefix: '' },
      origin: 'http://evil.example:9',
      consent: 'ask',
    });
    expect(await storage('storage: {type: azure, account: acme, container: models}')).toMatchObject({
      origin: 'https://acme.blob.core.windows.net',
      consent: 'ask',
    });
  });

  test.each([
    ['s3://models/churn', { type: 's3', bucket: 'models', prefix: 'churn/' }],
    ['gs://models', { type: 'gcs', bucket: 'models', prefix: '' }],
    ['azure://acme/models/a/b', { type: 'azure', account: 'acme', container: 'models', prefix: 'a/b/' }],
    [
      'wasbs://models@acme.blob.core.windows.net/a',
      { type: 'azure', account: 'acme', container: 'models', prefix: 'a/' },
    ],
    ['/data/models', { type: 'local', path: '/data/models' }],
  ])('is what the person’s environment says: %s', async (path, target) => {
    expect(await storage('', { ARTIFACT_STORAGE_PATH: path })).toMatchObject({ target, consent: 'given' });
  });

  test('is asked about where a file of the workspace names it by a variable', async () => {
    expect(await storage('', {}, { ARTIFACT_STORAGE_PATH: 's3://models' })).toMatchObject({ consent: 'ask' });
  });

  test.each([
    'storage: {type: azure, account: "evil.example/x", container: models}',
    'storage: {type: s3, bucket: models, region: "evil.example/"}',
    'storage: {type: s3, bucket: models, endpoint: "ftp://x"}',
    'storage: {type: tape}',
    'storage: {type: gcs}',
  ])('is refused with a reason: %s', async (body) => {
    expect(await storage(body)).toEqual(expect.any(String));
  });
});
