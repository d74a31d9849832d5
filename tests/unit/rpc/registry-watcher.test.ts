import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { RegistryWatcher } from '#server/rpc/registry-watcher.ts';
import { TestClock } from '../platform/test-clock.ts';

describe('watching a registry', () => {
  let clock: TestClock;
  let told: [string, number][];
  let looks: number;
  let token: () => Promise<string | null>;
  let watcher: RegistryWatcher;

  beforeEach(() => {
    clock = new TestClock();
    told = [];
    looks = 0;
    token = async () => 'one';
    watcher = new RegistryWatcher({
      token: () => {
        looks += 1;
        return token();
      },
      refreshMs: () => 5_000,
      onChange: (folder, revision) => told.push([folder, revision]),
      clock,
    });
    onTestFinished(() => watcher.dispose());
  });

  it('tells of a change by others once, within the refresh interval', async () => {
    watcher.watch('f', true);
    await clock.pass(0);
    token = async () => 'two';
    await clock.pass(5_000);
    await clock.pass(5_000);
    expect(told).toEqual([['f', 2]]);
  });

  it('asks nothing while nobody looks, and tells on return what changed meanwhile', async () => {
    watcher.watch('f', true);
    await clock.pass(0);
    watcher.watch('f', false);
    token = async () => 'two';
    await clock.pass(60_000);
    expect([looks, clock.next, told]).toEqual([1, null, []]);
    watcher.watch('f', true);
    await clock.pass(0);
    expect(told).toEqual([['f', 2]]);
  });

  it('does not begin a second time where somebody looks already', async () => {
    watcher.watch('f', true);
    watcher.watch('f', true);
    await clock.pass(0);
    expect(looks).toBe(1);
  });

  it('tells that a registry can’t be read any more, and that it can again', async () => {
    watcher.watch('f', true);
    await clock.pass(0);
    token = () => Promise.reject(new Error('gone'));
    await clock.pass(5_000);
    token = async () => 'one';
    await clock.pass(5_000);
    expect(told.map(([, revision]) => revision)).toEqual([2, 3]);
  });

  it('leaves a registry alone for longer that takes long to look at', async () => {
    token = async () => {
      clock.time += 2_000;
      return 'one';
    };
    watcher.watch('f', true);
    await clock.pass(0);
    expect(clock.next).toBe(40_000);
  });

  it('tells of what was changed from here, watched or not', () => {
    watcher.changed('f');
    watcher.changed('g');
    expect(told).toEqual([
      ['f', 2],
      ['g', 2],
    ]);
  });

  it('says nothing where nothing cheap tells', async () => {
    token = async () => null;
    watcher.watch('f', true);
    await clock.pass(0);
    await clock.pass(5_000);
    expect(told).toEqual([]);
  });
});
