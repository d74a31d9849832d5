import { createHash, randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { expect, it } from 'vitest';
import type { ArtifactStore, BlobSource } from '#server/storage/artifact-store.ts';
import type { CuttingProxy } from '../../testbeds/cutting-proxy.ts';

export interface Bed {
  readonly store: ArtifactStore;
  /** Stands before the server; null for a store that is no server. */
  readonly proxy: CuttingProxy | null;
  /** With credentials that are not valid; null where the test server takes any. */
  readonly stranger: ArtifactStore | null;
  /** In a bucket that is not there; null for a store that makes its place. */
  readonly nowhere: ArtifactStore | null;
}

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
const bytesSource = (bytes: Uint8Array): BlobSource => ({
  size: bytes.length,
  open: (start, end) => Readable.from(chunks(bytes.subarray(start, end))),
});
const mebibyte = 2 ** 20;
async function gathered<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}
function* chunks(bytes: Uint8Array) {
  for (let at = 0; at < bytes.length; at += mebibyte) yield bytes.subarray(at, at + mebibyte);
}
const large = randomBytes(30 * mebibyte);

/** What every store has to do, whatever it keeps blobs in. */
export function conforms(bed: () => Bed): void {
  const read = async (key: string, range: { start?: number; end?: number } = {}) =>
    buffer(await bed().store.read(key, range));
  const write = (key: string, bytes: Uint8Array) => bed().store.write(key, bytesSource(bytes));
  const keys = async (prefix: string) => (await gathered(bed().store.list(prefix))).map(({ key }) => key).sort();

  it('gives back what it was given', async () => {
    await write('round/trip', Buffer.from('hello'));
    expect((await read('round/trip')).toString()).toBe('hello');
    expect(await bed().store.stat('round/trip')).toEqual({ size: 5 });
  });

  it('keeps blobs without a byte', async () => {
    await write('empty', Buffer.alloc(0));
    expect(await bed().store.stat('empty')).toEqual({ size: 0 });
    expect(await read('empty')).toHaveLength(0);
  });

  it('keeps large blobs, telling a progress that never goes back', async () => {
    const told: number[] = [];
    const onProgress = (done: number, total: number) => {
      expect(total).toBe(large.length);
      told.push(done);
    };
    await bed().store.write('large', bytesSource(large), { sha256: sha256(large), onProgress });
    expect(sha256(await read('large'))).toBe(sha256(large));
    expect(told).toEqual([...told].sort((a, b) => a - b));
    expect(told.at(-1)).toBe(large.length);
    expect(told.length).toBeGreaterThan(2);
  });

  it('reads ranges', async () => {
    await write('range', Buffer.from('0123456789'));
    expect((await read('range', { start: 4 })).toString()).toBe('456789');
    expect((await read('range', { start: 2, end: 5 })).toString()).toBe('234');
    expect((await read('range', { start: 10 })).toString()).toBe('');
    expect((await read('range', { start: 3, end: 3 })).toString()).toBe('');
  });

  it('replaces a blob, and stores the same one twice without harm', async () => {
    for (const content of ['first', 'second', 'second']) await write('again', Buffer.from(content));
    expect((await read('again')).toString()).toBe('second');
  });

  it('says that there is none, and removes what is there or not', async () => {
    expect(await bed().store.stat('gone/blob')).toBeNull();
    await expect(bed().store.read('gone/blob')).rejects.toMatchObject({ reason: 'not-found' });
    await write('gone/blob', Buffer.from('x'));
    await bed().store.remove('gone/blob');
    await bed().store.remove('gone/blob');
    expect(await bed().store.stat('gone/blob')).toBeNull();
  });

  it('lists by prefix, which may end within a name', async () => {
    for (const key of ['list/a', 'list/ab/c', 'list/b', 'listing']) await write(key, Buffer.from(key));
    expect(await keys('list/')).toEqual(['list/a', 'list/ab/c', 'list/b']);
    expect(await keys('list/a')).toEqual(['list/a', 'list/ab/c']);
    expect(await keys('nothing/of/that')).toEqual([]);
    expect(await gathered(bed().store.list('list/b'))).toEqual([{ key: 'list/b', size: 6 }]);
  });

  it('takes long keys, spaces, signs and letters of any script', async () => {
    const names = ["it's (a) test! #1 & 100%+~", 'ключ/値/ñandú', `long/${'ü'.repeat(110)}/${'x'.repeat(240)}`];
    for (const name of names) {
      await write(`odd/${name}`, Buffer.from(name));
      expect((await read(`odd/${name}`)).toString()).toBe(name);
    }
    expect(await keys('odd/')).toEqual(names.map((name) => `odd/${name}`).sort());
  });

  it.each(['', '/a', 'a/', 'a//b', '../a', 'a/../b', '.hidden', 'a\\b', 'a\u0308', 'x'.repeat(901), 'a\nb'])(
    'refuses the key %j',
    async (key) => {
      await expect(write(key, Buffer.from('x'))).rejects.toMatchObject({ reason: 'input' });
      await expect(bed().store.read(key)).rejects.toMatchObject({ reason: 'input' });
    },
  );

  it('stores nothing of bytes that are not those that were announced', async () => {
    for (const bytes of [Buffer.from('changed'), large]) {
      const wanted = { sha256: sha256(Buffer.from('as it was')) };
      await expect(bed().store.write('changed', bytesSource(bytes), wanted)).rejects.toMatchObject({ reason: 'busy' });
      expect(await bed().store.stat('changed')).toBeNull();
    }
    const short = { ...bytesSource(Buffer.from('short')), size: 6 };
    await expect(bed().store.write('changed', short)).rejects.toMatchObject({ reason: 'busy' });
  });

  it('stops when it is told to, and leaves no half of a blob', async () => {
    const cancel = new AbortController();
    const options = { signal: cancel.signal, onProgress: (done: number) => done > 0 && cancel.abort() };
    await expect(bed().store.write('cancelled', bytesSource(large), options)).rejects.toMatchObject({
      name: 'AbortError',
    });
    expect(await bed().store.stat('cancelled')).toBeNull();
    expect(await keys('cancelled')).toEqual([]);
    await expect(bed().store.stat('cancelled', AbortSignal.abort())).rejects.toMatchObject({ name: 'AbortError' });
  });

  it('takes the same blob from several writers at once', async () => {
    const bytes = large.subarray(0, 17 * mebibyte);
    await Promise.all([0, 1, 2].map(() => bed().store.write('writers', bytesSource(bytes))));
    expect(sha256(await read('writers'))).toBe(sha256(bytes));
  });

  it('goes on where the connection was lost, without sending all of it again', async () => {
    const { proxy, store } = bed();
    if (proxy === null) return;
    const bytes = randomBytes(64 * mebibyte);
    proxy.cutAfter(44 * mebibyte, 'sent');
    const lost = store.write('lost', bytesSource(bytes)).finally(() => proxy.mend());
    await expect(lost).rejects.toMatchObject({ reason: 'unreachable' });
    expect(await store.stat('lost')).toBeNull();
    const before = proxy.sent;
    await store.write('lost', bytesSource(bytes), { sha256: sha256(bytes) });
    expect(proxy.sent - before).toBeLessThan(57 * mebibyte);
    expect(sha256(await read('lost'))).toBe(sha256(bytes));
  }, 60_000);

  it('says that the connection was lost while it reads', async () => {
    const { proxy, store } = bed();
    if (proxy === null) return;
    await write('cut', large);
    proxy.cutAfter(5 * mebibyte, 'received');
    const whole = store.read('cut').then(buffer);
    await expect(whole.finally(() => proxy.mend())).rejects.toMatchObject({ reason: 'unreachable' });
  });

  it('says that credentials are wrong', async () => {
    const { stranger } = bed();
    if (stranger === null) return;
    await expect(stranger.write('x', bytesSource(Buffer.from('x')))).rejects.toMatchObject({ reason: 'permission' });
    expect(await stranger.healthCheck()).toMatchObject({ healthy: false, reason: 'permission' });
  });

  it('says that its place is not there', async () => {
    const { nowhere } = bed();
    if (nowhere === null) return;
    await expect(nowhere.write('x', bytesSource(Buffer.from('x')))).rejects.toMatchObject({ reason: 'not-found' });
    await expect(gathered(nowhere.list(''))).rejects.toMatchObject({ reason: 'not-found' });
    expect(await nowhere.healthCheck()).toMatchObject({ healthy: false, reason: 'not-found' });
  });

  it('is healthy', async () => {
    expect(await bed().store.healthCheck()).toMatchObject({ healthy: true });
  });
}
