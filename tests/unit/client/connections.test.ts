import { describe, expect, it } from 'vitest';
import { checkServerUrl, storeUri, suggestedServerName } from '#client/features/connections/add-connection.ts';
import { checkName, freeName } from '#client/features/connections/commands.ts';
import { connectionItemView, describeConnection } from '#client/features/connections/items.ts';
import { ConnectionsModel } from '#client/features/connections/model.ts';
import { describeStatus } from '#client/features/status/status-bar.ts';
import { toFailure } from '#client/platform/failures.ts';
import { connection, fakeServer, folder } from './fixtures.ts';

const node = (part: Parameters<typeof connection>[0]) =>
  connectionItemView({ kind: 'connection', id: 'c', folder, connection: connection(part) });

describe('a connection in its view', () => {
  it('says what answered and how fast, or what is wrong', () => {
    expect(describeConnection(connection())).toBe('MLflow 3.17.2 · 3 ms');
    expect(describeConnection(connection({ latencyMs: 0.2 }))).toBe('MLflow 3.17.2 · 1 ms');
    expect(describeConnection(connection({ healthy: false, detail: 'No such file' }))).toBe('No such file');
    expect(describeConnection(connection({ healthy: null, detail: '', latencyMs: null }))).toBe('mlflow-sqlite');
  });

  it('shows its health and what it needs', () => {
    expect(node({}).icon.id).toBe('pass-filled');
    expect(node({ healthy: false, attention: 'unreachable' }).icon.id).toBe('error');
    expect(node({ healthy: null }).icon.id).toBe('database');
    expect(node({ healthy: false, attention: 'sign-in', origin: 'https://x' })).toMatchObject({
      icon: { id: 'key' },
      context: ['connection', 'remote', 'sign-in'],
      command: { id: 'mlops.signIn' },
    });
    // A path is told from the folder: all of it would leave no room for what is wrong with it.
    const detail = `There is no file ${new URL(folder).pathname}/old.db.`;
    expect(node({ healthy: false, detail }).description).toBe('There is no file old.db.');
    expect(node({ attention: 'fix-configuration' }).command?.id).toBe('mlops.openConfiguration');
  });

  it('is told of in full to a screen reader and in the tooltip', () => {
    const { spoken, tooltip } = node({ source: '.env' });
    expect(spoken).toBe('Experiments, local, healthy, MLflow 3.17.2 · 3 ms');
    expect(tooltip).toContain('sqlite:///mlflow\\.db');
    expect(tooltip).toContain('\\.env');
  });
});

describe('the connections model', () => {
  it('lists at once and checks behind that', async () => {
    let answerCheck = () => {};
    const server = fakeServer({
      'connections/list': async (params) => {
        const isCheck = typeof params === 'object' && params !== null && 'check' in params && params.check === true;
        if (isCheck) await new Promise<void>((resolve) => (answerCheck = resolve));
        return {
          connections: [connection({ healthy: isCheck ? true : null })],
          warnings: [{ file: 'mlops.yaml', message: 'odd' }],
        };
      },
    });
    const checked = Promise.withResolvers<void>();
    const model = new ConnectionsModel({
      server,
      folders: () => [{ uri: folder, name: 'ws' }],
      toFailure,
      onChecked: checked.resolve,
    });
    const [before, warning] = await model.children();
    expect(before).toMatchObject({ kind: 'connection', connection: { healthy: null } });
    expect(warning).toMatchObject({ kind: 'warning', message: 'odd' });
    answerCheck();
    await checked.promise;
    const [after] = await model.children();
    expect(after).toMatchObject({ id: before?.id, connection: { healthy: true } });
    expect(model.nodeOf({ id: before?.id })).toBe(after);
    expect(server.asked).toHaveLength(2);
  });

  it('shows a folder that can not be read as such', async () => {
    const server = fakeServer({
      'connections/list': () => {
        throw Object.assign(new Error(), { data: { reason: 'input', message: 'mlops.yaml is broken', remedy: null } });
      },
    });
    const folders = () => ['a', 'b'].map((name) => ({ uri: `file:///${name}`, name }));
    const model = new ConnectionsModel({ server, folders, toFailure, onChecked: () => {} });
    const [first] = await model.children();
    expect(first).toMatchObject({ kind: 'folder', name: 'a' });
    expect(await model.children(first)).toMatchObject([
      { kind: 'error', failure: { message: 'mlops.yaml is broken' } },
    ]);
  });
});

describe('adding a connection', () => {
  it('takes addresses of servers, without secrets in them', () => {
    expect(checkServerUrl('http://localhost:5000')).toBeNull();
    for (const text of ['', 'localhost:5000', 'sqlite:///x', 'https://user:pw@host'])
      expect(checkServerUrl(text)).not.toBeNull();
  });

  it('writes stores relative to the folder where it can', () => {
    expect(storeUri('/ws', '/ws/data/mlflow.db', 'sqlite')).toBe('sqlite:///data/mlflow.db');
    expect(storeUri('/ws', '/other/mlflow.db', 'sqlite')).toBe('sqlite:////other/mlflow.db');
    expect(storeUri('/ws', '/ws/mlruns', 'folder')).toBe('./mlruns');
    expect(storeUri('/ws', '/other/mlruns', 'folder')).toBe('file:///other/mlruns');
  });

  it('suggests a name that is free', () => {
    expect(suggestedServerName('https://mlflow.acme.example/')).toBe('acme');
    expect(suggestedServerName('http://127.0.0.1:5000')).toBe('local');
    expect(freeName('local', ['local', 'local-2'])).toBe('local-3');
    expect(checkName('a/b', [])).not.toBeNull();
    expect(checkName('team', ['team'])).not.toBeNull();
    expect(checkName('team', [])).toBeNull();
  });
});

describe('the status bar', () => {
  it('says the gravest first', () => {
    const status = { available: true, running: 0, attention: 0 };
    expect(describeStatus(status)).toMatchObject({ text: '$(beaker) MLOps', view: 'mlops.experiments' });
    expect(describeStatus({ ...status, running: 2 })).toMatchObject({ text: '$(sync~spin) MLOps 2' });
    expect(describeStatus({ ...status, running: 2, attention: 1 })).toMatchObject({ view: 'mlops.connections' });
    expect(describeStatus({ available: false, running: 2, attention: 1 }).isWarning).toBe(true);
  });
});
