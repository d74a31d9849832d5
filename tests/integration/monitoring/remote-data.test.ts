import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { driftReport } from '#schemas/domain/drift-report.ts';
import { monitorReport } from '#schemas/domain/monitor-report.ts';
import { resolveObjects } from '#server/platform/configuration/object-address.ts';
import type { ResolvedStorage } from '#server/platform/configuration/storage-target.ts';
import { type ObjectServer, startMoto } from '../../testbeds/object-stores.ts';
import { runMlops } from '../cli/run-mlops.ts';

let server: ObjectServer;
let folder: string;
let temporary: string;
const credentials = { accessKeyId: 'test', secretAccessKey: 'for tests only' };
const env = () => ({ AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'for tests only', TMPDIR: temporary });

const csv = (shift: number) =>
  `age,plan\n${Array.from({ length: 200 }, (_, row) => `${(row % 40) + shift},${row % 3 === 0 ? 'pro' : 'free'}`).join('\n')}\n`;

beforeAll(async () => {
  server = await startMoto();
  folder = await mkdtemp(join(tmpdir(), 'remote-'));
  temporary = await mkdtemp(join(folder, 'tmp-'));
  const client = new S3Client({ endpoint: server.url, region: 'us-east-1', credentials, forcePathStyle: true });
  await client.send(new CreateBucketCommand({ Bucket: 'logs' }));
  const put = (Key: string, Body: string) => client.send(new PutObjectCommand({ Bucket: 'logs', Key, Body }));
  await put('churn/train.csv', csv(0));
  for (const day of [1, 2]) await put(`churn/live/2026-11-0${day}.csv`, csv(20));
  await put('churn/live/readme.txt', 'no data');
  await put('churn/damaged.parquet', 'PAR1 no more');
  client.destroy();
  await writeFile(
    join(folder, 'mlops.yaml'),
    `apiVersion: mlops/v1
kind: Workspace
metadata: {name: churn}
storage: {type: s3, bucket: models, endpoint: '${server.url}', forcePathStyle: true, region: us-east-1}
`,
  );
}, 60_000);
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

async function drift(reference: string, current: string) {
  return runMlops(['drift', '--reference', reference, '--current', current, '--json'], { cwd: folder, env: env() });
}

describe('data in a store', () => {
  test('are compared, several objects by a glob, and no copy stays', async () => {
    const { stdout, stderr, code } = await drift('s3://logs/churn/train.csv', 's3://logs/churn/live/*.csv');
    expect({ stderr, code }).toEqual({ stderr: '', code: 1 });
    expect(driftReport.parse(JSON.parse(stdout))).toMatchObject({
      rows: { reference: 200, current: 400 },
      columns: [
        { column: 'age', verdict: 'drift' },
        { column: 'plan', verdict: 'no-drift' },
      ],
    });
    expect((await readdir(temporary)).filter((name) => name.startsWith('mlops-'))).toEqual([]);
  });

  test('are what a monitor watches', async () => {
    await writeFile(
      join(folder, 'm.mlops.yaml'),
      `apiVersion: mlops/v1
kind: Monitor
metadata: {name: m}
drift: {reference: s3://logs/churn/train.csv, current: 's3://logs/churn/live/*.csv'}
`,
    );
    const { stdout, stderr } = await runMlops(['monitor', 'check', 'm.mlops.yaml', '--json'], {
      cwd: folder,
      env: env(),
    });
    expect(stderr).toBe('');
    expect(monitorReport.parse(JSON.parse(stdout))).toMatchObject({
      state: 'out-of-bounds',
      drift: { verdict: 'drift' },
    });
  });

  test.each([
    ['that are not there', 's3://logs/churn/gone.csv', 2, 'There is no object s3://logs/churn/gone.csv.'],
    ['in no such bucket', 's3://nowhere/a.csv', 2, 'nowhere'],
    [
      'that are damaged',
      's3://logs/churn/damaged.parquet',
      2,
      's3://logs/churn/damaged.parquet can’t be read as PARQUET',
    ],
    ['of which no object is named', 's3://logs/churn/', 2, 'names no object'],
  ])('%s are an error', async (_, uri, code, said) => {
    const result = await drift('s3://logs/churn/train.csv', uri);
    expect({ code: result.code, stderr: result.stderr }).toEqual({ code, stderr: expect.stringContaining(said) });
    expect(result.stderr).not.toContain(temporary);
  });
});

test('a store of which nobody said the region is told', async () => {
  const elsewhere = await mkdtemp(join(tmpdir(), 'regionless-'));
  await writeFile(join(elsewhere, 'fine.csv'), csv(0));
  const none = { AWS_REGION: '', AWS_DEFAULT_REGION: '', AWS_CONFIG_FILE: join(elsewhere, 'none') };
  const args = ['drift', '--reference', 'fine.csv', '--current', 's3://bucket/x.parquet', '--json'];
  const { code, stderr, stdout } = await runMlops(args, { cwd: elsewhere, env: { ...env(), ...none } });
  await rm(elsewhere, { recursive: true });
  expect({ code, stderr, stdout }).toEqual({
    ...{ code: 2, stdout: '' },
    stderr: expect.stringMatching(
      /^error: s3:\/\/bucket.* can’t be used: no region is set, or none that there is\. Name it in .+ AWS_REGION\.\n$/,
    ),
  });
});

describe('addresses of objects', () => {
  const configured: ResolvedStorage = {
    target: {
      ...{ type: 's3', bucket: 'models', prefix: '', region: 'eu-west-1', endpoint: 'http://minio:9000' },
      forcePathStyle: true,
    },
    origin: 'http://minio:9000',
    consent: 'given',
  };

  test('take the server of the workspace’s own storage where it is of that kind', () => {
    expect(resolveObjects('s3://logs/a/b/*.csv', configured)).toMatchObject({
      storage: {
        target: { bucket: 'logs', prefix: 'a/b/', endpoint: 'http://minio:9000', forcePathStyle: true },
        ...{ origin: 'http://minio:9000', consent: 'given' },
      },
      pattern: '*.csv',
    });
    expect(resolveObjects('gs://logs/x.csv', configured)).toMatchObject({
      storage: { target: { type: 'gcs', bucket: 'logs', prefix: '' }, consent: 'ask' },
      pattern: 'x.csv',
    });
    expect(resolveObjects('azure://account/box/day=*/x.parquet', 'broken')).toMatchObject({
      storage: { target: { type: 'azure', account: 'account', container: 'box', prefix: '' }, consent: 'ask' },
      pattern: 'day=*/x.parquet',
    });
  });

  test('that name nothing are told', () => {
    expect(resolveObjects('s3://logs', configured)).toMatch(/names no object/);
    expect(resolveObjects('azure://A/x.csv', configured)).toMatch(/azure:/);
  });
});
