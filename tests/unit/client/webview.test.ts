import { describe, expect, it } from 'vitest';
import { CancellationTokenSource, createMessageConnection, type Message, ResponseError } from 'vscode-jsonrpc/node';
import { contentSecurityPolicy, panelHtml } from '#client/webview/content.ts';
import { hostRequests, safeFileName } from '#client/webview/host-requests.ts';
import { WebviewReader, WebviewWriter } from '#client/webview/message-port.ts';
import { hostRequest, PanelHost } from '#client/webview/panel-host.ts';
import { targetOf, titleOf, trackersOf } from '#client/webview/targets.ts';
import { checkDrift, exportDrift } from '#schemas/protocol/drift.ts';
import { exportAudit } from '#schemas/protocol/models.ts';
import { copyText, type PanelState, panelInitialize, panelProgress } from '#schemas/protocol/webview.ts';
import { fakeServer, folder } from './fixtures.ts';
import { EventEmitter } from './vscode-fake.ts';

const content = {
  nonce: 'n0nce',
  cspSource: 'https://files.example',
  script: 'https://files.example/main.js',
  styles: ['https://files.example/main.css'],
  title: '<Runs> & "more"',
  language: 'en',
};

describe("a panel's page", () => {
  it('may load nothing but our own files', () => {
    const policy = contentSecurityPolicy(content);
    const rules = new Map(policy.split('; ').map((rule) => [rule.split(' ')[0], rule.split(' ').slice(1)]));
    expect(rules.get('default-src')).toEqual([`'none'`]);
    expect(rules.get('script-src')).toEqual([`'nonce-n0nce'`]);
    expect(rules.get('img-src')).toEqual(['https://files.example', 'data:', 'blob:']);
    expect(rules.has('connect-src')).toBe(false);
    expect(policy).not.toContain('unsafe');
  });

  it('has the policy, one script with the nonce, and no text that is taken for markup', () => {
    const html = panelHtml(content);
    expect(html).toContain('http-equiv="Content-Security-Policy"');
    expect([...html.matchAll(/<script[^>]*>/g)]).toHaveLength(1);
    expect(html).toContain('<script type="module" nonce="n0nce" src="https://files.example/main.js">');
    expect(html).toContain('&lt;Runs&gt; &amp; &quot;more&quot;');
  });
});

describe('what a page may write', () => {
  it('is a file that the person chose, and nothing else', async () => {
    const server = fakeServer({});
    const requests = hostRequests({ server, open: () => undefined });
    const query = { folder, format: 'csv', path: '/home/ana/.bashrc' };
    const request = requests.find(({ definition }) => definition.method === exportAudit.method);
    await expect(request?.handle(query, new CancellationTokenSource().token)).rejects.toThrow('chosen for it');
    expect(server.asked).toEqual([]);
    const report = requests.find(({ definition }) => definition.method === exportDrift.method);
    const drift = { folder, check: '1', format: 'html', timeColumn: null, path: '/home/ana/.bashrc' };
    await expect(report?.handle(drift, new CancellationTokenSource().token)).rejects.toThrow('chosen for it');
    expect(server.asked).toEqual([]);
  });
});

describe('what a panel is about', () => {
  const run = (runId: string) => ({ tracker: 'local', runId });
  const compare = (...ids: string[]): PanelState => ({ panel: 'compare', folder, runs: ids.map(run) });
  const table: PanelState = { panel: 'runs', folder, tracker: 'local', experimentIds: ['1'], title: 'churn' };

  it('is the same whatever the order of its runs', () => {
    expect(targetOf(compare('a', 'b'))).toBe(targetOf(compare('b', 'a')));
    expect(targetOf(compare('a', 'b'))).not.toBe(targetOf(compare('a', 'c')));
    expect(targetOf(table)).toBe(targetOf({ ...table, title: 'renamed' }));
    expect(targetOf(table)).not.toBe(targetOf({ ...table, folder: 'file:///other' }));
  });

  it('is in its title', () => {
    expect(titleOf(table)).toBe('Runs: churn');
    expect(titleOf(compare('a', 'b'))).toBe('Compare 2 runs');
    expect(titleOf({ panel: 'run', folder, run: run('0123456789') }, 'brave-fox')).toBe('Run brave-fox');
    expect(titleOf({ panel: 'run', folder, run: run('0123456789') })).toBe('Run 01234567');
    const audit = (target: string | null): PanelState => ({ panel: 'audit', folder, target });
    expect([audit(null), audit('churn')].map((state) => titleOf(state))).toEqual(['Audit Log', 'Audit Log: churn']);
    expect(targetOf(audit(null))).not.toBe(targetOf(audit('churn')));
    expect(trackersOf(compare('a', 'b'))).toEqual(new Set(['local']));
    const drift = (reference: string, current: string): PanelState => ({
      ...{ panel: 'drift', folder, title: 'a ↔ b' },
      target: { kind: 'files', reference, current },
    });
    expect(titleOf(drift('a', 'b'))).toBe('Drift: a ↔ b');
    expect(targetOf(drift('a', 'b'))).not.toBe(targetOf(drift('b', 'a')));
    expect(trackersOf(drift('a', 'b'))).toEqual(new Set());
  });
});

const summary = {
  ...{ at: 0, names: { reference: 'a', current: 'b' }, rows: { reference: 1, current: 1 }, leftOut: [] },
  ...{ share: null, drifted: null, verdict: 'no-data', columns: 0, driftedColumns: 0, leftOutTotal: 0 },
};

describe('a panel and its host', () => {
  const state: PanelState = { panel: 'run', folder, run: { tracker: 'local', runId: '1' } };

  /** A host with a page that speaks to it as a real one does: structured clones of JSON-RPC messages. */
  function setUp(answers: Parameters<typeof fakeServer>[0]) {
    const fromPage = new EventEmitter<unknown>();
    const toPage = new EventEmitter<Message>();
    const webview = {
      onDidReceiveMessage: fromPage.event,
      postMessage: async (message: Message) => {
        toPage.fire(structuredClone(message));
        return true;
      },
    };
    const server = fakeServer(answers);
    const copied: string[] = [];
    const requests = [
      hostRequest(copyText, async ({ text }) => {
        copied.push(text);
        return {};
      }),
    ];
    const host = new PanelHost({ webview, state, server, requests });
    const openPage = () => {
      const reader = new WebviewReader();
      const subscription = toPage.event((message) => reader.receive(message));
      const writer = new WebviewWriter({
        postMessage: async (message: unknown) => {
          fromPage.fire(structuredClone(message));
          return true;
        },
      });
      const connection = createMessageConnection(reader, writer);
      connection.listen();
      return {
        connection,
        close: () => {
          subscription.dispose();
          connection.dispose();
        },
      };
    };
    return { host, server, copied, openPage, fromPage };
  }

  it('tells a page what to show, and answers it', async () => {
    const { openPage, copied } = setUp({});
    const { connection } = openPage();
    expect(await connection.sendRequest(panelInitialize.method, {})).toEqual({ state });
    await connection.sendRequest(copyText.method, { text: 'x' });
    expect(copied).toEqual(['x']);
  });

  it('hands on what may be handed on, and refuses everything else', async () => {
    const { openPage, server } = setUp({ 'experiments/mark': () => ({}) });
    const { connection } = openPage();
    await connection.sendRequest(panelInitialize.method, {});
    await connection.sendRequest('experiments/mark', { folder, runs: [], starred: true });
    expect(server.asked).toEqual([{ method: 'experiments/mark', params: { folder, runs: [], starred: true } }]);
    await expect(connection.sendRequest('connections/list', { folder })).rejects.toThrow(/Unhandled method/);
    await expect(connection.sendRequest('experiments/mark', { runs: 'all' })).rejects.toBeInstanceOf(ResponseError);
    expect(server.asked).toHaveLength(1);
  });

  it('tells a page how far a check is, and of nothing else', async () => {
    const { openPage } = setUp({
      [checkDrift.method]: (_, onProgress) => {
        onProgress?.('3 of 9 columns', 33);
        return summary;
      },
    });
    const { connection } = openPage();
    const told: unknown[] = [];
    connection.onNotification(panelProgress.method, (progress: unknown) => {
      told.push(progress);
    });
    await connection.sendRequest(panelInitialize.method, {});
    const target = { kind: 'files', reference: 'a', current: 'b' };
    await connection.sendRequest(checkDrift.method, { folder, check: '1', target });
    expect(told).toEqual([{ method: checkDrift.method, message: '3 of 9 columns', percentage: 33 }]);
  });

  it('passes failures on in the words of the user', async () => {
    const failure = { reason: 'busy', message: 'The store is locked', remedy: 'Try again.' };
    const { openPage } = setUp({
      'experiments/run': () => {
        throw Object.assign(new Error('x'), { data: failure });
      },
    });
    const { connection } = openPage();
    await connection.sendRequest(panelInitialize.method, {});
    await expect(
      connection.sendRequest('experiments/run', { folder, run: { tracker: 'a', runId: 'b' } }),
    ).rejects.toMatchObject({
      data: failure,
    });
  });

  it('never answers a new page with what an old one asked', async () => {
    const pending = Promise.withResolvers<object>();
    const { openPage } = setUp({ 'experiments/mark': () => pending.promise });
    const old = openPage();
    await old.connection.sendRequest(panelInitialize.method, {});
    old.connection.sendRequest('experiments/mark', { folder, runs: [] }).catch(() => undefined);
    old.close();

    const page = openPage();
    await page.connection.sendRequest(panelInitialize.method, {});
    const copied = page.connection.sendRequest(copyText.method, { text: 'y' });
    pending.resolve({});
    expect(await copied).toEqual({});
  });

  it('ignores what is not a message', () => {
    const { fromPage } = setUp({});
    for (const message of [null, 'text', 3, {}, { jsonrpc: '1.0', method: panelInitialize.method }]) {
      expect(() => fromPage.fire(message)).not.toThrow();
    }
  });
});

describe('names of files', () => {
  it.each([
    ['metrics.csv', 'metrics.csv'],
    ['../../etc/passwd', '_.._etc_passwd'],
    ['a/b:c*?.png', 'a_b_c__.png'],
    ['...', 'untitled'],
    ['', 'untitled'],
  ])('%s becomes %s', (text, name) => {
    expect(safeFileName(text)).toBe(name);
  });
});
