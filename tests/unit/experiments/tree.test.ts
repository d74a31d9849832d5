import { beforeEach, describe, expect, it } from 'vitest';
import { listTreeRuns } from '#schemas/protocol/experiments.ts';
import { MarkSet, noMarks } from '#server/experiments/marks.ts';
import { RunTree, type TreePage } from '#server/experiments/tree.ts';
import { MemoryStore, runRecord, trackerOf } from './memory-store.ts';

const marked = (marks: Record<string, { starred?: boolean; hidden?: boolean }>) =>
  new MarkSet(
    new Map(Object.entries(marks).map(([id, { starred = false, hidden = false }]) => [id, { starred, hidden }])),
  );

describe('the tree of runs', () => {
  let store: MemoryStore;
  let tree: RunTree;
  let revision: number;

  beforeEach(() => {
    store = new MemoryStore();
    tree = new RunTree();
    revision = 1;
  });

  const page = (query: Record<string, unknown> = {}, marks = noMarks): Promise<TreePage> => {
    const parsed = listTreeRuns.params.parse({ folder: 'f', tracker: 't', experimentId: '1', ...query });
    return tree.page(trackerOf(store), parsed, { revision, shownRevision: revision, marks });
  };
  const names = ({ runs }: TreePage) => runs.map(({ name }) => name);

  it('shows the newest runs first, children under their parents', async () => {
    store.runs = [
      runRecord({ id: 'parent', startTime: 1 }),
      runRecord({ id: 'child', startTime: 2, parent: 'parent' }),
      runRecord({ id: 'grandchild', startTime: 3, parent: 'child' }),
      runRecord({ id: 'other', startTime: 4 }),
    ];
    const top = await page();
    expect(names(top)).toEqual(['other', 'parent']);
    expect(top.runs.map(({ hasChildren }) => hasChildren)).toEqual([false, true]);
    expect(top.total).toBe(2);
    const children = await page({ parent: 'parent' });
    expect(names(children)).toEqual(['child']);
    expect(children.runs[0]?.hasChildren).toBe(true);
  });

  it('shows children at the top whose parent is deleted, elsewhere or filtered out', async () => {
    store.runs = [
      runRecord({ id: 'deleted', lifecycleStage: 'deleted' }),
      runRecord({ id: 'elsewhere', experimentId: '2' }),
      runRecord({ id: 'weak', metrics: { acc: 0.1 } }),
      runRecord({ id: 'a', parent: 'deleted', startTime: 3, metrics: { acc: 0.9 } }),
      runRecord({ id: 'b', parent: 'elsewhere', startTime: 2, metrics: { acc: 0.9 } }),
      runRecord({ id: 'c', parent: 'weak', startTime: 1, metrics: { acc: 0.9 } }),
      runRecord({ id: 'd', parent: 'gone', startTime: 0, metrics: { acc: 0.9 } }),
    ];
    expect(names(await page({ filter: 'metrics.acc > 0.5' }))).toEqual(['a', 'b', 'c', 'd']);
    expect(names(await page())).toEqual(['a', 'b', 'd', 'weak']);
  });

  it('loses no run to parents that are in a circle', async () => {
    store.runs = [
      runRecord({ id: 'self', parent: 'self', startTime: 9 }),
      runRecord({ id: 'a', parent: 'b', startTime: 3 }),
      runRecord({ id: 'b', parent: 'c', startTime: 2 }),
      runRecord({ id: 'c', parent: 'a', startTime: 1 }),
      runRecord({ id: 'leaf', parent: 'b', startTime: 0 }),
    ];
    expect(names(await page())).toEqual(['self', 'a']);
    expect(names(await page({ parent: 'a' }))).toEqual(['c']);
    expect(names(await page({ parent: 'c' }))).toEqual(['b']);
    expect(names(await page({ parent: 'b' }))).toEqual(['leaf']);
  });

  it('leaves hidden runs out with what is below them, unless they are asked for', async () => {
    store.runs = [
      runRecord({ id: 'sweep', startTime: 3 }),
      runRecord({ id: 'trial', startTime: 4, parent: 'sweep' }),
      runRecord({ id: 'plain', startTime: 2 }),
    ];
    const marks = marked({ sweep: { hidden: true } });
    expect(names(await page({}, marks))).toEqual(['plain']);
    const all = await page({ showHidden: true }, marks);
    expect(names(all)).toEqual(['sweep', 'plain']);
    expect(all.runs[0]?.marks).toEqual({ starred: false, hidden: true });
  });

  it('shows starred runs alone when asked, in the same order', async () => {
    store.runs = ['a', 'b', 'c'].map((id, index) => runRecord({ id, startTime: index }));
    store.runs.push(runRecord({ id: 'child', parent: 'b', startTime: 9 }));
    const marks = marked({ a: { starred: true }, c: { starred: true }, child: { starred: true } });
    expect(names(await page({ starredOnly: true }, marks))).toEqual(['child', 'c', 'a']);
  });

  it('describes runs by the metric that most of them have, last and best', async () => {
    store.runs = [
      runRecord({ id: 'a', startTime: 3, metrics: { acc: 0.8, 'system/cpu': 3 } }),
      runRecord({ id: 'b', startTime: 2, metrics: { acc: Number.NaN, loss: 1, 'system/cpu': 3 } }),
      runRecord({ id: 'c', startTime: 1, metrics: { 'system/cpu': 3 } }),
    ];
    store.histories.set('a acc', { steps: [0, 1, 2], timestamps: [0, 1, 2], values: [0.5, 0.9, 0.8] });
    expect((await page()).runs.map(({ metric }) => metric)).toEqual([
      { key: 'acc', last: 0.8, best: 0.9 },
      { key: 'acc', last: 'NaN', best: null },
      null,
    ]);
    expect((await page({ direction: 'min' })).runs[0]?.metric?.best).toBe(0.5);
    // Nobody said which way is better: the name of the metric does.
    store.histories.set('b loss', { steps: [0, 1, 2], timestamps: [0, 1, 2], values: [2, 0.4, 1] });
    expect((await page({ metric: 'loss' })).runs[1]?.metric).toEqual({ key: 'loss', last: 1, best: 0.4 });
    expect((await page({ metric: 'loss', direction: 'max' })).runs[1]?.metric?.best).toBe(2);
    expect((await page({ metric: 'loss' })).runs.map(({ metric }) => metric?.last)).toEqual([undefined, 1, undefined]);
  });

  it('filters and orders in MLflow’s grammar', async () => {
    store.runs = [1, 3, 2].map((acc) => runRecord({ id: `r${acc}`, metrics: { acc } }));
    expect(names(await page({ orderBy: 'metrics.acc DESC', filter: 'metrics.acc < 3' }))).toEqual(['r2', 'r1']);
    await expect(page({ filter: 'metrics.acc >' })).rejects.toMatchObject({ reason: 'input' });
  });

  it('goes on where the page before ended, though newer runs came', async () => {
    store.runs = Array.from({ length: 25 }, (_, index) => runRecord({ id: `r${index}`, startTime: index }));
    const first = await page({ limit: 10 });
    expect(first).toMatchObject({ total: 25 });
    store.runs.push(runRecord({ id: 'new', startTime: 100 }));
    revision += 1;
    const second = await page({ limit: 10, page: first.nextPage });
    const third = await page({ limit: 10, page: second.nextPage });
    const seen = [first, second, third].flatMap(names);
    expect(seen).toEqual(Array.from({ length: 25 }, (_, index) => `r${24 - index}`));
    expect(third.nextPage).toBeNull();
  });

  it('shows the deleted runs of a deleted experiment', async () => {
    store.experiments = [{ id: '1', name: 'one', lifecycleStage: 'deleted', artifactLocation: null, runs: 0 }];
    store.runs = [runRecord({ id: 'a', lifecycleStage: 'deleted' })];
    expect((await page()).runs).toMatchObject([{ name: 'a', deleted: true }]);
  });

  it('reads the store once a revision', async () => {
    store.runs = [runRecord({ id: 'a', metrics: { acc: 1 } })];
    await Promise.all([page(), page()]);
    const asked = store.asked.searches;
    await page();
    expect(store.asked.searches).toBe(asked);
    revision += 1;
    await page();
    expect(store.asked.searches).toBeGreaterThan(asked);
  });

  describe('of a server', () => {
    beforeEach(() => {
      store.server = true;
      // Parents begin before their children: newest first, they come after them.
      store.runs = Array.from({ length: 3_000 }, (_, index) =>
        runRecord({ id: `r${index}`, startTime: index, ...(index % 2 === 1 ? { parent: `r${index - 1}` } : {}) }),
      );
    });

    it('reads no more than the page needs, and nests what it has not read yet', async () => {
      const first = await page({ metric: 'acc', limit: 100 });
      expect(first.runs).toHaveLength(100);
      expect(names(first).slice(0, 2)).toEqual(['r2998', 'r2996']);
      expect(first.runs.every(({ hasChildren }) => hasChildren)).toBe(true);
      expect(first.total).toBeNull();
      expect(first.nextPage).not.toBeNull();
      expect(store.asked.runs).toBeLessThan(600);
    });

    it('asks for the children of a run directly', async () => {
      await page({ metric: 'acc', limit: 100 });
      expect(names(await page({ metric: 'acc', parent: 'r2998' }))).toEqual(['r2999']);
    });

    it('reaches every run in the end', async () => {
      const seen: string[] = [];
      let next: string | null = null;
      do {
        const answer: TreePage = await page({ metric: 'acc', limit: 1000, page: next });
        seen.push(...names(answer));
        next = answer.nextPage;
      } while (next !== null);
      expect(new Set(seen).size).toBe(1_500);
      expect(seen).toHaveLength(1_500);
    });
  });
});
