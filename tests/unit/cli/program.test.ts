import { describe, expect, it } from 'vitest';
import { reportFailure } from '#server/cli/exit.ts';
import { formatDuration, formatNumber, formatTime } from '#server/cli/format.ts';
import { run } from '#server/cli/main.ts';
import { shortenIds } from '#server/cli/run-ids.ts';
import { FailureError } from '#server/platform/failure.ts';
import { fakeTerminal } from './fake-terminal.ts';

async function mlops(...args: string[]) {
  const { terminal, stdout, stderr } = fakeTerminal(args);
  const code = await run(terminal, new AbortController().signal);
  return { code, stdout: stdout.text, stderr: stderr.text };
}

describe('the command line', () => {
  it('shows its version and its help, and is done', async () => {
    expect(await mlops('--version')).toMatchObject({ code: 0, stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) });
    const help = await mlops('--help');
    expect(help).toMatchObject({ code: 0, stderr: '' });
    expect(help.stdout).toMatch(/validate[\s\S]*experiments[\s\S]*runs[\s\S]*health/);
    expect((await mlops('runs', 'list', '--help')).stdout).toMatch(/--order-by[\s\S]*--json/);
  });

  it.each([
    [['runs', 'lst'], 'list'],
    [['validat'], 'validate'],
    [['runs', 'list', '--trackin', 'x'], '--tracking'],
    [['runs', 'list', '--limit', 'many'], 'whole number'],
    [['runs', 'history', 'abc'], '--metric'],
    [['runs', 'compare'], 'id'],
    [['runs', 'compare', 'abcdef'], 'at least two runs'],
  ])('refuses %j with one line that helps', async (args, hint) => {
    const { code, stdout, stderr } = await mlops(...args);
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toMatch(/^error: .*\n$/);
    expect(stderr).toContain(hint);
  });

  it('shows help and fails where no command is given', async () => {
    expect(await mlops()).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining('Usage: mlops') });
    expect(await mlops('runs')).toMatchObject({ code: 2, stderr: expect.stringContaining('compare') });
  });

  it('refuses a filter before it opens anything', async () => {
    const { code, stderr } = await mlops('runs', 'list', '--filter', 'metrics.acc >', '--cwd', '/does/not/exist');
    expect(code).toBe(2);
    expect(stderr).toMatch(/^error: The filter is wrong at character 14/);
  });

  it('refuses a folder that is not there', async () => {
    expect(await mlops('runs', 'list', '--cwd', '/does/not/exist')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('/does/not/exist'),
    });
  });
});

describe('a failure', () => {
  it.each([
    ['input', 2],
    ['not-found', 2],
    ['corrupt', 2],
    ['unsupported', 2],
    ['busy', 2],
    ['permission', 3],
    ['unreachable', 3],
    ['remote', 3],
    ['cancelled', 130],
  ] as const)('for the reason %s ends with %i', (reason, code) => {
    expect(reportFailure(new FailureError(reason, 'x'), { verbose: false }).code).toBe(code);
  });

  it('is one line with what to do, a stack only when asked', () => {
    const error = new FailureError('input', 'No such thing\nhere', {
      remedy: 'Look elsewhere.',
      cause: new Error('deep'),
    });
    expect(reportFailure(error, { verbose: false }).line).toBe('error: No such thing↵here. Look elsewhere.');
    expect(reportFailure(error, { verbose: true }).line).toMatch(/program\.test\.ts[\s\S]*caused by Error: deep/);
  });
});

describe('formats', () => {
  it('show numbers with six significant digits', () => {
    expect([0.1 + 0.2, 1234567, 1 / 3e9, Number.NaN, 1.7976931348623157e308, -0.00001234567].map(formatNumber)).toEqual(
      ['0.3', '1234567', '3.33333e-10', 'NaN', '1.79769e+308', '-0.0000123457'],
    );
  });

  it('show durations in at most two units', () => {
    const hour = 3_600_000;
    expect([5, 1_500, 61_000, hour + 60_000, 50 * hour, -1].map(formatDuration)).toEqual([
      '5ms',
      '1.5s',
      '1m 1s',
      '1h 1m',
      '2d 2h',
      '',
    ]);
  });

  it('show times even where they are nonsense', () => {
    expect(formatTime(null)).toBe('');
    expect(formatTime(8.64e16)).toBe('86400000000000000');
    expect(formatTime(0, 'second')).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/);
  });

  it('shorten ids on a terminal until they tell runs apart', () => {
    const ids = ['aaaaaaaaaa1', 'aaaaaaaaaa2', 'b'.repeat(32)];
    expect([...shortenIds(ids, { interactive: true }).values()]).toEqual([
      'aaaaaaaaaa1',
      'aaaaaaaaaa2',
      'b'.repeat(11),
    ]);
    expect([...shortenIds(ids, { interactive: false }).values()]).toEqual(ids);
  });
});
