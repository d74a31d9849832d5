import { execFileSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { appendFileSync, readdirSync, readlinkSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, open, readFile, realpath, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type HashOptions, hashDirectory } from '#server/models/artifact/hash-directory.ts';
import { toFailure } from '#server/platform/failure.ts';

let folder: string;

beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'mlops-hash-')));
});

afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

async function put(path: string, content: string | Uint8Array = 'x'): Promise<void> {
  await mkdir(dirname(join(folder, path)), { recursive: true });
  await writeFile(join(folder, path), content);
}

/** A file of zeros that takes no room on the disk, and long enough to hash for something to happen meanwhile. */
async function putLarge(path: string, bytes = 512 * 1024 ** 2): Promise<void> {
  await mkdir(dirname(join(folder, path)), { recursive: true });
  await using file = await open(join(folder, path), 'w');
  await file.truncate(bytes);
}

async function failure(options: HashOptions = {}, directory = folder): Promise<ReturnType<typeof toFailure>> {
  return hashDirectory(directory, options).then(
    () => expect.fail('nothing was refused'),
    (error: unknown) => toFailure(error),
  );
}

/** Files below the folder that this process has open, as Linux lists them. */
function openFiles(): string[] {
  return readdirSync('/proc/self/fd').flatMap((descriptor) => {
    try {
      const target = readlinkSync(`/proc/self/fd/${descriptor}`);
      return target.startsWith(folder) ? [target] : [];
    } catch {
      return [];
    }
  });
}

const sha256 = (content: string | Uint8Array): string => createHash('sha256').update(content).digest('hex');

describe('the files of a directory', () => {
  it('come in code-point order, with sizes and digests, empty ones and those with odd names too', async () => {
    const paths = ['b/z', 'MLmodel', 'b.txt', 'b/a/deep', '模型.bin', '\uff5e', '\u{1f600}', 'cafe\u0301'];
    for (const path of paths) await put(path, path);
    await put('empty', '');
    const { files, ignored } = await hashDirectory(folder);
    const listed = ['MLmodel', 'b.txt', 'b/a/deep', 'b/z', 'cafe\u0301', 'empty', '模型.bin', '\uff5e', '\u{1f600}'];
    expect(files).toEqual(
      listed.map((path) => {
        const content = path === 'empty' ? '' : path;
        return { path, size: Buffer.byteLength(content), sha256: sha256(content) };
      }),
    );
    expect(ignored).toEqual([]);
  });

  it('have the digests that sha256sum gives, whether there are few or many, small or large ones', async () => {
    for (let index = 0; index < 400; index += 1) await put(`many/${index % 7}/${index}`, `${index}`);
    for (const [name, size] of [
      ['a', 4 * 1024 ** 2],
      ['b', 9 * 1024 ** 2 + 1],
      ['c', 12 * 1024 ** 2 - 1],
    ] as const) {
      await put(`large/${name}`, Buffer.alloc(size, name));
    }
    const { files } = await hashDirectory(folder);
    const listing = files.map(({ path, sha256: digest }) => `${digest}  ${path}\n`).join('');
    execFileSync('sha256sum', ['--check', '--strict', '--quiet'], { cwd: folder, input: listing });
    expect(files).toHaveLength(403);
  });

  it('leave out what Git keeps and the signature, at the top level alone, and say so', async () => {
    for (const path of ['.git/HEAD', '.gitattributes', '.github/ci.yml', '.gitignore', 'model.sig']) await put(path);
    for (const path of ['model.pkl', 'sub/.git/HEAD', 'sub/model.sig', '.gitmodules']) await put(path);
    const { files, ignored } = await hashDirectory(folder);
    expect(files.map(({ path }) => path)).toEqual(['.gitmodules', 'model.pkl', 'sub/.git/HEAD', 'sub/model.sig']);
    expect(ignored).toEqual(['.git', '.gitattributes', '.github', '.gitignore', 'model.sig']);
  });

  it('leave out the paths asked for, even links among them', async () => {
    await put('a/keep');
    await put('a/drop/x');
    await symlink('keep', join(folder, 'a', 'link'));
    const { files, ignored } = await hashDirectory(folder, { ignore: ['a/drop', 'a/link', 'not-there'] });
    expect(files.map(({ path }) => path)).toEqual(['a/keep']);
    expect(ignored).toEqual(['a/drop', 'a/link']);
  });

  it('are found where the directory itself is reached by a link', async () => {
    await put('models/7/MLmodel');
    await symlink('models/7', join(folder, 'current'));
    const { files } = await hashDirectory(join(folder, 'current'));
    expect(files.map(({ path }) => path)).toEqual(['MLmodel']);
  });
});

describe('progress', () => {
  it('counts bytes up to the sum of all files', async () => {
    await putLarge('a');
    await put('b', 'xyz');
    const total = 512 * 1024 ** 2 + 3;
    const seen: number[] = [];
    await hashDirectory(folder, {
      onProgress: (done, all) => {
        expect(all).toBe(total);
        seen.push(done);
      },
    });
    expect(seen).toEqual(seen.toSorted((a, b) => a - b));
    expect(seen.at(-1)).toBe(total);
    expect(seen.length).toBeGreaterThan(1);
  });

  it('ends at the sum where no threads were needed', async () => {
    await put('a', 'abc');
    const seen: (readonly [number, number])[] = [];
    await hashDirectory(folder, { onProgress: (...step) => seen.push(step) });
    expect(seen.at(-1)).toEqual([3, 3]);
  });
});

describe('cancellation', () => {
  it('ends the threads and closes their files', async () => {
    await putLarge('a', 64 * 1024 ** 3);
    const controller = new AbortController();
    const onProgress = (): void => controller.abort();
    const signal = controller.signal;
    const reason = await hashDirectory(folder, { signal, onProgress }).catch((error: unknown) => error);
    expect(reason).toBe(signal.reason);
    if (process.platform === 'linux') expect(openFiles()).toEqual([]);
  });

  it('before the start reads nothing', async () => {
    await put('a');
    expect(await failure({ signal: AbortSignal.abort() })).toMatchObject({ reason: 'cancelled' });
  });
});

describe('refused', () => {
  it('a symbolic link, wherever it points', async () => {
    await put('a');
    await symlink('a', join(folder, 'link'));
    expect(await failure()).toEqual({
      reason: 'input',
      message: '“link” is a symbolic link, and a model consists of regular files.',
      remedy: 'Put a copy of what it points to in its place (cp -L), or remove it.',
    });
  });

  it('a link to a directory', async () => {
    await put('a/b');
    await symlink('a', join(folder, 'z'));
    expect(await failure()).toMatchObject({ reason: 'input', message: expect.stringContaining('“z” is a symbolic') });
  });

  it('a pipe, without waiting for its writer', async () => {
    await put('a');
    execFileSync('mkfifo', [join(folder, 'pipe')]);
    expect(await failure()).toMatchObject({ reason: 'input', message: expect.stringContaining('“pipe” is a pipe') });
  });

  it('a socket', async () => {
    await put('a');
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(join(folder, 'sock'), resolve));
    expect(await failure()).toMatchObject({ reason: 'input', message: expect.stringContaining('“sock” is a socket') });
    await new Promise((resolve) => server.close(resolve));
  });

  it('names that look the same, and names that differ in case alone', async () => {
    await put('caf\u00e9/a');
    await put('cafe\u0301/b');
    expect(await failure()).toMatchObject({ reason: 'input', message: expect.stringContaining('look the same') });
    await rm(join(folder, 'cafe\u0301'), { recursive: true });
    await put('readme.md');
    await put('README.md');
    expect(await failure()).toMatchObject({ reason: 'input', message: expect.stringContaining('can’t hold both') });
  });

  it('a name whose bytes are no text', async () => {
    await put('a');
    await writeFile(Buffer.concat([Buffer.from(`${folder}/latin-`), Buffer.from([0xe9])]), 'x');
    expect(await failure()).toMatchObject({ reason: 'input', message: expect.stringContaining('no valid Unicode') });
  });

  it('a directory that is not there, is a file or has no files', async () => {
    await put('file');
    expect(await failure({}, join(folder, 'none'))).toMatchObject({ reason: 'not-found' });
    expect(await failure({}, join(folder, 'file'))).toMatchObject({ reason: 'input' });
    await rm(join(folder, 'file'));
    await mkdir(join(folder, 'empty'));
    await put('.gitignore');
    expect(await failure()).toMatchObject({
      reason: 'input',
      message: `There are no files in ${folder} but .gitignore.`,
    });
  });

  it.each([
    ['file', 1],
    ['file among large ones', 20 * 1024 ** 2],
  ])('a %s that may not be read', async (_, size) => {
    await put('sub/secret', Buffer.alloc(size));
    await chmod(join(folder, 'sub', 'secret'), 0);
    await chmod(folder, 0o755);
    expect(await withoutPrivileges(() => failure())).toEqual({
      reason: 'permission',
      message: '“sub/secret” may not be read.',
      remedy: expect.stringContaining('chmod u+r'),
    });
  });
});

/** Root may read everything: does something as nobody, where the tests run as root. */
async function withoutPrivileges<T>(act: () => Promise<T>): Promise<T> {
  const { geteuid, seteuid } = process;
  if (!geteuid || !seteuid || geteuid() !== 0) return act();
  seteuid(65_534);
  try {
    return await act();
  } finally {
    seteuid(0);
  }
}

describe('a directory that changes while it is hashed', () => {
  const changes: Readonly<Record<string, () => void>> = {
    'is written to': () => appendFileSync(join(folder, 'large'), 'x'),
    'has a small file that was hashed before written to': () => appendFileSync(join(folder, 'small'), 'y'),
    'has a file written to whose time is set back': () => {
      const { atime, mtime } = times;
      writeFileSync(join(folder, 'small'), 'y');
      utimesSync(join(folder, 'small'), atime, mtime);
    },
    'has a file replaced': () => {
      writeFileSync(join(folder, 'other'), 'x');
      renameSync(join(folder, 'other'), join(folder, 'small'));
    },
    'gets a file': () => writeFileSync(join(folder, 'sub', 'new'), ''),
    'loses a file': () => rmSync(join(folder, 'small')),
    'loses a folder': () => rmSync(join(folder, 'sub'), { recursive: true }),
  };
  let times: { readonly atime: Date; readonly mtime: Date };

  it.each(Object.keys(changes))('is refused where it %s', async (name) => {
    await putLarge('large');
    await put('small');
    await put('sub/file');
    times = await stat(join(folder, 'small'));
    let change = changes[name];
    const onProgress = (): void => {
      change?.();
      change = undefined;
    };
    const refusal = await failure({ onProgress });
    expect(refusal).toMatchObject({
      reason: 'busy',
      message: expect.stringContaining('changed while it was being read'),
    });
    expect(refusal.remedy).toMatch(/try again/);
  });

  it('is hashed where something else beside it changes', async () => {
    await putLarge('model/large');
    const onProgress = (): void => writeFileSync(join(folder, 'log'), 'x');
    const { files } = await hashDirectory(join(folder, 'model'), { onProgress });
    expect(files).toHaveLength(1);
    expect(await readFile(join(folder, 'log'), 'utf8')).toBe('x');
  });
});

describe('copies of a large model', () => {
  const megabyte = 1024 ** 2;
  let outside: string;

  beforeEach(async () => {
    outside = await mkdtemp(join(tmpdir(), 'mlops-copies-'));
  });

  afterEach(() => rm(outside, { recursive: true, force: true }));

  it('are the bytes that were hashed, of all files but those of sizes that are known', async () => {
    await put('a', randomBytes(12 * megabyte + 1));
    await put('b', randomBytes(6 * megabyte));
    await put('empty', '');
    const open = async () => ({ folder: outside, without: new Set([6 * megabyte]) });
    const { files, copies } = await hashDirectory(folder, { copies: open });
    const made = files.filter((file) => copies.has(file.sha256)).map(({ path }) => path);
    expect(made).toEqual(['a', 'empty']);
    for (const [digest, path] of copies) expect(sha256(await readFile(path))).toBe(digest);
  });

  it('are not asked for where a model is small', async () => {
    await put('small');
    const { copies } = await hashDirectory(folder, { copies: () => expect.fail('it was asked') });
    expect(copies).toEqual(new Map());
  });

  it('are none where they can’t be written', async () => {
    await putLarge('large', 20 * megabyte);
    const open = async () => ({ folder: join(outside, 'gone'), without: new Set<number>() });
    const { files, copies } = await hashDirectory(folder, { copies: open });
    expect(files[0]?.sha256).toBe(sha256(Buffer.alloc(20 * megabyte)));
    expect(copies).toEqual(new Map());
  });

  it('go with a file that changed meanwhile', async () => {
    await putLarge('large');
    let change: (() => void) | undefined = () => appendFileSync(join(folder, 'large'), 'x');
    const refusal = await failure({
      copies: async () => ({ folder: outside, without: new Set() }),
      onProgress: () => {
        change?.();
        change = undefined;
      },
    });
    expect(refusal.reason).toBe('busy');
    expect(readdirSync(outside)).toEqual([]);
  });
});
