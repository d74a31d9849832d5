import { describe, expect, it } from 'vitest';
import { Patience } from '#client/features/experiments/patience.ts';

/** Patience that ends when the test says so. */
function setUp() {
  let end = Promise.withResolvers<void>();
  const arrivals: string[] = [];
  const patience = new Patience<string>({
    enough: () => end.promise,
    placeholder: (key) => `waiting for ${key}`,
    onArrived: (key) => arrivals.push(key),
  });
  return {
    patience,
    arrivals,
    loseIt: () => {
      end.resolve();
      end = Promise.withResolvers();
    },
  };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('patience', () => {
  it('gives what comes in time to all who ask, produced once', async () => {
    const { patience, arrivals } = setUp();
    let produced = 0;
    const produce = async () => `answer ${++produced}`;
    expect(await Promise.all([patience.get('a', produce), patience.get('a', produce)])).toEqual([
      'answer 1',
      'answer 1',
    ]);
    expect(await patience.get('a', produce)).toBe('answer 2');
    expect(arrivals).toEqual([]);
  });

  it('stands in for what is late, and tells when it is there', async () => {
    const { patience, arrivals, loseIt } = setUp();
    const slow = Promise.withResolvers<string>();
    const asked = [patience.get('a', () => slow.promise), patience.get('a', () => slow.promise)];
    loseIt();
    expect(await Promise.all(asked)).toEqual(['waiting for a', 'waiting for a']);
    slow.resolve('late');
    await settled();
    expect(arrivals).toEqual(['a']);
    expect(await patience.get('a', async () => 'asked anew')).toBe('late');
    expect(await patience.get('a', async () => 'asked anew')).toBe('asked anew');
  });

  it('stands in with what was there before', async () => {
    const { patience, loseIt } = setUp();
    await patience.get('a', async () => 'before');
    const asked = patience.get('a', () => new Promise(() => {}));
    loseIt();
    expect(await asked).toBe('before');
  });

  it('forgets what is out of date', async () => {
    const { patience, arrivals, loseIt } = setUp();
    const old = Promise.withResolvers<string>();
    const asked = patience.get('a', () => old.promise);
    loseIt();
    await asked;
    patience.forget();
    expect(await patience.get('a', async () => 'new')).toBe('new');
    old.resolve('old');
    await settled();
    expect(arrivals).toEqual([]);
  });

  it('passes failures on and starts anew', async () => {
    const { patience } = setUp();
    await expect(patience.get('a', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(await patience.get('a', async () => 'yes')).toBe('yes');
  });
});
