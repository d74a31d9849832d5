import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { ContainerClient, StorageSharedKeyCredential } from '@azure/storage-blob';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type CuttingProxy, startCuttingProxy } from '../../testbeds/cutting-proxy.ts';
import {
  azuriteAccount,
  type ObjectServer,
  startAzurite,
  startFakeGcs,
  startMoto,
} from '../../testbeds/object-stores.ts';

const run = promisify(execFile);
const cli = join(import.meta.dirname, '../../../server/src/cli.ts');
const mebibyte = 1024 ** 2;
const weights = randomBytes(40 * mebibyte);

interface Place {
  readonly server: ObjectServer;
  /** For `storage` in mlops.yaml. */
  readonly storage: (proxy: CuttingProxy) => string;
  readonly env: (proxy: CuttingProxy) => Readonly<Record<string, string>>;
  /** Has uploads go by way of the proxy. */
  readonly by?: (proxy: CuttingProxy) => Promise<void>;
}

const json = (method: string, body: unknown) => ({
  method,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
});

async function s3(): Promise<Place> {
  const server = await startMoto();
  const credentials = { accessKeyId: 'test', secretAccessKey: 'for tests only' };
  const client = new S3Client({ endpoint: server.url, region: 'us-east-1', credentials, forcePathStyle: true });
  await client.send(new CreateBucketCommand({ Bucket: 'models' }));
  client.destroy();
  return {
    server,
    storage: ({ url }) => `{type: s3, bucket: models, endpoint: "${url}", forcePathStyle: true}`,
    env: () => ({
      AWS_ACCESS_KEY_ID: credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
      AWS_REGION: 'us-east-1',
    }),
  };
}

async function azure(): Promise<Place> {
  const server = await startAzurite();
  const { name, key } = azuriteAccount;
  await new ContainerClient(`${server.url}/${name}/models`, new StorageSharedKeyCredential(name, key)).create();
  return {
    server,
    storage: ({ url }) => `{type: azure, account: ${name}, container: models, endpoint: "${url}/${name}"}`,
    env: () => ({ AZURE_STORAGE_ACCOUNT: name, AZURE_STORAGE_KEY: key }),
  };
}

async function gcs(): Promise<Place> {
  const server = await startFakeGcs();
  await fetch(`${server.url}/storage/v1/b`, json('POST', { name: 'models' }));
  return {
    server,
    storage: ({ url }) => `{type: gcs, bucket: models, endpoint: "${url}"}`,
    env: () => ({}),
    by: async ({ url }) => void (await fetch(`${server.url}/_internal/config`, json('PUT', { externalUrl: url }))),
  };
}

const hasFakeGcs = process.env.MLOPS_FAKE_GCS_SERVER !== undefined || process.env.CI !== undefined;

/** The store, and how much of the model may be sent when the same is registered again by another process. */
const stores: readonly (readonly [string, () => Promise<Place>, number])[] = [
  ['S3', s3, 30 * mebibyte],
  ['Azure', azure, 30 * mebibyte],
  // Uploads to Google Cloud go on in the process that began them alone.
  ...(hasFakeGcs ? [['Google Cloud', gcs, 41 * mebibyte] as const] : []),
];

describe('a network that is lost while a model is registered', () => {
  it.each(stores)('leaves no version, and is made good by doing it again: %s', async (_, start, most) => {
    const { server, storage, env, by } = await start();
    onTestFinished(() => server[Symbol.asyncDispose]());
    const proxy = await startCuttingProxy(server.port);
    onTestFinished(() => proxy[Symbol.asyncDispose]());
    await by?.(proxy);
    const folder = await mkdtemp(join(tmpdir(), 'mlops-lost-'));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    await mkdir(join(folder, 'm'));
    await writeFile(join(folder, 'm', 'weights.bin'), weights);
    const workspace = `apiVersion: mlops/v1\nkind: Workspace\nmetadata: {name: w}\nstorage: ${storage(proxy)}\n`;
    await writeFile(join(folder, 'mlops.yaml'), workspace);
    const mlops = async (...args: string[]) => {
      const options = {
        cwd: folder,
        env: { PATH: process.env.PATH, MLOPS_ACTOR: 'ana', NO_COLOR: '1', ...env(proxy) },
      };
      return run(process.execPath, [cli, ...args], options).then(
        ({ stdout }) => ({ code: 0, stdout, stderr: '' }),
        ({ code, stdout, stderr }) => ({ code, stdout, stderr }),
      );
    };

    proxy.cutAfter(25 * mebibyte, 'sent');
    const lost = await mlops('model', 'register', 'm', '--name', 'churn');
    expect(lost).toMatchObject({ code: 3, stdout: '' });
    expect(lost.stderr).toMatch(
      /^error: .* No version was registered\. .*register it again: files that arrived are not sent again\.$/m,
    );
    expect(lost.stderr).not.toMatch(/\n\s+at /);
    proxy.mend();
    expect(JSON.parse((await mlops('models', 'list', '--json')).stdout)).toEqual({ models: [] });
    expect((await mlops('audit', 'list', '--json')).stdout).toContain('"entries":[]');

    const before = proxy.sent;
    expect(await mlops('model', 'register', 'm', '--name', 'churn', '--json')).toMatchObject({ code: 0 });
    expect(proxy.sent - before).toBeLessThan(most);
    expect(await mlops('model', 'download', 'churn@1.0.0', '-o', 'copy')).toMatchObject({ code: 0 });
    expect(await readdir(join(folder, 'copy'))).toEqual(['weights.bin']);
  });
});
