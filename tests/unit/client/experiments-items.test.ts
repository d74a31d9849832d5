import { describe, expect, it } from 'vitest';
import { RunDecorations } from '#client/features/experiments/decorations.ts';
import { trackersInSight } from '#client/features/experiments/in-sight.ts';
import { itemView } from '#client/features/experiments/items.ts';
import { parseRunLink } from '#client/features/experiments/run-commands.ts';
import { runTooltip } from '#client/features/experiments/tooltip.ts';
import { describeViewState, readViewState, searchKey, viewState } from '#client/features/experiments/view-state.ts';
import { registriesInSight } from '#client/features/models/in-sight.ts';
import { Watcher } from '#client/platform/watcher.ts';
import type { RunDetails, RunStatus } from '#schemas/domain/run.ts';
import { type TreeRun, watchExperiments } from '#schemas/protocol/experiments.ts';
import { connection, fakeServer, folder, treeRun } from './fixtures.ts';

const surroundings = { now: 2 * 3_600_000 + 2_000, locale: 'en' };

function ofRun(part: Partial<TreeRun> = {}, backend = 'mlflow-sqlite') {
  const run = treeRun('1', { startTime: 2_000, ...part });
  const node = {
    kind: 'run',
    id: 'x',
    folder,
    experimentId: '1',
    parentId: 'p',
    connection: connection({ backend }),
    run,
  } as const;
  return itemView(node, surroundings);
}

describe('a run in the tree', () => {
  it('is described by its metric and its age', () => {
    const metric = { key: 'auc', last: 0.912345678, best: 0.934 };
    expect(ofRun({ metric })).toMatchObject({ label: 'run 1', description: 'auc 0.91235 · best 0.934 · 2 hr. ago' });
    expect(ofRun({ metric: { key: 'auc', last: 0.9, best: 0.9 } }).description).toBe('auc 0.9 · 2 hr. ago');
    expect(ofRun({ metric: { key: 'auc', last: 'NaN', best: null } }).description).toBe('auc NaN · 2 hr. ago');
    expect(ofRun({ startTime: null }).description).toBe('');
  });

  it.each<[RunStatus, string, string]>([
    ['RUNNING', 'sync~spin', 'running for 2 h'],
    ['SCHEDULED', 'clock', 'scheduled · 2 hr. ago'],
    ['FINISHED', 'pass', '2 hr. ago'],
    ['FAILED', 'error', 'failed · 2 hr. ago'],
    ['KILLED', 'circle-slash', 'killed · 2 hr. ago'],
  ])('shows that it is %s', (status, icon, description) => {
    expect(ofRun({ status })).toMatchObject({ icon: { id: icon }, description });
  });

  it('says everything to a screen reader', () => {
    const { spoken } = ofRun({ marks: { starred: true, hidden: true }, metric: { key: 'auc', last: 0.9, best: null } });
    expect(spoken).toBe('run run 1, finished, auc 0.9, 2 hr. ago, starred, hidden');
    expect(ofRun({ status: 'FAILED' }).spoken).toBe('run run 1, failed · 2 hr. ago');
  });

  it('offers what fits it', () => {
    expect(ofRun().context).toEqual(['run', 'plain', 'shown']);
    expect(ofRun({ marks: { starred: true, hidden: true } }, 'mlflow-rest').context).toEqual([
      'run',
      'starred',
      'hidden',
      'link',
    ]);
    expect(ofRun({ hasChildren: true }).children).toBe('collapsed');
    expect(ofRun({ name: '' }).label).toBe('1');
  });

  it('is decorated by what its URI says', () => {
    const decorations = new RunDecorations();
    const decoration = (part: Partial<TreeRun>) => {
      const uri = new URL(ofRun(part).resource ?? '');
      return decorations.provideFileDecoration({ scheme: uri.protocol.slice(0, -1), query: uri.search.slice(1) });
    };
    expect(decoration({})).toBeUndefined();
    expect(decoration({ marks: { starred: true, hidden: false } })).toEqual({ badge: '★', tooltip: 'Starred' });
    expect(decoration({ deleted: true })).toEqual({ color: { id: 'disabledForeground' } });
  });
});

describe('other items', () => {
  it('offer to mend an error by a click', () => {
    const failure = { reason: 'permission', message: 'It said no', remedy: 'Sign in.' } as const;
    const base = {
      kind: 'error',
      id: 'e',
      folder,
      parentId: null,
      connection: connection({ name: 'team' }),
      isNamed: true,
      failure,
    } as const;
    expect(itemView({ ...base, attention: 'sign-in' }, surroundings)).toMatchObject({
      label: 'team: Sign in to see the runs',
      description: 'It said no',
      context: ['error', 'sign-in'],
      command: { id: 'mlops.signIn' },
      spoken: 'It said no. Sign in.',
    });
    expect(itemView({ ...base, attention: null }, surroundings).command?.id).toBe('mlops.retry');
    expect(itemView({ ...base, isNamed: false, attention: null }, surroundings).label).toBe('It said no');
  });

  it('begin an error with what is wrong, not with a long path', () => {
    const message = '/data/my work/churn/old.db is damaged.';
    const base = { kind: 'error', id: 'e', parentId: null, connection: null, isNamed: false, attention: null } as const;
    const failure = { reason: 'corrupt', message, remedy: 'Restore it.' } as const;
    const node = { ...base, folder: 'file:///data/my%20work/churn', failure };
    expect(itemView(node, surroundings)).toMatchObject({ label: 'old.db is damaged.', description: 'Restore it.' });
    expect(itemView(node, surroundings).tooltip).toContain('/data/my work/churn/old');
  });

  it('say how much is shown', () => {
    const more = { kind: 'more', id: 'm', parentId: 'p', shown: 100 } as const;
    expect(itemView({ ...more, total: 10_000 }, surroundings).description).toBe('100 of 10,000 shown');
    expect(itemView({ ...more, total: null }, surroundings).description).toBe('100 shown');
  });
});

describe("a run's tooltip", () => {
  const run: RunDetails['run'] = {
    id: 'abc',
    name: 'a|b',
    experimentId: '1',
    experiment: 'churn',
    status: 'FINISHED',
    startTime: 0,
    endTime: 65_000,
    lifecycleStage: 'active',
    params: Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`p${index}`, 'line one\nline *two*'])),
    metrics: {},
    tags: {},
  };
  const details: RunDetails = {
    run,
    userId: null,
    artifactUri: null,
    metrics: [{ key: 'val/loss', last: { value: 0.5, step: 3, timestamp: 0 }, min: 0.4, max: null, count: 4 }],
    datasets: [],
    loggedModels: [],
    warnings: [],
  };

  it('shows values as they are, whatever is in them', () => {
    const text = runTooltip(details, 'en');
    expect(text).toContain('**a\\|b**');
    expect(text).toContain('| val/loss | 0\\.5 | 0\\.4 |  |');
    expect(text).toContain('| p0 | line one line \\*two\\* |');
    expect(text).toContain('1 min 5 s');
    expect(text).toContain('… and 8 more');
  });
});

describe('the state of the view', () => {
  it('says what is left out', () => {
    expect(describeViewState(viewState.parse({}))).toBe('');
    const state = viewState.parse({ filter: 'metrics.a > 1', starredOnly: true, orderBy: 'metrics.a DESC' });
    expect(describeViewState(state)).toBe('metrics.a > 1 · starred only · by metrics.a DESC');
  });

  it('survives what an older version kept', () => {
    const memento = (value: unknown) => ({ get: () => value, update: async () => undefined, keys: () => [] });
    expect(readViewState(memento({ filter: 3 }))).toEqual(viewState.parse({}));
    expect(readViewState(memento({ showHidden: true })).showHidden).toBe(true);
  });

  it('quotes keys as the search grammar wants them', () => {
    expect(searchKey('metrics', 'auc')).toBe('metrics.auc');
    expect(searchKey('metrics', 'val/loss')).toBe('metrics.`val/loss`');
  });
});

describe('links to runs', () => {
  it('are read, others not', () => {
    expect(parseRunLink('/run/team/4f2c')).toEqual({ tracker: 'team', runId: '4f2c' });
    expect(parseRunLink('/run/team')).toBeNull();
    expect(parseRunLink('/run/team/a/b')).toBeNull();
  });
});

describe('watching', () => {
  const model = { knownTrackers: () => [{ name: 'local' }] };

  it('covers the tree and the panels in sight', () => {
    const panels = [{ folder, trackers: new Set(['team']) }];
    const sight = { folders: [{ uri: folder }], model, panels };
    expect(trackersInSight({ ...sight, isTreeVisible: true })).toEqual(new Map([[folder, new Set(['local', 'team'])]]));
    expect(trackersInSight({ ...sight, isTreeVisible: false })).toEqual(new Map([[folder, new Set(['team'])]]));
  });

  it('covers a registry that was listed, while its view or a panel of its versions is in sight', () => {
    const sight = { folders: [{ uri: folder }], isListed: () => true, isTreeVisible: false, panels: [] };
    const inSight = (given: Partial<Parameters<typeof registriesInSight>[0]>) => [
      ...registriesInSight({ ...sight, ...given }).keys(),
    ];
    expect(inSight({ isTreeVisible: true })).toEqual([folder]);
    expect(inSight({ isTreeVisible: true, isListed: () => false })).toEqual([]);
    expect(inSight({})).toEqual([]);
    expect(inSight({ panels: [{ folder: 'file:///a', hasModels: true }] })).toEqual(['file:///a']);
    expect(inSight({ panels: [{ folder: 'file:///a', hasModels: false }] })).toEqual([]);
  });

  it('tells the server once, and again when it is a new one', () => {
    const server = fakeServer({ 'experiments/watch': () => ({}) });
    let isTreeVisible = true;
    const inSight = () => trackersInSight({ isTreeVisible, folders: [{ uri: folder }], model, panels: [] });
    const tell = (at: string, trackers: string[]) => server.request(watchExperiments, { folder: at, trackers });
    const watcher = new Watcher({ inSight, tell, onError: () => undefined });
    watcher.update();
    watcher.update();
    expect(server.take('experiments/watch')).toEqual([{ folder, trackers: ['local'] }]);
    isTreeVisible = false;
    watcher.update();
    expect(server.take('experiments/watch')).toEqual([{ folder, trackers: [] }]);
    isTreeVisible = true;
    watcher.repeat();
    expect(server.take('experiments/watch')).toEqual([{ folder, trackers: ['local'] }]);
  });
});
