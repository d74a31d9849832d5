import { expect, test } from 'vitest';
import { HostFailure } from '#webviews/shared/host-failure.ts';
import { LatestRequest } from '#webviews/shared/latest-request.ts';

test('answers with the value, or with what went wrong', async () => {
  const latest = new LatestRequest();
  expect(await latest.ask(async () => 1)).toEqual({ value: 1 });
  const error = new Error('no');
  expect(await latest.ask(() => Promise.reject(error))).toEqual({ error });
  expect(latest.isPending).toBe(false);
});

test('a later question stops the one before, whichever way that one ends', async () => {
  const latest = new LatestRequest();
  const [answered, failed] = [Promise.withResolvers<string>(), Promise.withResolvers<string>()];
  const signals: AbortSignal[] = [];
  const ask = (answer: Promise<string>) =>
    latest.ask((signal) => {
      signals.push(signal);
      return answer;
    });
  const outcomes = [ask(answered.promise), ask(failed.promise)];
  const last = ask(new Promise((resolve) => setImmediate(() => resolve('last'))));
  answered.resolve('old');
  failed.reject(new Error('old'));
  expect(await Promise.all(outcomes)).toEqual([null, null]);
  expect(signals.map(({ aborted }) => aborted)).toEqual([true, true, false]);
  expect(latest.isPending).toBe(true);
  expect(await last).toEqual({ value: 'last' });
  expect(latest.isPending).toBe(false);
});

test('an answer that nobody waits for any more is no error', async () => {
  const latest = new LatestRequest();
  expect(await latest.ask(() => Promise.reject(new HostFailure('cancelled', 'Cancelled.', null)))).toBeNull();
});
