import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createMlflowRestStore } from '#server/experiments/backends/mlflow-rest/store.ts';
import type { TrackingStore } from '#server/experiments/tracking-store.ts';
import { authorizationHeader, type Credential } from '#server/platform/credentials.ts';
import { createHttpClient } from '#server/platform/http.ts';
import { type MlflowServer, startMlflowServer } from '../../testbeds/mlflow-server.ts';

const ana = { username: 'ana', password: 'correct horse ü' };
const right: Credential = { type: 'basic', ...ana };

let folder: string;
let server: MlflowServer;
let store: TrackingStore;
let credential: Credential | null;
let runId: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mlflow-auth-'));
  server = await startMlflowServer({ backendStore: `sqlite:///${join(folder, 'mlflow.db')}`, basicAuth: ana });
  store = createMlflowRestStore({ url: server.url, http: createHttpClient(), credentials: async () => credential });
  runId = await makeRun();
});
afterAll(async () => {
  await server?.stop();
  await rm(folder, { recursive: true, force: true });
});
beforeEach(() => {
  credential = right;
});

async function makeRun(): Promise<string> {
  const response = await fetch(`${server.url}/api/2.0/mlflow/runs/create`, {
    method: 'POST',
    headers: { authorization: authorizationHeader(right), 'content-type': 'application/json' },
    body: JSON.stringify({ experiment_id: '0', start_time: 1_700_000_000_000, run_name: 'signed in' }),
  });
  const answer = z.object({ run: z.object({ info: z.object({ run_id: z.string() }) }) });
  return answer.parse(await response.json()).run.info.run_id;
}

describe('a server that asks who calls', () => {
  it('answers the right password', async () => {
    expect(await store.getRun(runId)).toMatchObject({ name: 'signed in' });
    expect(await store.healthCheck()).toMatchObject({
      healthy: true,
      detail: expect.stringMatching(/^MLflow \d+\.\d+\.\d+/),
    });
  });

  it.each<[string, Credential | null, RegExp]>([
    ['no password', null, /asks for a sign-in/],
    ['a wrong one', { type: 'basic', username: 'ana', password: 'wrong' }, /refused the user name/],
    ['a token that it does not know', { type: 'bearer', token: 'abc' }, /refused the user name, password or token/],
  ])('asks for a sign-in with %s', async (_, given, message) => {
    credential = given;
    const refusal = { reason: 'permission', message: expect.stringMatching(message) };
    await expect(store.getRun(runId)).rejects.toMatchObject(refusal);
    await expect(store.listExperiments({ view: 'active' })).rejects.toMatchObject(refusal);
    await expect(store.changeToken()).rejects.toMatchObject(refusal);
    expect(await store.healthCheck()).toMatchObject({ healthy: false, detail: expect.stringMatching(message) });
  });

  it('answers again once one has signed in', async () => {
    credential = null;
    await expect(store.getRun(runId)).rejects.toMatchObject({ reason: 'permission' });
    credential = right;
    expect((await store.getRun(runId)).id).toBe(runId);
  });
});

describe('artifacts that a server keeps', () => {
  beforeAll(async () => {
    const kept = join(server.artifacts, '0', runId, 'artifacts');
    await mkdir(join(kept, 'plots', 'deep'), { recursive: true });
    await writeFile(join(kept, 'notes ü.txt'), 'hello ünïcode\n');
    await writeFile(join(kept, 'plots', 'loss.csv'), 'step,loss\n');
    await writeFile(join(kept, 'plots', 'deep', 'x.bin'), Buffer.alloc(3_000_000, 7));
  });

  it('are listed, sized and read through it', async () => {
    const run = await store.getRun(runId);
    expect(run.artifactUri).toMatch(/^mlflow-artifacts:/);
    const source = store.artifacts(run);
    expect(await source.list('')).toEqual([
      { path: 'plots', isDirectory: true, size: null },
      { path: 'notes ü.txt', isDirectory: false, size: 16 },
    ]);
    expect(await source.list('plots')).toEqual([
      { path: 'plots/deep', isDirectory: true, size: null },
      { path: 'plots/loss.csv', isDirectory: false, size: 10 },
    ]);
    expect(await source.stat('plots/deep/x.bin')).toEqual({
      path: 'plots/deep/x.bin',
      isDirectory: false,
      size: 3_000_000,
    });
    expect(await text(await source.read('notes ü.txt'))).toBe('hello ünïcode\n');
    expect(await text(await source.read('plots/deep/x.bin'))).toHaveLength(3_000_000);
  });

  it('are named where they are not there, and paths stay inside', async () => {
    const source = store.artifacts(await store.getRun(runId));
    await expect(source.read('gone.txt')).rejects.toMatchObject({ reason: 'not-found' });
    await expect(source.stat('gone.txt')).rejects.toMatchObject({ reason: 'not-found' });
    await expect(source.list('gone')).rejects.toMatchObject({ reason: 'not-found' });
    await expect(source.list('plots/loss.csv')).rejects.toMatchObject({ reason: 'input' });
    await expect(source.read('../../secret')).rejects.toMatchObject({ reason: 'input' });
  });

  it('are kept from who has not signed in', async () => {
    const source = store.artifacts(await store.getRun(runId));
    credential = null;
    await expect(source.list('')).rejects.toMatchObject({ reason: 'permission' });
    await expect(source.read('notes ü.txt')).rejects.toMatchObject({ reason: 'permission' });
  });
});

it('notices a run that was started meanwhile', async () => {
  const before = await store.changeToken();
  expect(await store.changeToken()).toBe(before);
  await makeRun();
  expect(await store.changeToken()).not.toBe(before);
});
