import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { ExperimentsModel } from '#client/features/experiments/model.ts';
import type { ExperimentNode } from '#client/features/experiments/nodes.ts';
import { viewState } from '#client/features/experiments/view-state.ts';
import { toFailure } from '#client/platform/failures.ts';
import { connection, fakeServer, folder, treeRun } from './fixtures.ts';

const pageParams = z.object({
  limit: z.number(),
  page: z.string().nullable(),
  parent: z.string().nullable(),
  tracker: z.string(),
});

/** A server with `counts[tracker]` runs in one experiment of each tracker; `failing` trackers don't answer. */
function setUp(options: {
  counts: Record<string, number>;
  failing?: Record<string, unknown>;
  folders?: { uri: string; name: string }[];
  filter?: string;
  isAvailable?: boolean;
  /** When the view has waited long enough; never, where left out. */
  enough?: Promise<void>;
}) {
  const { counts, failing = {} } = options;
  const runs = new Map(
    Object.entries(counts).map(([tracker, count]) => [
      tracker,
      Array.from({ length: count }, (_, index) => treeRun(`${index}`, { ref: { tracker, runId: `${index}` } })),
    ]),
  );
  const slow = Promise.withResolvers<object>();
  const server = fakeServer({
    'connections/list': () => ({
      connections: [
        ...Object.keys(counts).map((name) => connection({ name })),
        ...Object.keys(failing).map((name) =>
          // Listed without a check: what it needs is known once it has refused.
          connection({ name, backend: 'mlflow-rest', origin: 'https://x.example', attention: null }),
        ),
        connection({ name: 'models', kind: 'registry' }),
      ],
      warnings: [],
    }),
    'experiments/list': (params) => {
      const { tracker } = z.object({ tracker: z.string() }).parse(params);
      if (tracker in failing) return Promise.reject(failing[tracker]);
      if (tracker === 'slow') return slow.promise;
      return {
        experiments: [
          { id: '0', name: 'Default', lifecycleStage: 'active', runs: 0 },
          { id: '1', name: 'churn', lifecycleStage: 'active', runs: counts[tracker] ?? 0 },
        ],
      };
    },
    'experiments/treeRuns': (params) => {
      const { limit, page, parent, tracker } = pageParams.parse(params);
      const all = parent === null ? (runs.get(tracker) ?? []) : [];
      const start = Number(page ?? 0);
      const end = Math.min(all.length, start + limit);
      return { runs: all.slice(start, end), nextPage: end < all.length ? String(end) : null, total: all.length };
    },
  });
  const arrived: (ExperimentNode | undefined)[] = [];
  const model = new ExperimentsModel({
    server,
    folders: () => options.folders ?? [{ uri: folder, name: 'ws' }],
    state: () => viewState.parse({ filter: options.filter ?? '' }),
    pageSize: () => 10,
    toFailure,
    enough: () => options.enough ?? new Promise(() => {}),
    onArrived: (node) => arrived.push(node),
    isAvailable: () => options.isAvailable ?? true,
  });
  return { model, server, runs, arrived, slow };
}

const kinds = (nodes: readonly ExperimentNode[]) => nodes.map(({ kind }) => kind);

function named(nodes: readonly ExperimentNode[], name: string) {
  const found = nodes.find((node) => node.kind === 'experiment' && node.experiment.name === name);
  if (found?.kind !== 'experiment') throw new Error(`No experiment ${name}`);
  return found;
}

describe('the experiments model', () => {
  it('leaves out the levels of a single folder and a single tracker', async () => {
    const { model } = setUp({ counts: { local: 1 } });
    const roots = await model.children();
    expect(kinds(roots)).toEqual(['experiment', 'experiment']);
    expect(named(roots, 'churn').only).toBe(true);
    expect(named(roots, 'Default').only).toBe(false);
  });

  it('shows trackers where there are several, and folders likewise', async () => {
    const two = setUp({ counts: { local: 1, team: 1 } });
    const [tracker] = await two.model.children();
    expect(tracker?.kind).toBe('tracker');
    expect(kinds(await two.model.children(tracker))).toEqual(['experiment', 'experiment']);

    const folders = ['a', 'b'].map((name) => ({ uri: `file:///${name}`, name }));
    const { model } = setUp({ counts: { local: 1 }, folders });
    const roots = await model.children();
    expect(kinds(roots)).toEqual(['folder', 'folder']);
    const experiments = await Promise.all(roots.map((root) => model.children(root)));
    const ids = experiments.flat().map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('has nothing to show where nothing is configured', async () => {
    const { model } = setUp({ counts: {} });
    expect(await model.children()).toEqual([]);
  });

  it('leaves the view to its welcome text while there is no server', async () => {
    const { model, server } = setUp({ counts: { local: 1 }, isAvailable: false });
    expect(await model.children()).toEqual([]);
    expect(server.asked).toEqual([]);
  });

  it("keeps a tracker's failure to itself, with what it needs", async () => {
    const refused = { data: { reason: 'permission', message: 'team refused', remedy: 'Sign in.' } };
    const { model } = setUp({ counts: { local: 1 }, failing: { team: refused } });
    const roots = await model.children();
    const [local, team] = roots;
    expect(kinds(await model.children(local))).toEqual(['experiment', 'experiment']);
    const [error] = await model.children(team);
    expect(error).toMatchObject({
      kind: 'error',
      failure: { reason: 'permission', message: 'team refused' },
      attention: 'sign-in',
    });
    expect(error && model.parentOf(error)).toBe(team);
  });

  it('does not wait for one tracker to show the others', async () => {
    const { model, arrived, slow } = setUp({ counts: { local: 1, slow: 1 }, enough: Promise.resolve() });
    const [, tracker] = await model.children();
    expect(await model.children(tracker)).toMatchObject([{ kind: 'note', note: 'waiting' }]);
    slow.resolve({ experiments: [{ id: '1', name: 'late', lifecycleStage: 'active', runs: 1 }] });
    await expect.poll(() => arrived).toEqual([tracker]);
    expect(await model.children(tracker)).toMatchObject([{ kind: 'experiment', experiment: { name: 'late' } }]);
  });

  it('loads runs page by page, and as many again after a refresh', async () => {
    const { model, server } = setUp({ counts: { local: 25 } });
    const churn = named(await model.children(), 'churn');
    const first = await model.children(churn);
    expect(first).toHaveLength(11);
    expect(first.at(-1)).toMatchObject({ kind: 'more', shown: 10, total: 25 });

    expect(await model.loadMore(churn.id)).toBe(churn);
    expect(await model.children(churn)).toHaveLength(21);
    server.take('experiments/treeRuns');

    model.refresh();
    expect(await model.children(churn)).toHaveLength(21);
    expect(server.take('experiments/treeRuns')).toMatchObject([{ limit: 20, page: null }]);

    await model.loadMore(churn.id);
    expect(kinds(await model.children(churn))).toEqual(Array.from({ length: 25 }, () => 'run'));
  });

  it('gives VS Code the same nodes again, with new data', async () => {
    const { model, runs } = setUp({ counts: { local: 1 } });
    const churn = named(await model.children(), 'churn');
    const [before] = await model.children(churn);
    runs.set('local', [treeRun('0', { status: 'FAILED' })]);
    model.refresh();
    expect(named(await model.children(), 'churn')).toBe(churn);
    const [after] = await model.children(churn);
    expect(after).toBe(before);
    expect(after).toMatchObject({ run: { status: 'FAILED' } });
    expect(model.nodeOf({ id: before?.id })).toBe(before);
    expect(model.nodeOf({ id: 'something else' })).toBeUndefined();
    expect(model.nodeOf('text')).toBeUndefined();
  });

  it('fetches anew only what a change concerns', async () => {
    const { model, server } = setUp({ counts: { local: 2, team: 2 } });
    const trackers = await model.children();
    const lists = await Promise.all(trackers.map(async (tracker) => named(await model.children(tracker), 'churn')));
    for (const list of lists) await model.children(list);
    const [local] = lists;

    expect(model.changed({ folder, tracker: 'local', runIds: ['1'] })).toEqual([local]);
    server.take('experiments/treeRuns');
    for (const list of lists) await model.children(list);
    expect(server.take('experiments/treeRuns')).toMatchObject([{ tracker: 'local' }]);

    // A run that nobody saw yet may belong anywhere in its tracker.
    expect(model.changed({ folder, tracker: 'local', runIds: ['new'] })).toEqual([local]);
    expect(model.changed({ folder: 'file:///other', tracker: 'local', runIds: null })).toEqual([]);
  });

  it('counts runs that are going on, each once', async () => {
    const { model, runs } = setUp({ counts: { local: 2 } });
    runs.set('local', [treeRun('0', { status: 'RUNNING', hasChildren: true }), treeRun('1')]);
    await model.children(named(await model.children(), 'churn'));
    expect(model.runningRuns()).toBe(1);
  });

  it('says whether there are no runs or none that match', async () => {
    const without = setUp({ counts: { local: 0 } });
    expect(await without.model.children(named(await without.model.children(), 'churn'))).toMatchObject([
      { note: 'noRuns' },
    ]);
    const filtered = setUp({ counts: { local: 0 }, filter: 'metrics.a > 1' });
    expect(await filtered.model.children(named(await filtered.model.children(), 'churn'))).toMatchObject([
      { note: 'noMatch' },
    ]);
  });

  it('asks once where several ask at the same time', async () => {
    const { model, server } = setUp({ counts: { local: 3 } });
    const churn = named(await model.children(), 'churn');
    await Promise.all([model.children(churn), model.children(churn)]);
    expect(server.take('experiments/treeRuns')).toHaveLength(1);
  });
});
