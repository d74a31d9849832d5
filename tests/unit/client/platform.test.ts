import { describe, expect, it } from 'vitest';
import { ClientFailure, failureLine, toFailure } from '#client/platform/failures.ts';
import { formatAgo, formatDuration, formatMetric } from '#client/platform/format.ts';
import { markdownCell, markdownTable, markdownText } from '#client/platform/markdown.ts';
import { type Answer, OriginPermissions } from '#client/platform/permissions.ts';
import { RestartPolicy } from '#client/platform/restart-policy.ts';
import { CredentialStore, originOf } from '#client/platform/secrets.ts';
import { proxyEnvironment, serverSettings } from '#client/platform/settings.ts';
import type { JsonNumber } from '#schemas/domain/number.ts';
import { EventEmitter } from './vscode-fake.ts';

function memento() {
  const kept = new Map<string, unknown>();
  return {
    keys: () => [...kept.keys()],
    get: <T>(key: string, otherwise?: T) => (kept.has(key) ? (kept.get(key) as T) : (otherwise as T)),
    update: async (key: string, value: unknown) => void kept.set(key, value),
  };
}

function secretStorage() {
  const kept = new Map<string, string>();
  const changed = new EventEmitter<{ key: string }>();
  return {
    kept,
    keys: async () => [...kept.keys()],
    get: async (key: string) => kept.get(key),
    async store(key: string, value: string) {
      kept.set(key, value);
      changed.fire({ key });
    },
    async delete(key: string) {
      kept.delete(key);
      changed.fire({ key });
    },
    onDidChange: changed.event,
  };
}

describe('failures', () => {
  it("are the server's where it told of one", () => {
    const data = { reason: 'unreachable', message: 'team does not answer', remedy: 'Is it running?' };
    expect(toFailure(Object.assign(new Error('x'), { data }))).toEqual(data);
    expect(toFailure(new ClientFailure('input', 'No.', null)).reason).toBe('input');
    expect(toFailure(Object.assign(new Error('x'), { code: -32800 })).reason).toBe('cancelled');
  });

  it('never show a stack', () => {
    expect(toFailure(new Error('first line\n    at file.ts:1')).message).toBe('first line');
    expect(toFailure({ data: { reason: 'nonsense' } })).toMatchObject({ reason: 'internal' });
  });

  it('are one line with what to do', () => {
    expect(failureLine({ reason: 'remote', message: 'It failed', remedy: 'Try again.' })).toBe('It failed. Try again.');
    expect(failureLine({ reason: 'remote', message: 'It failed.', remedy: null })).toBe('It failed.');
  });
});

describe('restarting a server', () => {
  it('waits longer each time, gives up, and forgets what is long past', () => {
    const policy = new RestartPolicy({ limit: 3, windowMs: 1000, firstDelayMs: 10, maximumDelayMs: 25 });
    expect([0, 1, 2, 3].map((now) => policy.ended(now))).toEqual([10, 20, 25, null]);
    expect(policy.ended(5000)).toBe(10);
    policy.ended(5001);
    policy.forget();
    expect(policy.ended(5002)).toBe(10);
  });
});

describe('origins', () => {
  it('are scheme, host and port of web addresses', () => {
    expect(originOf('HTTPS://user:pw@MLflow.example:443/path?x')).toBe('https://mlflow.example');
    expect(originOf('http://localhost:5000/')).toBe('http://localhost:5000');
    for (const text of ['sqlite:///x', 'file:///x', 'javascript:alert(1)', 'not a url', ''])
      expect(originOf(text)).toBeNull();
  });
});

describe('credentials', () => {
  it('belong to one origin, and others never see them', async () => {
    const storage = secretStorage();
    const store = new CredentialStore(storage);
    const changes: string[] = [];
    store.onDidChange((origin) => changes.push(origin));
    await store.set('https://a.example', { type: 'bearer', token: 't' });
    expect(await store.get('https://a.example')).toEqual({ type: 'bearer', token: 't' });
    expect(await store.get('https://a.example:8443')).toBeNull();
    expect(await store.origins()).toEqual(['https://a.example']);
    await store.delete('https://a.example');
    expect(await store.get('https://a.example')).toBeNull();
    expect(changes).toEqual(['https://a.example', 'https://a.example']);
  });

  it('that make no sense are none', async () => {
    const storage = secretStorage();
    storage.kept.set('mlops.credential:https://a.example', '{"type":"bearer"');
    storage.kept.set('mlops.credential:https://b.example', '{"type":"basic"}');
    const store = new CredentialStore(storage);
    expect(await store.get('https://a.example')).toBeNull();
    expect(await store.get('https://b.example')).toBeNull();
  });
});

describe('permission to connect', () => {
  const question = { folder: 'file:///ws', origin: 'https://a.example', connection: 'team', ask: true };
  const asking = (...answers: (Answer | undefined)[]) => {
    const asked: string[] = [];
    const ask = async ({ folder, origin }: { folder: string; origin: string }) => {
      asked.push(`${folder} ${origin}`);
      return answers.shift();
    };
    return { asked, ask };
  };

  it('is asked once for a folder and an origin, and kept', async () => {
    const { asked, ask } = asking('allow', 'deny');
    const state = memento();
    const permissions = new OriginPermissions(state, ask);
    expect(
      await Promise.all([permissions.allowed(question), permissions.allowed({ ...question, connection: 'b' })]),
    ).toEqual([true, true]);
    expect(await permissions.allowed({ ...question, folder: 'file:///other' })).toBe(false);
    const later = new OriginPermissions(state, asking().ask);
    expect(await later.allowed(question)).toBe(true);
    expect(await later.allowed({ ...question, folder: 'file:///other' })).toBe(false);
    expect(asked).toHaveLength(2);
  });

  it('is not asked for where the person is to be left alone', async () => {
    const { asked, ask } = asking('allow');
    const permissions = new OriginPermissions(memento(), ask);
    expect(await permissions.allowed({ ...question, ask: false })).toBe(false);
    expect(asked).toEqual([]);
    expect(await permissions.allowed(question)).toBe(true);
    expect(await permissions.allowed({ ...question, ask: false })).toBe(true);
  });

  it('that nobody gave is refused, and asked for again in another session', async () => {
    const { asked, ask } = asking(undefined, 'allow');
    const state = memento();
    const permissions = new OriginPermissions(state, ask);
    expect(await permissions.allowed(question)).toBe(false);
    expect(await permissions.allowed(question)).toBe(false);
    expect(asked).toHaveLength(1);
    expect(await new OriginPermissions(state, ask).allowed(question)).toBe(true);
  });

  it('can be given later', async () => {
    const permissions = new OriginPermissions(memento(), asking('deny').ask);
    expect(await permissions.allowed(question)).toBe(false);
    await permissions.set(question, 'allow');
    expect(await permissions.allowed(question)).toBe(true);
  });
});

describe('settings', () => {
  it('that make no sense fall back to their defaults, one by one', () => {
    const invalid: string[] = [];
    const values: Record<string, unknown> = {
      'experiments.pageSize': 5,
      'http.timeoutSeconds': 7,
      'tracking.uri': 'x',
    };
    const read = serverSettings(
      (key) => values[key],
      (key) => invalid.push(key),
    );
    expect(read).toMatchObject({ experiments: { pageSize: 100 }, http: { timeoutSeconds: 7 }, tracking: { uri: 'x' } });
    expect(invalid).toEqual(['experiments.pageSize']);
  });

  it('of the editor reach the backend as its environment', () => {
    const read = (values: Record<string, unknown>) => proxyEnvironment((key) => values[key]);
    expect(read({ proxy: 'http://p:1', noProxy: ['a', 'b'] })).toEqual({
      NODE_USE_SYSTEM_CA: '1',
      HTTP_PROXY: 'http://p:1',
      HTTPS_PROXY: 'http://p:1',
      NO_PROXY: 'a,b',
    });
    expect(read({ proxy: 'http://p:1', proxySupport: 'off', systemCertificates: false })).toEqual({});
    expect(read({ proxy: '', noProxy: [] })).toEqual({ NODE_USE_SYSTEM_CA: '1' });
  });
});

describe('formats', () => {
  it.each([
    [0, '0'],
    [0.1 + 0.2, '0.3'],
    [0.912345678, '0.91235'],
    [123456.789, '123456.8'],
    [1e-9, '1.000e-9'],
    [12_345_678, '1.235e+7'],
    [-2.5, '-2.5'],
    ['NaN', 'NaN'],
    ['-Infinity', '−∞'],
  ] satisfies [JsonNumber, string][])('write the metric %s as %s', (value, text) => {
    expect(formatMetric(value)).toBe(text);
  });

  it('tell ages and lengths of time', () => {
    expect(formatAgo(0, 30_000, 'en')).toBe('now');
    expect(formatAgo(0, 90_000, 'en')).toBe('1 min. ago');
    expect(formatAgo(0, 86_400_000, 'en')).toBe('yesterday');
    expect([999, 65_000, 3_600_000, 3_660_000, 90_000_000].map(formatDuration)).toEqual([
      '999 ms',
      '1 min 5 s',
      '1 h',
      '1 h 1 min',
      '1 d 1 h',
    ]);
  });

  it('keep Markdown from meaning anything', () => {
    expect(markdownText('[a](b) | <c>\n$(d)')).toBe('\\[a\\]\\(b\\) \\| \\<c\\> \\$\\(d\\)');
    expect(markdownText('abcdef', 4)).toBe('abc…');
    expect(markdownText('😀😀😀', 2)).toBe('😀…');
  });

  it('keep what is in a table in its cell', () => {
    const rows = [['a|b', 'two\nlines *']];
    expect(markdownTable(['Name', ''], rows)).toEqual(['| Name |  |', '| --- | --- |', '| a\\|b | two lines \\* |']);
    expect(markdownTable(['', ''], rows, markdownCell).at(-1)).toBe('| a\\|b | two lines * |');
  });
});
