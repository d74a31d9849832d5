import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { LiveCache } from '#server/language/providers/live-cache.ts';

const freshMs = 60_000;
const timeoutMs = 5_000;

interface Question {
  readonly key: string;
  readonly signal: AbortSignal;
  readonly answer: (value: string) => void;
  readonly fail: () => void;
}

/** A cache whose source answers when the test says so. */
function cacheWith({ maxKeys = 10 } = {}) {
  const asked: Question[] = [];
  const cache = new LiveCache<string>({
    load: (key, signal) => {
      const { promise, resolve, reject } = Promise.withResolvers<string>();
      asked.push({ key, signal, answer: resolve, fail: () => reject(new Error('unreachable')) });
      return promise;
    },
    now: () => Date.now(),
    freshMs,
    timeoutMs,
    backOffMs: { first: 1_000, longest: 8_000 },
    maxKeys,
  });
  return { cache, asked };
}

const settled = () => vi.advanceTimersByTimeAsync(0);

beforeEach(() => {
  vi.useFakeTimers({ now: 1_000_000 });
});
afterEach(() => {
  vi.useRealTimers();
});

describe('what is known of live things', () => {
  test('is nothing at first; the answer that comes late is there when it is asked for again', async () => {
    const { cache, asked } = cacheWith();
    expect(cache.get('a')).toEqual({ known: null, pending: true });
    await vi.advanceTimersByTimeAsync(2_000);
    asked[0]?.answer('one');
    await settled();
    expect(cache.get('a')).toEqual({ known: { value: 'one', ageMs: 2_000 }, pending: false });
    expect(asked).toHaveLength(1);
  });

  test('asks once for all who ask at the same time, and again only when it is old', async () => {
    const { cache, asked } = cacheWith();
    for (let times = 0; times < 5; times++) cache.get('a');
    await settled();
    expect(asked).toHaveLength(1);
    asked[0]?.answer('one');
    await settled();
    await vi.advanceTimersByTimeAsync(freshMs - 1);
    expect(cache.get('a').pending).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    expect(cache.get('a')).toEqual({ known: { value: 'one', ageMs: freshMs }, pending: true });
    await settled();
    asked[1]?.answer('two');
    await settled();
    expect(cache.get('a')).toEqual({ known: { value: 'two', ageMs: 0 }, pending: false });
  });

  test('stays what it was where the source never answers; the source is told to give up', async () => {
    const { cache, asked } = cacheWith();
    cache.restore('a', 'kept', Date.now() - 3 * freshMs);
    expect(cache.get('a')).toEqual({ known: { value: 'kept', ageMs: 3 * freshMs }, pending: true });
    await vi.advanceTimersByTimeAsync(timeoutMs);
    expect(asked[0]?.signal.aborted).toBe(true);
    expect(cache.get('a')).toEqual({ known: { value: 'kept', ageMs: 3 * freshMs + timeoutMs }, pending: false });
    asked[0]?.answer('too late');
    await settled();
    expect(cache.get('a').known?.value).toBe('kept');
  });

  test('is asked for less and less often while that fails, and at once again when it worked', async () => {
    const { cache, asked } = cacheWith();
    for (const wait of [1_000, 2_000, 4_000, 8_000, 8_000]) {
      expect(cache.get('a').pending).toBe(true);
      await settled();
      asked.at(-1)?.fail();
      await settled();
      await vi.advanceTimersByTimeAsync(wait - 1);
      expect(cache.get('a').pending).toBe(false);
      await vi.advanceTimersByTimeAsync(1);
    }
    cache.get('a');
    await settled();
    asked.at(-1)?.answer('one');
    await settled();
    await vi.advanceTimersByTimeAsync(freshMs);
    expect(cache.get('a').pending).toBe(true);
    await settled();
    asked.at(-1)?.fail();
    await settled();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(cache.get('a').pending).toBe(true);
  });

  test('is outdated when someone says so: an answer from before counts no more, its value is kept until then', async () => {
    const { cache, asked } = cacheWith();
    cache.restore('a', 'old', Date.now());
    cache.invalidate('a');
    expect(cache.get('a')).toMatchObject({ known: { value: 'old' }, pending: true });
    await settled();
    cache.invalidate('a');
    expect(asked[0]?.signal.aborted).toBe(true);
    cache.get('a');
    await settled();
    asked[1]?.answer('after');
    asked[0]?.answer('before');
    await settled();
    expect(cache.get('a')).toMatchObject({ known: { value: 'after' }, pending: false });
  });

  test('never goes back: what was kept elsewhere counts only where it is newer, and a clock set back makes no age negative', () => {
    const { cache } = cacheWith();
    cache.restore('a', 'newer', Date.now());
    cache.restore('a', 'older', Date.now() - 5);
    vi.setSystemTime(Date.now() - 10_000);
    expect(cache.get('a').known).toEqual({ value: 'newer', ageMs: 0 });
  });

  test('drops what was asked for longest ago, and what is under way for it', async () => {
    const { cache, asked } = cacheWith({ maxKeys: 2 });
    cache.get('a');
    cache.get('b');
    cache.get('a');
    cache.get('c');
    await settled();
    expect(cache.size).toBe(2);
    expect(asked.filter(({ signal }) => !signal.aborted).map(({ key }) => key)).toEqual(['a', 'c']);
    cache.clear();
    expect(asked.every(({ signal }) => signal.aborted)).toBe(true);
  });

  test('tells of a value that is another than before, once it is the one that is known', async () => {
    const seen: unknown[] = [];
    const answers = [['one'], ['one'], ['two'], ['old']];
    const cache = new LiveCache<readonly string[]>({
      load: async () => answers.shift() ?? [],
      now: () => Date.now(),
      freshMs,
      timeoutMs,
      backOffMs: { first: 1_000, longest: 8_000 },
      maxKeys: 10,
      onChanged: (of) => seen.push([of, cache.get(of)]),
    });
    const ask = async () => {
      cache.invalidate('a');
      cache.get('a');
      await settled();
    };
    const known = (value: string) => ['a', { known: { value: [value], ageMs: 0 }, pending: false }];
    await ask();
    expect(seen).toEqual([known('one')]);
    // The same again is no news.
    await ask();
    expect(seen).toHaveLength(1);
    await ask();
    expect(seen).toEqual([known('one'), known('two')]);
    // Nor is one that is older than what is known.
    cache.restore('a', ['newer'], Date.now() + 1);
    await ask();
    expect(seen).toHaveLength(2);
    expect(cache.get('a').known?.value).toEqual(['newer']);
  });

  test('a source that throws at once fails like any other', async () => {
    const failures: unknown[] = [];
    const cache = new LiveCache<string>({
      load: () => {
        throw new Error('no such thing');
      },
      now: () => Date.now(),
      freshMs,
      timeoutMs,
      backOffMs: { first: 1_000, longest: 8_000 },
      maxKeys: 1,
      onFailed: (_, error) => failures.push(error),
    });
    expect(cache.get('a').pending).toBe(true);
    await settled();
    expect(cache.get('a')).toEqual({ known: null, pending: false });
    expect(failures).toHaveLength(1);
  });

  test('whatever happens: at most one question a key is open, the size is bounded, and values only get newer', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(act, { maxLength: 40 }), async (acts) => {
        const world = new World();
        for (const each of acts) {
          await world.perform(each);
          world.holds();
        }
      }),
      { numRuns: 100 },
    );
  });
});

const key = fc.constantFrom('a', 'b', 'c', 'd');
const act = fc.oneof(
  fc.record({ type: fc.constant('get' as const), key }),
  fc.record({ type: fc.constant('invalidate' as const), key }),
  fc.record({ type: fc.constant('answer' as const), at: fc.nat(8) }),
  fc.record({ type: fc.constant('fail' as const), at: fc.nat(8) }),
  fc.record({ type: fc.constant('wait' as const), ms: fc.integer({ min: 1, max: 70_000 }) }),
);
type Act = typeof act extends fc.Arbitrary<infer T> ? T : never;

/** A cache and its source under random acts; answers are numbers that rise. */
class World {
  readonly #of = cacheWith({ maxKeys: 3 });
  readonly #answered = new Set<Question>();
  readonly #newest = new Map<string, number>();
  #serial = 0;

  async perform(each: Act): Promise<void> {
    if (each.type === 'wait') await vi.advanceTimersByTimeAsync(each.ms);
    else if (each.type === 'get') this.#get(each.key);
    else if (each.type === 'invalidate') this.#of.cache.invalidate(each.key);
    else this.#settle(each.type, this.#of.asked[this.#of.asked.length - 1 - each.at]);
    await settled();
  }

  holds(): void {
    const open = this.#of.asked.filter((one) => !one.signal.aborted && !this.#answered.has(one));
    expect(new Set(open.map((one) => one.key)).size).toBe(open.length);
    expect(this.#of.cache.size).toBeLessThanOrEqual(3);
  }

  /** Dropped for want of room a value may be unknown again, but never older. */
  #get(of: string): void {
    const { known } = this.#of.cache.get(of);
    if (known === null) return;
    expect(known.ageMs).toBeGreaterThanOrEqual(0);
    expect(Number(known.value)).toBeGreaterThanOrEqual(this.#newest.get(of) ?? -1);
    this.#newest.set(of, Number(known.value));
  }

  #settle(type: 'answer' | 'fail', question: Question | undefined): void {
    if (!question || this.#answered.has(question)) return;
    this.#answered.add(question);
    if (type === 'answer') question.answer(String(this.#serial++));
    else question.fail();
  }
}
