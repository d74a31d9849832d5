import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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

  it('leaves nothing unfinished behind', async () => {
    expect(await readdir(join(folder, 'store', '.unfinished'))).toEqual([]);
  });
});
