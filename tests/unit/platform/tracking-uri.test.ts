import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseTrackingUri } from '#server/platform/configuration/tracking-uri.ts';

const parse = (uri: string, platform: NodeJS.Platform = 'linux') => parseTrackingUri(uri, '/ws/churn', platform);

describe('parseTrackingUri', () => {
  test.each([
    ['sqlite:///mlflow.db', { type: 'sqlite', path: '/ws/churn/mlflow.db' }],
    ['sqlite:///../other/mlflow.db', { type: 'sqlite', path: '/ws/other/mlflow.db' }],
    ['sqlite:////var/lib/mlflow.db', { type: 'sqlite', path: '/var/lib/mlflow.db' }],
    ['sqlite:///mlflow.db?timeout=30', { type: 'sqlite', path: '/ws/churn/mlflow.db' }],
    ['sqlite+pysqlite:///mlflow.db', { type: 'sqlite', path: '/ws/churn/mlflow.db' }],
    ['SQLite:///mlflow.db', { type: 'sqlite', path: '/ws/churn/mlflow.db' }],
    ['file:///data/ml%20runs', { type: 'file', path: '/data/ml runs' }],
    ['file://localhost/data/mlruns', { type: 'file', path: '/data/mlruns' }],
    ['file:mlruns', { type: 'file', path: '/ws/churn/mlruns' }],
    ['./mlruns', { type: 'file', path: '/ws/churn/mlruns' }],
    ['mlruns', { type: 'file', path: '/ws/churn/mlruns' }],
    ['/data/mlruns', { type: 'file', path: '/data/mlruns' }],
    ['runs/mlflow.db', { type: 'sqlite', path: '/ws/churn/runs/mlflow.db' }],
    ['http://localhost:5000', { type: 'rest', url: 'http://localhost:5000' }],
    ['https://ml.example.com/team/mlflow/', { type: 'rest', url: 'https://ml.example.com/team/mlflow' }],
    ['  http://localhost:5000/  ', { type: 'rest', url: 'http://localhost:5000' }],
  ])('%s', (uri, target) => {
    expect(parse(uri)).toMatchObject({ target, problem: null });
  });

  test.each([
    ['C:\\runs\\mlruns', { type: 'file', path: 'C:\\runs\\mlruns' }],
    ['C:/runs/mlflow.db', { type: 'sqlite', path: 'C:\\runs\\mlflow.db' }],
    ['sqlite:///C:/runs/mlflow.db', { type: 'sqlite', path: 'C:\\runs\\mlflow.db' }],
    ['sqlite:///C:\\runs\\mlflow.db', { type: 'sqlite', path: 'C:\\runs\\mlflow.db' }],
    ['file:///C:/runs/mlruns', { type: 'file', path: 'C:\\runs\\mlruns' }],
  ])('on Windows %s', (uri, target) => {
    expect(parseTrackingUri(uri, 'D:\\ws', 'win32')).toMatchObject({ target, problem: null });
  });

  test.each([
    ['postgresql://db/mlflow', 'mlflow-postgresql', 'mlflow server --backend-store-uri'],
    ['mysql+pymysql://db/mlflow', 'mlflow-mysql', 'MySQL'],
    ['databricks', 'databricks', 'not supported yet'],
    ['databricks://profile', 'databricks', 'not supported yet'],
    ['wandb://acme/churn', 'wandb', 'not supported yet'],
    ['neptune-offline:.neptune', 'neptune-offline', 'not supported yet'],
    ['\\\\evil\\share\\mlruns', 'mlflow-file', 'Network shares'],
    ['//evil/share/mlruns', 'mlflow-file', 'Network shares'],
    ['file://evil/share/mlruns', 'mlflow-file', 'Network shares'],
    ['file:////evil/share/mlruns', 'mlflow-file', 'Network shares'],
    ['sqlite:///\\\\evil\\share\\x.db', 'mlflow-sqlite', 'Network shares'],
  ])('%s is not supported', (uri, backend, message) => {
    const parsed = parse(uri);
    expect(parsed).toMatchObject({ backend, target: { type: 'none' }, problem: { attention: 'unsupported' } });
    expect(parsed.problem?.message).toContain(message);
  });

  test.each(['', '   ', 'http://', 'sqlite://', 'sqlite:///', 'sqlite:///:memory:', 'ftp://host/x', 'file:'])(
    '%j is wrong',
    (uri) => {
      expect(parse(uri).problem).toMatchObject({ attention: 'fix-configuration' });
    },
  );

  test('moves user and password out of the address', () => {
    const parsed = parse('https://ana:p%40ss@ml.example.com:8443/prefix');
    expect(parsed.credential).toEqual({ type: 'basic', username: 'ana', password: 'p@ss' });
    expect(parsed).toMatchObject({ origin: 'https://ml.example.com:8443', uri: 'https://ml.example.com:8443/prefix' });
  });

  test('never shows a password, whatever the scheme', () => {
    const scheme = fc.constantFrom('http', 'https', 'postgresql', 'mysql+pymysql', 'wandb', 'ftp', 'sqlite');
    const secret = fc.stringMatching(/^[a-z0-9]{12}$/).map((text) => `s3cret${text}`);
    fc.assert(
      fc.property(scheme, secret, (name, password) => {
        const { credential: _, ...shown } = parse(`${name}://ana:${password}@host.example/x`);
        expect(JSON.stringify(shown)).not.toContain(password);
      }),
    );
  });

  test('never throws, and says what is wrong where it finds no target', () => {
    fc.assert(
      fc.property(fc.string(), (uri) => {
        const { target, problem } = parse(uri);
        expect(target.type === 'none').toBe(problem !== null);
      }),
    );
  });
});
