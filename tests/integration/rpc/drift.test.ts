import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CancellationTokenSource } from 'vscode-jsonrpc/node';
import type { CodeLens } from 'vscode-languageserver/node';
import type { DriftDetails } from '#schemas/domain/drift-details.ts';
import * as protocol from '#schemas/protocol/drift.ts';
import { openDrift } from '#schemas/protocol/language-settings.ts';
import type { ParamsOf, RequestDefinition, ResultOf } from '#schemas/protocol/request.ts';
import { workspaceChanged } from '#schemas/protocol/workspace.ts';
import { type LanguageProcess, startLanguageProcess } from './language-process.ts';

let root: string;
let folder: string;
let server: LanguageProcess;

/** Asks as the editor does: through the language process, which starts the backend. */
async function ask<D extends RequestDefinition>(
  definition: D,
  params: Omit<ParamsOf<D>, 'folder'>,
): Promise<ResultOf<D>>;
async function ask(definition: RequestDefinition, params: object): Promise<unknown> {
  return definition.result.parse(await server.connection.sendRequest(definition.method, { folder, ...params }));
}

const rows = (count: number, make: (index: number) => readonly (string | number)[]): string =>
  Array.from({ length: count }, (_, index) => `${make(index).join(',')}\n`).join('');
const day = (index: number) => new Date(Date.UTC(2026, 0, 1 + index)).toISOString().slice(0, 19);

const monitors = `apiVersion: mlops/v1
kind: Monitor
metadata: {name: churn-drift}
drift: {reference: train.csv, current: live.csv, columns: {tenure: {method: psi}, plan: {}}}
---
apiVersion: mlops/v1
kind: Monitor
metadata: {name: other}
drift: {reference: train.csv, current: train.csv, columns: [tenure]}
`;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'mlops-rpc-drift-'));
  folder = pathToFileURL(root).href;
  const head = 'tenure,plan,seen,<b>x</b>\n';
  const far = (index: number) => (index === 7 ? 1e9 : (index * 37) % 101);
  await writeFile(
    join(root, 'train.csv'),
    head + rows(500, (i) => [far(i) / 10, i % 3 ? 'free' : 'pro', day(i % 50), i % 7]),
  );
  await writeFile(
    join(root, 'live.csv'),
    head + rows(400, (i) => [((i * 53) % 97) / 10 + 4, `p${i % 40}`, day(60 + (i % 50)), i % 10 ? '' : i % 7]),
  );
  await writeFile(join(root, 'churn.mlops.yaml'), monitors);
  await writeFile(join(root, 'damaged.parquet'), 'PAR1 and nothing that follows PAR1');
  await mkdir(join(root, 'out'));
  server = startLanguageProcess({ MLFLOW_TRACKING_URI: '' });
  server.connection.listen();
  await server.connection.sendRequest('initialize', {
    ...{ processId: process.pid, rootUri: folder, capabilities: {} },
    workspaceFolders: [{ uri: folder, name: 'churn' }],
    initializationOptions: { trusted: true, commands: [openDrift] },
  });
  await server.connection.sendNotification('initialized', {});
});

afterAll(async () => {
  await server.stop();
  await rm(root, { recursive: true, force: true });
});

const files = (reference: string, current: string) => ({ kind: 'files', reference, current }) as const;
const details = (parts: Partial<ParamsOf<typeof protocol.driftColumnDetails>>): Promise<DriftDetails> =>
  ask(protocol.driftColumnDetails, { check: 'a', column: 'tenure', timeColumn: null, whole: false, ...parts });
const sum = (counts: readonly number[] = []) => counts.reduce((all, each) => all + each, 0);

describe('the editor’s requests about drift', () => {
  it('compare two files, and give the columns in parts', async () => {
    const summary = await ask(protocol.checkDrift, {
      check: 'a',
      target: files(join(root, 'train.csv'), join(root, 'live.csv')),
    });
    expect(summary).toMatchObject({
      ...{ rows: { reference: 500, current: 400 }, verdict: 'drift', columns: 3, driftedColumns: 3 },
      names: { reference: 'train.csv', current: 'live.csv' },
      leftOut: [{ column: 'seen' }],
    });
    const { columns } = await ask(protocol.driftColumns, { check: 'a', start: 1, count: 1 });
    expect(columns).toMatchObject([{ column: 'plan', verdict: 'drift', method: 'chisquare' }]);
  });

  it('are of one check: the same name gives what was found, also when the data have changed since', async () => {
    const target = files('train.csv', 'again.csv');
    await writeFile(join(root, 'again.csv'), await readFile(join(root, 'train.csv')));
    const before = await ask(protocol.checkDrift, { check: 'kept', target });
    await rm(join(root, 'again.csv'));
    expect(await ask(protocol.checkDrift, { check: 'kept', target })).toEqual(before);
    await expect(ask(protocol.checkDrift, { check: 'new', target })).rejects.toMatchObject({
      data: { reason: 'not-found' },
    });
    await expect(ask(protocol.driftColumns, { check: 'new', start: 0, count: 1 })).rejects.toMatchObject({
      data: { reason: 'not-found', remedy: 'Check again.' },
    });
  });

  it('compare what a Monitor document says, of several the one of the name', async () => {
    const file = join(root, 'churn.mlops.yaml');
    const monitor = (name: string | null) => ({ kind: 'monitor', file, name }) as const;
    expect(await ask(protocol.checkDrift, { check: 'm', target: monitor('other') })).toMatchObject({
      ...{ columns: 1, verdict: 'no-drift', names: { reference: 'train.csv', current: 'train.csv' } },
    });
    expect(await ask(protocol.checkDrift, { check: 'm2', target: monitor('churn-drift') })).toMatchObject({
      columns: 2,
    });
    for (const [name, said] of [
      [null, 'has 2 Monitor documents'],
      ['nobody', 'has no Monitor document nobody'],
    ] as const) {
      await expect(ask(protocol.checkDrift, { check: `m-${name}`, target: monitor(name) })).rejects.toThrow(said);
    }
  });

  it('show both samples of numbers: bins where nearly all are, quantiles, what lies far away', async () => {
    const found = await details({});
    expect(found).toMatchObject({
      ...{ type: 'numeric', rows: { reference: 500, current: 400 }, present: { reference: 500, current: 400 } },
      ...{ categories: null, estimated: false, overTime: null, timeColumns: ['seen'] },
    });
    const { histogram } = found;
    expect(histogram?.outside).toEqual({ reference: 1, current: 0 });
    expect(histogram?.edges.at(-1)).toBeLessThan(25);
    expect([sum(histogram?.reference), sum(histogram?.current)]).toEqual([499, 400]);
    const figure = (name: string) => found.figures.find((one) => one.name === name);
    expect(figure('Minimum')).toEqual({ name: 'Minimum', reference: 0, current: 4 });
    expect(figure('Maximum')).toEqual({ name: 'Maximum', reference: 1e8, current: 13.6 });
    expect(figure('Median')?.current).toBeCloseTo(8.8, 1);
    const whole = await details({ whole: true });
    expect(whole.histogram?.edges.at(-1)).toBe(1e8);
    expect(whole.histogram?.outside).toEqual({ reference: 0, current: 0 });
  });

  it('show both samples of categories: the most frequent by name, the others as one', async () => {
    const { categories, histogram, figures } = await details({ column: 'plan' });
    expect([histogram, figures]).toEqual([null, []]);
    expect(categories?.entries).toHaveLength(20);
    expect(categories?.entries.slice(0, 3)).toEqual([
      { name: 'free', reference: 333, current: 0 },
      { name: 'pro', reference: 167, current: 0 },
      { name: 'p0', reference: 0, current: 10 },
    ]);
    expect(categories?.rest).toEqual({ values: 22, reference: 0, current: 220 });
  });

  it('show what went over time, of each side at its time', async () => {
    const { overTime } = await details({ timeColumn: 'seen' });
    expect(overTime).toMatchObject({ column: 'seen', measure: 'median' });
    const [reference, current] = overTime?.courses ?? [];
    expect([reference?.side, current?.side]).toEqual(['reference', 'current']);
    expect(reference?.x[0]).toBeGreaterThanOrEqual(Date.UTC(2026, 0, 1));
    expect(reference?.x.at(-1)).toBeLessThan(current?.x[0] ?? 0);
    expect(reference?.y).toHaveLength(reference?.x.length ?? 0);
    const shares = await details({ column: 'plan', timeColumn: 'seen' });
    expect(shares.overTime?.measure).toBe('share');
    const free = shares.overTime?.courses.find(({ name, side }) => name === 'free' && side === 'reference');
    expect(Math.max(...(free?.y ?? []))).toBeLessThanOrEqual(1);
    expect(await details({ timeColumn: 'nothing' })).toMatchObject({ overTime: null });
  });

  it('export a page that nothing in the data can break out of, and a table', async () => {
    const page = join(root, 'out', 'drift.html');
    const exported = await ask(protocol.exportDrift, { check: 'a', format: 'html', timeColumn: 'seen', path: page });
    expect(exported).toEqual({ columns: 3, charts: 3 });
    const html = await readFile(page, 'utf8');
    expect(html).toContain('&lt;b&gt;x&lt;/b&gt;');
    expect(html).not.toContain('<b>');
    // Of each column its values, and how they went.
    expect(html.match(/<svg /g)).toHaveLength(6);
    expect(html).not.toMatch(/<script|src=|href=|url\(|@import/);
    const table = join(root, 'out', 'drift.csv');
    await ask(protocol.exportDrift, { check: 'a', format: 'csv', timeColumn: null, path: table });
    const lines = (await readFile(table, 'utf8')).split('\r\n');
    expect(lines[0]).toMatch(/^column,type,verdict,score,method,statistic/);
    expect(
      lines
        .slice(1, -1)
        .map((line) => line.split(',')[0])
        .toSorted(),
    ).toEqual(['<b>x</b>', 'plan', 'tenure']);
  });

  it('say of damaged data what is wrong, and what to do', async () => {
    const target = files('train.csv', 'damaged.parquet');
    await expect(ask(protocol.checkDrift, { check: 'd', target })).rejects.toMatchObject({
      data: { reason: 'corrupt', message: expect.stringContaining('damaged.parquet'), remedy: expect.any(String) },
    });
  });

  it('are called off: whoever asked hears so at once', async () => {
    const source = new CancellationTokenSource();
    const asked = server.connection.sendRequest(
      protocol.checkDrift.method,
      { folder, check: 'c', target: files('train.csv', 'live.csv') },
      source.token,
    );
    source.cancel();
    await expect(asked).rejects.toMatchObject({ code: -32800 });
  });
});

describe('without trust', () => {
  const lenses = async () => {
    const uri = `${folder}/churn.mlops.yaml`;
    const found: readonly CodeLens[] = await server.connection.sendRequest('textDocument/codeLens', {
      textDocument: { uri },
    });
    return found.map(({ range, command }) => [range.start.line, command?.title, command?.arguments?.[1]]);
  };

  it('nothing is read, and no lens offers it; with it there is one above each drift section', async () => {
    await server.connection.sendNotification('textDocument/didOpen', {
      textDocument: { uri: `${folder}/churn.mlops.yaml`, languageId: 'mlops', version: 1, text: monitors },
    });
    expect(await lenses()).toEqual([
      [3, 'Show drift', 'churn-drift'],
      [8, 'Show drift', 'other'],
    ]);
    await server.connection.sendNotification(workspaceChanged.method, { trusted: false, commands: [openDrift] });
    expect(await lenses()).toEqual([]);
    const target = files('train.csv', 'live.csv');
    await expect(ask(protocol.checkDrift, { check: 'a', target })).rejects.toMatchObject({
      data: { reason: 'untrusted' },
    });
  });
});
