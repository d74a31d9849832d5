import { describe, expect, it } from 'vitest';
import { CheckQueue } from '#server/monitoring/schedule/check-queue.ts';

const never = new AbortController().signal;

/** Work that goes on until it is let end. */
function work(log: string[], name: string) {
  let end: () => void = () => undefined;
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  const run = async () => {
    log.push(name);
    await ended;
    return name;
  };
  return { run, end: () => end() };
}

const settle = () => new Promise((resolve) => setImmediate(resolve));

describe('the queue of checks', () => {
  it('lets two go on at once, what a person waits for first, and gives places on after failures', async () => {
    const queue = new CheckQueue(2);
    const log: string[] = [];
    const [a, b, c, d] = ['a', 'b', 'c', 'd'].map((name) => work(log, name));
    if (!a || !b || !c || !d) return expect.unreachable();
    const failing = queue.run(
      async () => {
        await a.run();
        throw new Error('no');
      },
      { signal: never, isUrgent: false },
    );
    const others = [
      queue.run(b.run, { signal: never, isUrgent: false }),
      queue.run(c.run, { signal: never, isUrgent: false }),
      queue.run(d.run, { signal: never, isUrgent: true }),
    ];
    await settle();
    expect(log).toEqual(['a', 'b']);
    a.end();
    await expect(failing).rejects.toThrow('no');
    await settle();
    expect(log).toEqual(['a', 'b', 'd']);
    for (const one of [b, c, d]) one.end();
    expect(await Promise.all(others)).toEqual(['b', 'c', 'd']);
  });

  it('lets who waits leave, and loses no place by it', async () => {
    const queue = new CheckQueue(1);
    const log: string[] = [];
    const [a, b, c] = [work(log, 'a'), work(log, 'b'), work(log, 'c')];
    const first = queue.run(a.run, { signal: never, isUrgent: false });
    const leaving = new AbortController();
    const second = queue.run(b.run, { signal: leaving.signal, isUrgent: false });
    const third = queue.run(c.run, { signal: never, isUrgent: false });
    leaving.abort(new Error('left'));
    await expect(second).rejects.toThrow('left');
    a.end();
    c.end();
    await Promise.all([first, third]);
    expect(log).toEqual(['a', 'c']);
    expect(await queue.run(async () => 'free', { signal: never, isUrgent: false })).toBe('free');
  });
});
