import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, utimes } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const execute = promisify(execFile);
const module = pathToFileURL(join(import.meta.dirname, '../../../scripts/setup/cache.mjs')).href;

let cache: string;

beforeEach(async () => {
  cache = await mkdtemp(join(tmpdir(), 'mlops-cache-'));
  await mkdir(join(cache, 'mlops-workbench'));
});

afterEach(() => rm(cache, { recursive: true, force: true }));

/** A set-up in a process of its own: makes `part` by the body of a function that knows `folder`. */
async function setUp(make: string, options = '{}'): Promise<string> {
  const script = `
    import { appendFile, writeFile } from 'node:fs/promises';
    import { setTimeout as delay } from 'node:timers/promises';
    import { madeOnce } from ${JSON.stringify(module)};
    const note = () => appendFile(${JSON.stringify(join(cache, 'made.txt'))}, 'made ');
    console.log(await madeOnce('part', async (folder) => { ${make} }, ${options}));`;
  const env = { ...process.env, XDG_CACHE_HOME: cache };
  const { stdout } = await execute(process.execPath, ['--input-type=module', '-e', script], { env });
  return stdout.trim().split('\n').at(-1) ?? '';
}

const whole = "await note(); await delay(200); await writeFile(folder + '/file', 'whole');";
const made = () => readFile(join(cache, 'made.txt'), 'utf8');
const content = (folder: string) => readFile(join(folder, 'file'), 'utf8');

describe.each(['{}', '{inPlace: true}'])('a folder of the cache, made with %s', (options) => {
  it('is made by one of two set-ups that start together, and found whole by both', async () => {
    const folders = await Promise.all([setUp(whole, options), setUp(whole, options)]);
    expect(folders[0]).toBe(join(cache, 'mlops-workbench', 'part'));
    expect(folders[1]).toBe(folders[0]);
    expect(await content(folders[0])).toBe('whole');
    expect(await made()).toBe('made ');
  });

  it('is made anew after a set-up that failed half way', async () => {
    const half = "await note(); await writeFile(folder + '/file', 'half'); await writeFile(folder + '/left', '');";
    await expect(setUp(`${half} throw new Error('no network');`, options)).rejects.toThrow('no network');
    const folder = await setUp(whole, options);
    expect(await content(folder)).toBe('whole');
    expect(await readdir(folder)).toEqual(['file']);
    expect(await made()).toBe('made made ');
  });

  it('is made anew after a set-up that was killed', async () => {
    await expect(setUp("await note(); process.kill(process.pid, 'SIGKILL');", options)).rejects.toThrow();
    const lock = join(cache, 'mlops-workbench', 'part.lock');
    expect(await readFile(lock, 'utf8')).not.toBe('');
    // As it is half a minute later, when its owner has not touched it again.
    const then = new Date(Date.now() - 31_000);
    await utimes(lock, then, then);
    expect(await content(await setUp(whole, options))).toBe('whole');
    expect((await readdir(join(cache, 'mlops-workbench'))).sort()).toEqual(['part', 'part.complete']);
  });
});

it.each(['SIGINT', 'SIGTERM'])('a set-up that %s ends gives its lock back at once', async (signal) => {
  const ending = setUp(`process.kill(process.pid, '${signal}'); await delay(60_000);`);
  await expect(ending).rejects.toMatchObject({ signal });
  expect(await readdir(join(cache, 'mlops-workbench'))).toEqual(['part.making']);
});

it('a set-up that exits in the middle gives its lock back', async () => {
  await expect(setUp('process.exit(3);')).rejects.toMatchObject({ code: 3 });
  expect(await readdir(join(cache, 'mlops-workbench'))).toEqual(['part.making']);
});

it('a lock that its owner lost to another is not given back by the owner', async () => {
  const lock = join(cache, 'mlops-workbench', 'part.lock');
  await setUp(`await writeFile(${JSON.stringify(lock)}, 'of another');`);
  expect(await readFile(lock, 'utf8')).toBe('of another');
});
