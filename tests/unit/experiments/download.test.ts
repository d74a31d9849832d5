import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { type DownloadOptions, downloadArtifacts } from '#server/experiments/download.ts';
import { MemoryArtifacts } from './memory-store.ts';

describe('downloading artifacts', () => {
  let folder: string;
  let target: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'mlops-download-'));
    target = join(folder, 'target');
    onTestFinished(() => rm(folder, { recursive: true }));
  });

  const download = (files: Record<string, string | Buffer>, options: Partial<DownloadOptions> = {}) =>
    downloadArtifacts(new MemoryArtifacts(files), { path: '', target, overwrite: false, ...options });

  it('copies a folder as it is', async () => {
    const large = Buffer.alloc(300_000, 7);
    const seen: string[] = [];
    const answer = await download(
      { 'model/MLmodel': 'flavors', 'model/data/weights': large, 'other.txt': 'x' },
      { path: 'model', onProgress: ({ path, files, total }) => seen.push(`${files}/${total} ${path}`) },
    );
    expect(answer).toEqual({ files: 2, bytes: 300_007 });
    expect(await readFile(join(target, 'MLmodel'), 'utf8')).toBe('flavors');
    expect((await readFile(join(target, 'data/weights'))).equals(large)).toBe(true);
    expect((await readdir(target, { recursive: true })).toSorted()).toEqual(['MLmodel', 'data', 'data/weights']);
    expect(seen).toEqual(['0/2 model/MLmodel', '1/2 model/data/weights']);
  });

  it('copies one file to the path given', async () => {
    await download({ 'plots/a.txt': 'hello' }, { path: 'plots/a.txt', target: join(folder, 'mine.txt') });
    expect(await readFile(join(folder, 'mine.txt'), 'utf8')).toBe('hello');
  });

  it.each(['../evil', 'a/../../evil', '/etc/evil', 'a//evil', './evil'])('refuses the name %s', async (name) => {
    await expect(download({ [name]: 'x', 'good.txt': 'y' })).rejects.toMatchObject({ reason: 'input' });
    expect(await readdir(folder)).toEqual([]);
  });

  it('does not write through a link that leads out', async () => {
    await mkdir(join(folder, 'outside'));
    await mkdir(target);
    await symlink(join(folder, 'outside'), join(target, 'sub'));
    await expect(download({ 'sub/evil.txt': 'x' })).rejects.toMatchObject({ reason: 'input' });
    expect(await readdir(join(folder, 'outside'))).toEqual([]);
  });

  it('replaces no file with other contents unless told to, and takes equal ones for done', async () => {
    await mkdir(target);
    await writeFile(join(target, 'a.txt'), 'mine');
    await writeFile(join(target, 'b.txt'), 'same');
    await expect(download({ 'a.txt': 'theirs', 'b.txt': 'same', 'c.txt': 'new' })).rejects.toMatchObject({
      reason: 'input',
      message: expect.stringContaining('a.txt'),
    });
    expect((await readdir(target)).toSorted()).toEqual(['a.txt', 'b.txt']);
    await download({ 'b.txt': 'same' });
    await download({ 'a.txt': 'theirs' }, { overwrite: true });
    expect(await readFile(join(target, 'a.txt'), 'utf8')).toBe('theirs');
  });

  it('stops when it is cancelled, and leaves no half file', async () => {
    const controller = new AbortController();
    const files = { 'a.bin': Buffer.alloc(500_000), 'b.bin': Buffer.alloc(500_000) };
    const onProgress = ({ path }: { path: string }) => path === 'b.bin' && controller.abort();
    await expect(download(files, { signal: controller.signal, onProgress })).rejects.toMatchObject({
      name: 'AbortError',
    });
    expect(await readdir(target)).toEqual(['a.bin']);
  });
});
