import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ModelFile } from '#schemas/domain/model-version.ts';
import { FailureError } from '#server/platform/failure.ts';
import { ContentStore } from '#server/storage/content-store.ts';
import { MemoryStore } from './memory-store.ts';

const text = (content: string) => Buffer.from(content);
const digest = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
const fileOf = (path: string, bytes: Uint8Array): ModelFile => ({ path, size: bytes.length, sha256: digest(bytes) });

describe('ContentStore', () => {
  let folder: string;
  let target: string;
  let memory: MemoryStore;
  let store: ContentStore;

  /** Puts a content into the store, without a file. */
  const stored = (path: string, content: string): ModelFile => {
    const file = fileOf(path, text(content));
    memory.blobs.set(`sha256/${file.sha256.slice(0, 2)}/${file.sha256}`, text(content));
    return file;
  };

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'mlops-content-'));
    target = join(folder, 'target');
    memory = new MemoryStore();
    store = new ContentStore(memory);
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  describe('storing', () => {
    it('keeps a file under its digest and gives it back', async () => {
      await writeFile(join(folder, 'a.bin'), 'hello');
      const { sha256 } = fileOf('a.bin', text('hello'));
      await store.putFile(sha256, join(folder, 'a.bin'));
      expect([...memory.blobs.keys()]).toEqual([`sha256/${sha256.slice(0, 2)}/${sha256}`]);
      expect((await buffer(await store.open(sha256))).toString()).toBe('hello');
      expect(await store.has(sha256, 5)).toBe(true);
      expect(await store.has(sha256, 6)).toBe(false);
    });

    it('stores what is there already no second time, and files of equal content once', async () => {
      await writeFile(join(folder, 'a'), 'same');
      await writeFile(join(folder, 'b'), 'same');
      await writeFile(join(folder, 'c'), 'other');
      const files = [fileOf('a', text('same')), fileOf('b', text('same')), fileOf('c', text('other'))];
      await store.putFiles(files, folder);
      await store.putFiles(files, folder);
      expect(memory.writes).toBe(2);
    });

    it('tells progress over all files, up to all of it', async () => {
      await writeFile(join(folder, 'a'), 'four');
      await writeFile(join(folder, 'b'), 'seven77');
      const told: number[] = [];
      const files = [fileOf('a', text('four')), fileOf('b', text('seven77'))];
      await store.putFiles(files, folder, { onProgress: (done, total) => told.push(done, total) });
      expect(told.at(-2)).toBe(11);
      expect(told.at(-1)).toBe(11);
    });

    it('says so where a file is gone, and refuses what is no digest', async () => {
      const { sha256 } = fileOf('a', text('a'));
      await expect(store.putFile(sha256, join(folder, 'gone'))).rejects.toMatchObject({ reason: 'not-found' });
      await expect(store.open('../../etc/passwd')).rejects.toMatchObject({ reason: 'input' });
      await expect(store.has(sha256.toUpperCase())).rejects.toMatchObject({ reason: 'input' });
    });

    it('lists contents and passes over what else lies there', async () => {
      const { sha256 } = stored('a', 'listed');
      memory.blobs.set('sha256/readme', text(''));
      memory.blobs.set(`sha256/00/${sha256}`, text(''));
      const listed = [];
      for await (const one of store.list()) listed.push(one);
      expect(listed).toEqual([{ sha256, size: 6 }]);
    });
  });

  it('ends a stream with a failure where the content was changed in the store', async () => {
    const { sha256 } = stored('a', 'right');
    memory.blobs.set(`sha256/${sha256.slice(0, 2)}/${sha256}`, text('wrong'));
    await expect(buffer(await store.open(sha256))).rejects.toMatchObject({ reason: 'corrupt' });
  });

  describe('fetching', () => {
    it('brings files under their paths, equal contents once, and leaves nothing else', async () => {
      const files = [stored('MLmodel', 'm'), stored('data/ä/x', 'same'), stored('data/y', 'same'), stored('empty', '')];
      const told: number[] = [];
      await store.fetchFiles(files, target, { onProgress: (done) => told.push(done) });
      expect(await readFile(join(target, 'data/ä/x'), 'utf8')).toBe('same');
      expect(await readFile(join(target, 'data/y'), 'utf8')).toBe('same');
      expect(await readFile(join(target, 'empty'), 'utf8')).toBe('');
      expect((await readdir(target)).sort()).toEqual(['MLmodel', 'data', 'empty']);
      expect(memory.reads).toHaveLength(2);
      expect(told).toEqual([...told].sort((a, b) => a - b));
      expect(told.at(-1)).toBe(9);
    });

    it('leaves files that are right as they are, and refuses to overwrite others', async () => {
      const [a, b] = [stored('a', 'right'), stored('b', 'new')];
      await mkdir(target);
      await writeFile(join(target, 'a'), 'right');
      await store.fetchFiles([a], target);
      expect(memory.reads).toEqual([]);
      await writeFile(join(target, 'b'), 'old');
      await expect(store.fetchFiles([a, b], target)).rejects.toMatchObject({ reason: 'input' });
      expect(await readFile(join(target, 'b'), 'utf8')).toBe('old');
      await store.fetchFiles([a, b], target, { replace: true });
      expect(await readFile(join(target, 'b'), 'utf8')).toBe('new');
    });

    it('goes on where an interrupted call stopped', async () => {
      const file = stored('a', '0123456789');
      const cancel = new AbortController();
      memory.onRead = (_, bytes, { start = 0 }) =>
        Readable.from(
          (function* () {
            yield bytes.subarray(start, 4);
            cancel.abort();
            yield bytes.subarray(4);
          })(),
        );
      await expect(store.fetchFiles([file], target, { signal: cancel.signal })).rejects.toMatchObject({
        name: 'AbortError',
      });
      expect(await readdir(target)).toEqual(['.mlops-partial']);
      memory.onRead = new MemoryStore().onRead;
      await store.fetchFiles([file], target);
      expect(memory.reads.map(({ start }) => start)).toEqual([0, 4]);
      expect(await readdir(target)).toEqual(['a']);
      expect(await readFile(join(target, 'a'), 'utf8')).toBe('0123456789');
    });

    it('begins anew where what was left of an interrupted call is wrong', async () => {
      const file = stored('a', '0123456789');
      await mkdir(join(target, '.mlops-partial'), { recursive: true });
      await writeFile(join(target, '.mlops-partial', file.sha256), 'xxx');
      const told: number[] = [];
      await store.fetchFiles([file], target, { onProgress: (done) => told.push(done) });
      expect(memory.reads.map(({ start }) => start)).toEqual([3, 0]);
      expect(await readFile(join(target, 'a'), 'utf8')).toBe('0123456789');
      expect(told).toEqual([...new Set(told)].sort((a, b) => a - b));
    });

    it('goes on by itself where a connection is lost', async () => {
      const file = stored('a', '0123456789');
      const lost = () => {
        throw new FailureError('unreachable', 'The connection was lost.');
      };
      memory.onRead = (_, bytes, { start = 0 }) =>
        Readable.from(
          (function* () {
            yield bytes.subarray(start, start + 5);
            if (start === 0) lost();
          })(),
        );
      await store.fetchFiles([file], target);
      expect(memory.reads.map(({ start }) => start)).toEqual([0, 5]);
    });

    it('takes a content that ends too early for a lost connection', async () => {
      const file = stored('a', '0123456789');
      memory.onRead = (_, bytes, { start = 0 }) => Readable.from([bytes.subarray(start, start + 6)]);
      await store.fetchFiles([file], target);
      expect(memory.reads.map(({ start }) => start)).toEqual([0, 6]);
      expect(await readFile(join(target, 'a'), 'utf8')).toBe('0123456789');
    });

    it('puts no content in place that is not what its digest says', async () => {
      const file = stored('a', 'right');
      for (const wrong of ['wrong', 'right, and more']) {
        memory.blobs.set(`sha256/${file.sha256.slice(0, 2)}/${file.sha256}`, text(wrong));
        await expect(store.fetchFiles([file], target)).rejects.toMatchObject({ reason: 'corrupt' });
        expect(await readdir(target)).not.toContain('a');
      }
      memory.blobs.clear();
      await expect(store.fetchFiles([file], target)).rejects.toMatchObject({ reason: 'not-found' });
    });

    it.each([
      ['leads out of the directory', ['../a']],
      ['is absolute', ['/tmp/a']],
      ['is absolute on Windows', ['C:/a']],
      ['has a part that leads out', ['a/../../b']],
      ['has a backslash', ['..\\a']],
      ['differs in case alone', ['A', 'a']],
      ['differs in normalisation alone', ['\u00e4', 'a\u0308']],
      ['is file and folder', ['a', 'a/b']],
      ['is kept for unfinished files', ['.MLOPS-partial/a']],
    ])('refuses a path that %s, before it reads or writes anything', async (_, paths) => {
      const files = paths.map((path) => stored(path, 'content'));
      await expect(store.fetchFiles(files, target)).rejects.toMatchObject({ reason: 'input' });
      expect(memory.reads).toEqual([]);
    });

    it.each(['a', 'dir/a', '.mlops-partial'])('writes through no symbolic link at %s', async (link) => {
      const outside = join(folder, 'outside');
      await mkdir(join(outside, 'a'), { recursive: true });
      await mkdir(join(target, link, '..'), { recursive: true });
      await symlink(outside, join(target, link));
      const files = [stored(link === 'dir/a' ? 'dir/a/b' : 'a', 'content')];
      await expect(store.fetchFiles(files, target, { replace: true })).rejects.toMatchObject({ reason: 'input' });
      expect(await readdir(outside)).toEqual(['a']);
      expect(await readdir(join(outside, 'a'))).toEqual([]);
    });
  });
});
