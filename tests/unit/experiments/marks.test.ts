import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { RunMarksStore } from '#server/experiments/marks.ts';

describe('stars and hidden runs', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'mlops-marks-'));
    onTestFinished(() => rm(folder, { recursive: true }));
  });

  const open = () => {
    const marks = new RunMarksStore(folder);
    onTestFinished(() => marks.close());
    return marks;
  };
  const run = (runId: string, tracker = 'local') => ({ tracker, runId });

  it('are not there and make nothing before the first is set', () => {
    expect(open().read('local').of('a')).toEqual({ starred: false, hidden: false });
    open().write([], { starred: true });
    expect(existsSync(join(folder, '.mlops'))).toBe(false);
  });

  it('are kept for each tracker, out of Git, and seen by other processes at once', async () => {
    const mine = open();
    const theirs = open();
    mine.write([run('a'), run('b')], { starred: true });
    expect(theirs.read('local').of('a').starred).toBe(true);
    theirs.write([run('a')], { hidden: true });
    expect(mine.read('local').of('a')).toEqual({ starred: true, hidden: true });
    expect(mine.read('other').of('a')).toEqual({ starred: false, hidden: false });
    expect(await readFile(join(folder, '.mlops/.gitignore'), 'utf8')).toBe('*\n');
  });

  it('leave no row where nothing is left of them', () => {
    const marks = open();
    marks.write([run('a')], { starred: true });
    marks.write([run('a')], { starred: false });
    expect(marks.read('local').empty).toBe(true);
  });

  it('stay the same object until something changes', () => {
    const marks = open();
    marks.write([run('a')], { starred: true });
    expect(marks.read('local')).toBe(marks.read('local'));
  });

  it('fail with `corrupt` on a file of a newer version, or of something else', async () => {
    await mkdir(join(folder, '.mlops'));
    const path = join(folder, '.mlops/state.db');
    const newer = new DatabaseSync(path);
    newer.exec('PRAGMA user_version = 99');
    newer.close();
    expect(() => open().read('local')).toThrow(/newer version/);
    await writeFile(path, 'no database'.repeat(100));
    expect(() => open().read('local')).toThrow(expect.objectContaining({ reason: 'corrupt' }));
  });
});
