import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openLocalArtifacts } from '#server/experiments/backends/artifacts/local.ts';

let root: string;
let artifacts: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'artifacts-'));
  artifacts = join(root, 'mlruns', '1', 'run', 'artifacts ü%20');
  await mkdir(join(artifacts, 'plots'), { recursive: true });
  await mkdir(join(artifacts, 'empty'));
  await writeFile(join(artifacts, 'notes.txt'), 'hello ünïcode\n');
  await writeFile(join(artifacts, 'plots', 'a #1%.csv'), 'step,loss\n');
  await writeFile(join(root, 'secret.txt'), 'not yours');
});
afterEach(() => rm(root, { recursive: true, force: true }));

const opened = (uri: string | null, candidates: readonly string[] = []) =>
  openLocalArtifacts({ uri, base: root, candidates });

describe('artifacts in a folder', () => {
  it('lists folders first, and reads and sizes files', async () => {
    const source = opened(artifacts);
    expect(await source.list('')).toEqual([
      { path: 'empty', isDirectory: true, size: null },
      { path: 'plots', isDirectory: true, size: null },
      { path: 'notes.txt', isDirectory: false, size: 16 },
    ]);
    expect(await source.list('plots')).toEqual([{ path: 'plots/a #1%.csv', isDirectory: false, size: 10 }]);
    expect(await source.list('empty/')).toEqual([]);
    expect(await text(await source.read('plots/a #1%.csv'))).toBe('step,loss\n');
    expect(await source.stat('')).toEqual({ path: '', isDirectory: true, size: null });
  });

  it.each([
    ['a file: URI', () => pathToFileURL(artifacts).href],
    ['a file: URI of this host', () => pathToFileURL(artifacts).href.replace('file:///', 'file://localhost/')],
    ['a path', () => artifacts],
    ['a path from the store', () => './mlruns/1/run/artifacts ü%20'],
    ['a file: URI from the store', () => 'file:mlruns/1/run/artifacts%20%C3%BC%2520'],
    ['what a server kept beside the store', () => 'mlflow-artifacts:/1/run/artifacts%20%C3%BC%2520'],
    ['the same with a host', () => 'mlflow-artifacts://server:5000/1/run/artifacts%20%C3%BC%2520'],
  ])('finds them by %s', async (_, uri) => {
    expect(await text(await opened(uri()).read('notes.txt'))).toBe('hello ünïcode\n');
  });

  it.each(['../secret.txt', '/etc/hostname', 'plots/../../x', 'a\\b', 'C:\\x', 'x\0y'])(
    'refuses the path %j',
    async (path) => {
      const source = opened(artifacts);
      await expect(source.read(path)).rejects.toMatchObject({ reason: 'input' });
      await expect(source.list(path)).rejects.toMatchObject({ reason: 'input' });
      await expect(source.stat(path)).rejects.toMatchObject({ reason: 'input' });
    },
  );

  it('follows no link out of the folder and does not list one', async () => {
    await symlink(join(root, 'secret.txt'), join(artifacts, 'leak.txt'));
    await symlink(root, join(artifacts, 'up'));
    await symlink(join(artifacts, 'nowhere'), join(artifacts, 'broken'));
    await symlink(join(artifacts, 'notes.txt'), join(artifacts, 'inside.txt'));
    const source = opened(artifacts);
    const listed = (await source.list('')).map((entry) => entry.path);
    expect(listed).toEqual(['empty', 'plots', 'inside.txt', 'notes.txt']);
    await expect(source.read('leak.txt')).rejects.toMatchObject({ reason: 'input' });
    await expect(source.list('up')).rejects.toMatchObject({ reason: 'input' });
    await expect(source.read('up/secret.txt')).rejects.toMatchObject({ reason: 'input' });
    expect(await text(await source.read('inside.txt'))).toBe('hello ünïcode\n');
  });

  it('names what is not there, and tells folders from files', async () => {
    const source = opened(artifacts);
    await expect(source.read('gone.txt')).rejects.toMatchObject({ reason: 'not-found' });
    await expect(source.list('gone')).rejects.toMatchObject({ reason: 'not-found' });
    await expect(source.stat('notes.txt/x')).rejects.toMatchObject({ reason: 'not-found' });
    await expect(source.list('notes.txt')).rejects.toMatchObject({ reason: 'input' });
    await expect(source.read('plots')).rejects.toMatchObject({ reason: 'input' });
  });

  it('has none yet where the run logged none, and says so where they are on another machine', async () => {
    const fresh = opened(join(root, 'mlruns', '1', 'other', 'artifacts'));
    expect(await fresh.list('')).toEqual([]);
    await expect(fresh.read('x')).rejects.toMatchObject({ reason: 'not-found' });
    await mkdir(join(root, 'mlruns', '1', 'other', 'artifacts'), { recursive: true });
    await writeFile(join(root, 'mlruns', '1', 'other', 'artifacts', 'x'), 'logged since');
    expect(await text(await fresh.read('x'))).toBe('logged since');
    await expect(opened('/cluster/home/ana/mlruns/1/r/artifacts').list('')).rejects.toMatchObject({
      reason: 'not-found',
      message: expect.stringContaining('/cluster/home/ana/mlruns/1/r/artifacts'),
    });
  });

  it('looks where the store keeps them when the URI’s folder is elsewhere', async () => {
    const source = opened('/cluster/home/ana/mlruns/1/r/artifacts', [artifacts]);
    expect((await source.list('')).map((entry) => entry.path)).toEqual(['empty', 'plots', 'notes.txt']);
  });

  it('stops when asked to', async () => {
    await expect(opened(artifacts).list('', AbortSignal.abort())).rejects.toMatchObject({ name: 'AbortError' });
  });
});

describe('artifacts elsewhere', () => {
  it.each([
    ['s3://bucket/1/run/artifacts', /s3:/],
    ['gs://bucket/x', /gs:/],
    ['dbfs:/databricks/x', /dbfs:/],
    ['wasbs://c@a.blob.core.windows.net/x', /wasbs:/],
    ['https://server/api/2.0/mlflow-artifacts/artifacts/1', /kept by an MLflow server/],
    ['mlflow-artifacts:/9/none/artifacts', /kept by an MLflow server/],
    ['file://fileserver/share/x', /network share of fileserver/],
  ])('says that %s can’t be read, and what to do', async (uri, message) => {
    await expect(opened(uri).list('')).rejects.toMatchObject({
      reason: 'unsupported',
      message: expect.stringMatching(message),
      remedy: expect.stringMatching(/./),
    });
  });

  it('takes the empty folder that MLflow makes beside such a run for nothing', async () => {
    const beside = join(artifacts, 'empty');
    await expect(opened('s3://bucket/1/run/artifacts', [beside]).list('')).rejects.toMatchObject({
      reason: 'unsupported',
    });
    expect(await opened('s3://bucket/1/run/artifacts', [artifacts]).list('')).toHaveLength(3);
  });

  it('keeps a server’s path inside the folder it keeps', async () => {
    await expect(opened('mlflow-artifacts:/../../etc').list('')).rejects.toMatchObject({ reason: 'input' });
  });
});
