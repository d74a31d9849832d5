import { expect, test } from 'vitest';
import { LoadQueue } from '#webviews/shared/load-queue.ts';

function gate(name: string, log: string[]) {
  const { promise, resolve } = Promise.withResolvers<string>();
  return {
    load: () => {
      log.push(name);
      return promise;
    },
    open: () => resolve(name),
  };
}

test('lets a few run, those that came last first', async () => {
  const queue = new LoadQueue(2);
  const log: string[] = [];
  const gates = ['a', 'b', 'c', 'd'].map((name) => gate(name, log));
  const { signal } = new AbortController();
  const loads = gates.map(({ load }) => queue.run(signal, load));
  expect(log).toEqual(['a', 'b']);
  for (const { open } of gates) open();
  expect(await Promise.all(loads)).toEqual(['a', 'b', 'c', 'd']);
  expect(log.slice(2)).toEqual(['d', 'c']);
});

test('one that is given up never runs, and holds up nobody', async () => {
  const queue = new LoadQueue(1);
  const log: string[] = [];
  const [first, second, third] = ['a', 'b', 'c'].map((name) => gate(name, log));
  const aborter = new AbortController();
  const { signal } = new AbortController();
  const running = queue.run(signal, first?.load ?? (() => Promise.resolve('')));
  const given = queue.run(aborter.signal, second?.load ?? (() => Promise.resolve('')));
  const waiting = queue.run(signal, third?.load ?? (() => Promise.resolve('')));
  aborter.abort();
  await expect(given).rejects.toThrow();
  first?.open();
  third?.open();
  expect(await Promise.all([running, waiting])).toEqual(['a', 'c']);
  expect(log).toEqual(['a', 'c']);
});
