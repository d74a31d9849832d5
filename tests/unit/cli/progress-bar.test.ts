import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createOutput } from '#server/cli/output.ts';
import { withProgress } from '#server/cli/progress-bar.ts';
import { fakeTerminal } from './fake-terminal.ts';

beforeEach(() => {
  vi.useFakeTimers({ now: 0 });
});
afterEach(() => {
  vi.useRealTimers();
});

const clear = '\r\x1b[2K';

/** Runs work with a progress on standard error; `since` gives what was written there since it was asked last. */
function progress({ columns = 80, json = false }: { columns?: number | null; json?: boolean } = {}) {
  const { terminal, stderr } = fakeTerminal([], { columns });
  const output = createOutput(terminal, { json, color: false });
  const invocation = { terminal, output, cwd: '/', verbose: false, signal: new AbortController().signal };
  const { promise, resolve } = Promise.withResolvers<string>();
  let show: (phase: string, done: number, total: number) => void = () => undefined;
  const ended = withProgress(invocation, 'Registering m', (given) => {
    show = given;
    return promise;
  });
  const since = () => {
    const { text } = stderr;
    stderr.text = '';
    return text;
  };
  return { show: (...args: Parameters<typeof show>) => show(...args), finish: resolve, ended, since };
}

describe('a progress', () => {
  it('says after a while what is done, then how far it is, ten times a second at most, and is gone at the end', async () => {
    const { show, finish, ended, since } = progress();
    await vi.advanceTimersByTimeAsync(399);
    expect(since()).toBe('');
    await vi.advanceTimersByTimeAsync(1);
    expect(since()).toBe(`${clear}Registering m…`);
    show('Reading files', 500_000_000, 2_000_000_000);
    expect(since()).toBe(`${clear}Reading files ██████░░░░░░░░░░░░░░░░░░  25 %  500.0 MB of 2.0 GB`);
    show('Reading files', 510_000_000, 2_000_000_000);
    expect(since()).toBe('');
    await vi.advanceTimersByTimeAsync(100);
    show('Storing files', 2_000_000_000, 2_000_000_000);
    expect(since()).toBe(`${clear}Storing files ████████████████████████ 100 %  2.0 GB of 2.0 GB`);
    finish('done');
    expect(await ended).toBe('done');
    expect(since()).toBe(clear);
  });

  it('is not shown for what is quick', async () => {
    const { show, finish, ended, since } = progress();
    show('Reading files', 1, 1);
    await vi.advanceTimersByTimeAsync(399);
    finish('done');
    await ended;
    await vi.advanceTimersByTimeAsync(1_000);
    expect(since()).toBe('');
  });

  it.each([{ columns: null }, { json: true }])('is not shown with %o', async (options) => {
    const { show, finish, ended, since } = progress(options);
    await vi.advanceTimersByTimeAsync(1_000);
    show('Reading files', 1, 2);
    finish('done');
    await ended;
    expect(since()).toBe('');
  });
});
