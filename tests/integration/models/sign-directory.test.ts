import { mkdir, mkdtemp, open, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { defaultSignature, signDirectory, verifyDirectory } from '#server/models/signing/sign-directory.ts';
import type { Trust } from '#server/models/signing/verify-model.ts';
import { ecKey, type TestKey } from '../../testbeds/certificates.ts';

let key: TestKey;
let trust: Trust;
let folder: string;
let directory: string;

beforeAll(async () => {
  key = await ecKey();
  trust = { type: 'keys', keys: [key.publicKey] };
});

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mlops-sign-'));
  directory = join(folder, 'model');
  await put('MLmodel', 'flavors: {}');
  await put('data/weights.bin', 'abc');
});

afterEach(() => rm(folder, { recursive: true, force: true }));

async function put(path: string, content: string): Promise<void> {
  await mkdir(dirname(join(directory, path)), { recursive: true });
  await writeFile(join(directory, path), content);
}

const sign = (signature = defaultSignature(directory), signal?: AbortSignal) =>
  signDirectory(
    { directory, signature, key: key.privateKey, certificates: [] },
    signal === undefined ? {} : { signal },
  );
const verify = (signature = defaultSignature(directory)) => verifyDirectory({ directory, signature, trust });

describe('a directory', () => {
  it('that is signed again holds, and its signature is no part of it', async () => {
    const first = await sign();
    expect(first).toMatchObject({ files: 2, ignored: [] });
    const again = await sign();
    expect(again).toEqual({ ...first, ignored: ['model.sig'] });
    expect(await verify()).toMatchObject({ verified: true, files: 2, ignored: ['model.sig'] });
  });

  it('may have its signature deeper inside, or elsewhere', async () => {
    for (const signature of [join(directory, 'data', 'signature.json'), join(folder, 'model.sig')]) {
      await sign(signature);
      expect(await verify(signature)).toMatchObject({ verified: true, files: 2 });
      await rm(signature);
    }
  });

  it('with a forgotten signature of another name has that for a file more', async () => {
    await sign(join(folder, 'out.sig'));
    await sign();
    expect(await verify(join(folder, 'out.sig'))).toMatchObject({
      reason: 'extra-file',
      detail: expect.stringContaining('"model.sig"'),
    });
  });

  it('is signed without what Git keeps at its top, which is told', async () => {
    await put('.git/config', 'x');
    await put('.gitignore', 'x');
    await put('data/.gitignore', 'x');
    expect(await sign()).toMatchObject({ files: 3, ignored: ['.git', '.gitignore'] });
    await put('.git/config', 'y');
    expect(await verify()).toMatchObject({ verified: true, ignored: expect.arrayContaining(['.git', '.gitignore']) });
    await put('data/.gitignore', 'y');
    expect(await verify()).toMatchObject({ reason: 'changed-file' });
  });

  it('reached by a link is the same', async () => {
    await symlink(directory, join(folder, 'link'));
    const linked = join(folder, 'link');
    await signDirectory({
      directory: linked,
      signature: join(linked, 'model.sig'),
      key: key.privateKey,
      certificates: [],
    });
    expect(await verify()).toMatchObject({ verified: true, files: 2 });
    expect(await verifyDirectory({ directory: linked, signature: join(linked, 'model.sig'), trust })).toMatchObject({
      verified: true,
    });
  });

  it('with a symbolic link is neither signed nor verified', async () => {
    await sign();
    await symlink('MLmodel', join(directory, 'linked'));
    await expect(sign()).rejects.toMatchObject({ reason: 'input', message: expect.stringContaining('linked') });
    await expect(verify()).rejects.toMatchObject({ reason: 'input' });
  });

  it('keeps the signature that it has where signing is called off', async () => {
    await sign();
    const before = await readFile(defaultSignature(directory), 'utf8');
    await put('data/weights.bin', 'abd');
    await expect(sign(undefined, AbortSignal.abort())).rejects.toThrow();
    expect(await readFile(defaultSignature(directory), 'utf8')).toBe(before);
    expect((await readdir(directory)).toSorted()).toEqual(['MLmodel', 'data', 'model.sig']);
  });
});

describe('a signature file', () => {
  it('that is not there, is no file or is endless is told apart, and none is read whole', async () => {
    expect(await verify()).toMatchObject({ reason: 'no-signature' });
    await expect(verify(join(directory, 'data'))).rejects.toMatchObject({ reason: 'permission' });
    await using file = await open(defaultSignature(directory), 'w');
    await file.truncate(8 * 1024 ** 3);
    expect(await verify()).toMatchObject({
      reason: 'malformed-bundle',
      detail: 'It is no signature of a model: it is larger than 100 MB.',
    });
  });
});
