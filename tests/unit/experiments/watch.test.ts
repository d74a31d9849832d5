import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { Revisions } from '#server/experiments/revisions.ts';
import { TrackerWatcher } from '#server/experiments/watch.ts';
import { TestClock } from '../platform/test-clock.ts';
import { MemoryStore, runRecord, trackerOf } from './memory-store.ts';

describe('watching trackers', () => {
  let store: MemoryStore;
  let clock: TestClock;
  let revisions: Revisions;
  let changes: number[];
  let errors: number;
  let watcher: TrackerWatcher;
  let opening: () => Promise<void>;

  beforeEach(() => {
    store = new MemoryStore([runRecord({ id: 'a', status: 'RUNNING' })]);
    clock = new TestClock();
    revisions = new Revisions(clock);
    changes = [];
    errors = 0;
    opening = async () => undefined;
    watcher = new TrackerWatcher({
      revisions,
      refreshMs: () => 5_000,
      onChange: (_, revision) => changes.push(revision),
      onError: () => {
        errors += 1;
      },
      clock,
    });
    onTestFinished(() => watcher.dispose());
  });

  const target = {
    folder: 'f',
    name: 'local',
    databaseFile: null,
    open: async () => {
      await opening();
      return trackerOf(store);
    },
  };

  it('tells of a change within the refresh interval while runs are running, revisions rising', async () => {
    watcher.watch('f', [target]);
    await clock.pass(0);
    expect([changes, clock.next]).toEqual([[], 5_000]);
    await clock.pass(5_000);
    expect(changes).toEqual([]);
    for (const token of ['2', '3']) {
      store.token = token;
      await clock.pass(5_000);
    }
    expect(changes).toHaveLength(2);
    expect(changes[1]).toBeGreaterThan(changes[0] ?? 0);
  });

  it('looks more seldom once nothing is running', async () => {
    watcher.watch('f', [target]);
    await clock.pass(0);
    store.runs = [runRecord({ id: 'a' })];
    store.token = '2';
    await clock.pass(5_000);
    expect(clock.next).toBe(30_000);
  });

  it('tells of what changed since views were told a revision, and of what another request saw first', async () => {
    await revisions.current(trackerOf(store));
    store.token = '2';
    watcher.watch('f', [target]);
    await clock.pass(0);
    expect(changes).toHaveLength(1);
    store.token = '3';
    clock.time += 1_000;
    const seen = await revisions.current(trackerOf(store));
    await clock.pass(5_000);
    expect(changes.at(-1)).toBe(seen);
  });

  it('goes on after an error', async () => {
    watcher.watch('f', [target]);
    await clock.pass(0);
    opening = async () => {
      throw new Error('gone');
    };
    await clock.pass(5_000);
    expect([errors, clock.next]).toEqual([1, 30_000]);
    opening = async () => undefined;
    store.token = '2';
    await clock.pass(30_000);
    expect(changes).toHaveLength(1);
  });

  it('stops when nobody watches any more', async () => {
    watcher.watch('f', [target]);
    await clock.pass(0);
    watcher.watch('other', []);
    expect(clock.next).toBe(5_000);
    watcher.watch('f', []);
    expect(clock.next).toBeNull();
  });

  it('goes by time where nothing cheap tells of changes', async () => {
    store.token = null;
    watcher.watch('f', [target]);
    await clock.pass(0);
    await clock.pass(5_000);
    expect(changes).toHaveLength(0);
    await clock.pass(5_000);
    expect(changes).toHaveLength(1);
  });
});

describe('revisions', () => {
  it('ask a store no more than a few times a second', async () => {
    const clock = new TestClock();
    const revisions = new Revisions(clock);
    const store = new MemoryStore();
    const tracker = trackerOf(store);
    const first = await revisions.current(tracker);
    store.token = '2';
    expect(await revisions.current(tracker)).toBe(first);
    expect(store.asked.tokens).toBe(1);
    expect(await revisions.current(tracker, { force: true })).toBe(first + 1);
    clock.time += 1_000;
    expect(await revisions.current(tracker)).toBe(first + 1);
    expect(store.asked.tokens).toBe(3);
  });
});
