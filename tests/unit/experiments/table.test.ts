import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { exportTable, tableColumns, tableWindow } from '#schemas/protocol/experiments.ts';
import { MarkSet, noMarks } from '#server/experiments/marks.ts';
import { RunTable } from '#server/experiments/table.ts';
import { MemoryStore, runRecord, trackerOf } from './memory-store.ts';

const state = (revision = 1, marks = noMarks) => ({ revision, shownRevision: revision, marks });

describe('the runs table', () => {
  let store: MemoryStore;
  let table: RunTable;

  beforeEach(() => {
    store = new MemoryStore();
    table = new RunTable();
  });

  const columns = async (query: object = {}, of = state()) => {
    const parsed = tableColumns.params.parse({ folder: 'f', tracker: 't', ...query });
    return table.columns(trackerOf(store), parsed, of);
  };
  const window = async (query: object = {}, of = state()) => {
    const parsed = tableWindow.params.parse({
      folder: 'f',
      tracker: 't',
      columns: ['attribute.name'],
      start: 0,
      count: 500,
      ...query,
    });
    return table.window(trackerOf(store), parsed, of);
  };
  const names = async (query: object, of = state()) => (await window(query, of)).rows.map(({ cells }) => cells[0]);

  it('lists attributes, params, metrics and tags with what is told of each', async () => {
    store.runs = [
      runRecord({ id: 'a', params: { lr: '1e-05', opt: 'adam' }, metrics: { acc: 1 }, tags: { owner: 'ana' } }),
      runRecord({ id: 'b', params: { lr: 'nan', opt: 'adam' }, metrics: { acc: Number.NaN, acc2: 2 } }),
      runRecord({ id: 'c', params: { lr: '.5' } }),
    ];
    const answer = await columns();
    expect(answer.total).toBe(3);
    expect(answer.columns.map(({ id }) => id)).toEqual([
      ...['name', 'status', 'startTime', 'duration', 'experiment', 'id'].map((key) => `attribute.${key}`),
      'param.lr',
      'param.opt',
      'metric.acc',
      'metric.acc2',
      'tag.owner',
    ]);
    const byId = new Map(answer.columns.map((column) => [column.id, column]));
    expect(byId.get('param.lr')).toMatchObject({ runs: 3, numeric: true, varies: true });
    expect(byId.get('param.opt')).toMatchObject({ runs: 2, numeric: false, varies: false });
    expect(byId.get('metric.acc')).toMatchObject({ runs: 2, numeric: true, varies: true });
    expect(byId.get('attribute.status')).toMatchObject({ runs: 3, varies: false });
  });

  it('gives cells for the columns asked for, the same before and after all columns were read', async () => {
    store.runs = [
      runRecord({ id: 'a', startTime: 5, endTime: 9, metrics: { acc: Number.POSITIVE_INFINITY }, tags: { t: 'x' } }),
      runRecord({ id: 'b', startTime: 4, endTime: null, params: { text: 'y'.repeat(300) } }),
    ];
    const query = {
      columns: ['attribute.duration', 'metric.acc', 'tag.t', 'param.text', 'attribute.experiment', 'metric.gone'],
    };
    const before = await window(query);
    expect(before.rows.map(({ cells }) => cells)).toEqual([
      [4, 'Infinity', 'x', null, 'one', null],
      [null, null, null, `${'y'.repeat(199)}…`, 'one', null],
    ]);
    await columns();
    expect(await window(query)).toEqual(before);
  });

  describe('sorting', () => {
    beforeEach(() => {
      const metrics = [3, null, Number.NaN, 10, 1, Number.NEGATIVE_INFINITY];
      store.runs = metrics.map((m, index) =>
        runRecord({
          id: `r${index}`,
          startTime: 10 - index,
          metrics: m === null ? {} : { m },
          params: { depth: String([3, 20, 3, 20, 100, 100][index]), mixed: String([3, 20, 'x', 100, 3, 'x'][index]) },
        }),
      );
    });

    it.each([false, true])('puts NaN after numbers and missing last, descending or not (%s)', async (descending) => {
      const numbers = ['r5', 'r4', 'r0', 'r3'];
      const expected = [...(descending ? numbers.toReversed() : numbers), 'r2', 'r1'];
      expect(await names({ sort: [{ column: 'metric.m', descending }] })).toEqual(expected);
      await columns();
      expect(await names({ sort: [{ column: 'metric.m', descending }] })).toEqual(expected);
    });

    it('orders params that are numbers by their numbers, keeping the order of equals', async () => {
      expect(await names({ sort: [{ column: 'param.depth', descending: false }] })).toEqual([
        'r0',
        'r2',
        'r1',
        'r3',
        'r4',
        'r5',
      ]);
      expect(await names({ sort: [{ column: 'param.depth', descending: true }] })).toEqual([
        'r4',
        'r5',
        'r1',
        'r3',
        'r0',
        'r2',
      ]);
    });

    it('orders by several columns, text as people do', async () => {
      const sort = [
        { column: 'param.mixed', descending: false },
        { column: 'metric.m', descending: true },
      ];
      expect(await names({ sort })).toEqual(['r0', 'r4', 'r1', 'r3', 'r5', 'r2']);
    });
  });

  it('slices windows of the same order, beyond the end an empty one', async () => {
    store.runs = Array.from({ length: 1_200 }, (_, index) => runRecord({ id: `r${index}`, startTime: index }));
    const query = { sort: [{ column: 'attribute.name', descending: false }] };
    const parts = await Promise.all([0, 500, 1_000].map((start) => names({ ...query, start })));
    expect(parts.flat()).toEqual(Array.from({ length: 1_200 }, (_, index) => `r${index}`));
    expect(await window({ ...query, start: 5_000 })).toMatchObject({ rows: [], total: 1_200 });
  });

  it('leaves out hidden runs and shows starred ones alone when asked', async () => {
    store.runs = ['a', 'b', 'c'].map((id, index) => runRecord({ id, startTime: -index }));
    const marks = new MarkSet(
      new Map([
        ['a', { starred: true, hidden: false }],
        ['b', { starred: true, hidden: true }],
      ]),
    );
    expect(await names({}, state(1, marks))).toEqual(['a', 'c']);
    expect(await names({ showHidden: true }, state(1, marks))).toEqual(['a', 'b', 'c']);
    expect(await names({ starredOnly: true }, state(1, marks))).toEqual(['a']);
    expect(await names({}, state(1, noMarks))).toEqual(['a', 'b', 'c']);
  });

  it('reads the runs once for all windows, and anew for a new revision', async () => {
    store.runs = [runRecord({ id: 'a', metrics: { acc: 1 } })];
    await columns();
    const asked = store.asked.searches;
    await window({ columns: ['metric.acc'], sort: [{ column: 'metric.acc', descending: true }] });
    await window({ columns: ['metric.acc'], start: 0, count: 1 });
    expect(store.asked.searches).toBe(asked);
    store.runs.push(runRecord({ id: 'b' }));
    expect((await window({})).total).toBe(1);
    expect(await window({}, state(2))).toMatchObject({ total: 2, revision: 2 });
  });

  describe('of a server', () => {
    beforeEach(() => {
      store.server = true;
      store.runs = Array.from({ length: 2_500 }, (_, index) =>
        runRecord({ id: `r${index}`, startTime: -index, metrics: { m: (index * 7) % 2_500 } }),
      );
    });

    it('reads as far as windows reach, and says that there is more', async () => {
      const first = await window({ count: 100 });
      expect(first.total).toBeGreaterThan(250);
      expect(store.asked.pages).toEqual([250]);
      await columns();
      await window({ count: 100, start: 100 });
      expect(store.asked.pages).toEqual([250]);
      expect((await window({ count: 500, start: 1_000 })).rows).toHaveLength(500);
      expect(store.asked.pages).toEqual([250, 1_000, 1_000]);
      expect(await window({ count: 500, start: 2_400 })).toMatchObject({ total: 2_500 });
      const all = await Promise.all([0, 500, 1_000, 1_500, 2_000].map((start) => names({ start })));
      expect(all.flat()).toEqual(Array.from({ length: 2_500 }, (_, index) => `r${index}`));
    });

    it('lets the server sort where it can', async () => {
      const sorted = await window({
        columns: ['metric.m'],
        sort: [{ column: 'metric.m', descending: true }],
        count: 3,
      });
      expect(sorted.rows.map(({ cells }) => cells[0])).toEqual([2_499, 2_498, 2_497]);
      expect(store.asked.pages).toEqual([250]);
    });

    it('asks for starred runs by their names', async () => {
      const starred = new Map(['r3', 'r2400'].map((id) => [id, { starred: true, hidden: false }]));
      expect(await names({ starredOnly: true }, state(1, new MarkSet(starred)))).toEqual(['r3', 'r2400']);
      expect(await names({ starredOnly: true }, state(1, noMarks))).toEqual([]);
      expect(store.asked.runs).toBe(2);
    });
  });

  it('keeps telling of all columns where there are too many values to keep, and reads windows from the store', async () => {
    table = new RunTable({ cells: 10, columns: 2 });
    store.runs = Array.from({ length: 20 }, (_, index) =>
      runRecord({ id: `r${index}`, startTime: -index, metrics: { m: index % 7 } }),
    );
    const answer = await columns();
    expect(answer.columns.find(({ id }) => id === 'metric.m')).toMatchObject({ runs: 20, varies: true });
    const sorted = await window({
      columns: ['metric.m'],
      sort: [{ column: 'metric.m', descending: false }],
      count: 4,
    });
    expect(sorted.rows.map(({ cells }) => cells[0])).toEqual([0, 0, 0, 1]);
  });

  it('leaves a reading that nobody waits for any more, and reads again for the next', async () => {
    let open: () => void = () => undefined;
    store.gate = new Promise((resolve) => {
      open = resolve;
    });
    store.runs = [runRecord({ id: 'a' })];
    const leaver = new AbortController();
    const query = tableWindow.params.parse({ folder: 'f', tracker: 't', columns: [], start: 0, count: 1 });
    const left = table.window(trackerOf(store), query, state(), leaver.signal);
    leaver.abort();
    await expect(left).rejects.toMatchObject({ name: 'AbortError' });
    const stayed = window();
    open();
    expect((await stayed).total).toBe(1);
  });

  it('fails with `input` for a filter that can’t be read', async () => {
    await expect(window({ filter: 'nonsense' })).rejects.toMatchObject({ reason: 'input' });
  });

  describe('as CSV', () => {
    const exported = async (query: object) => {
      const folder = await mkdtemp(join(tmpdir(), 'mlops-csv-'));
      onTestFinished(() => rm(folder, { recursive: true }));
      const path = join(folder, 'runs.csv');
      const parsed = exportTable.params.parse({
        folder: 'f',
        tracker: 't',
        path,
        columns: ['attribute.name'],
        ...query,
      });
      const answer = await table.exportCsv(trackerOf(store), parsed, state());
      expect(await readdir(folder)).toEqual(['runs.csv']);
      return { answer, text: await readFile(path, 'utf8') };
    };

    it('writes whole values, quoted as RFC 4180 says, and disarms formulas', async () => {
      store.runs = [
        runRecord({
          id: 'a',
          name: '=HYPERLINK("http://x")',
          startTime: Date.UTC(2026, 0, 2),
          params: { lr: '-0.5', note: 'one, "two"\nthree', long: 'y'.repeat(300) },
          metrics: { acc: Number.NEGATIVE_INFINITY },
        }),
        runRecord({ id: 'b', name: '@x', startTime: null }),
      ];
      const { answer, text } = await exported({
        columns: ['attribute.name', 'attribute.startTime', 'param.lr', 'param.note', 'param.long', 'metric.acc'],
      });
      expect(answer.rows).toBe(2);
      expect(text).toBe(
        'name,startTime,lr,note,long,acc\r\n' +
          `"'=HYPERLINK(""http://x"")",2026-01-02T00:00:00.000Z,-0.5,"one, ""two""\nthree",${'y'.repeat(300)},-Infinity\r\n` +
          "'@x,,,,,\r\n",
      );
    });

    it('writes all rows in the order of the table', async () => {
      store.runs = Array.from({ length: 450 }, (_, index) => runRecord({ id: `r${index}`, metrics: { m: index } }));
      const { text } = await exported({
        columns: ['metric.m'],
        sort: [{ column: 'metric.m', descending: true }],
      });
      const lines = text.trimEnd().split('\r\n');
      expect(lines).toHaveLength(451);
      expect([lines[1], lines.at(-1)]).toEqual(['449', '0']);
    });

    it('fails for a place that can’t be written, and leaves nothing', async () => {
      await expect(exported({ path: '/nowhere/at/all/runs.csv' })).rejects.toMatchObject({ reason: 'input' });
    });
  });
});
