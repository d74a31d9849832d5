import { mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LocalStore } from '#server/storage/backends/local/store.ts';
import { type Bed, conforms } from './conformance.ts';

describe('LocalStore', () => {
  let folder: string;
  let bed: Bed;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'mlops-store-'));
    bed = { store: new LocalStore(join(folder, 'store')), proxy: null, stranger: null, nowhere: null };
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  conforms(() => bed);

  it('takes a file that was made in its staging folder', async () => {
    const { store } = bed;
    const staging = (await store.makeStaging?.()) ?? expect.fail('there is none');
    await writeFile(join(staging, 'copy'), 'content');
    await store.adopt?.('a/b', join(staging, 'copy'));
    expect(await text(await store.read('a/b'))).toBe('content');
    expect(await readdir(staging)).toEqual([]);
    await rm(staging, { recursive: true });
  });

  it('removes what processes that were killed left there, a day later', async () => {
    const root = join(folder, 'left');
    const [old, fresh] = [await new LocalStore(root).makeStaging(), await new LocalStore(root).makeStaging()];
    await writeFile(join(old, 'half'), 'half');
    const before = new Date(Date.now() - 25 * 3_600_000);
    await utimes(old, before, before);
    await new LocalStore(root).initialize();
    expect(await readdir(join(root, '.unfinished'))).toEqual([basename(fresh)]);
  });

  it('leaves nothing unfinished behind', async () => {
    expect(await readdir(join(folder, 'store', '.unfinished'))).toEqual([]);
  });
});
