import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { StorageTarget } from '#server/platform/configuration/storage-target.ts';
import { FailureError } from '#server/platform/failure.ts';
import { openArtifactStore } from '#server/storage/backends/open-store.ts';
import { startHttpServer, type TestServer } from '../testbeds/http-server.ts';

const env = {
  AWS_ACCESS_KEY_ID: 'AKIDPERSON',
  AWS_SECRET_ACCESS_KEY: 'aws-secret',
  AZURE_STORAGE_ACCOUNT: 'person',
  AZURE_STORAGE_KEY: Buffer.from('azure-secret').toString('base64'),
  AZURE_STORAGE_SAS_TOKEN: 'sv=1&sig=azure-sas',
};

describe('a storage server that a repository names', () => {
  let server: TestServer;
  beforeEach(async () => {
    server = await startHttpServer((_, response) => {
      response.writeHead(403).end();
    });
  });
  afterEach(() => server[Symbol.asyncDispose]());

  const targets = (): StorageTarget[] => [
    { type: 's3', bucket: 'b', prefix: '', region: 'eu-central-1', endpoint: server.url, forcePathStyle: true },
    { type: 'gcs', bucket: 'b', prefix: '', endpoint: server.url },
    { type: 'azure', account: 'person', container: 'c', prefix: '', endpoint: server.url },
    { type: 'azure', account: 'other', container: 'c', prefix: '', endpoint: server.url },
  ];
  const open = (target: StorageTarget, permit: () => Promise<void>) =>
    openArtifactStore({ target, origin: server.url, consent: 'ask' }, { env, http: {}, permit });

  it('hears nothing before the person allowed it', async () => {
    const refuse = async () => {
      throw new FailureError('permission', 'Nobody allowed it.');
    };
    for (const target of targets()) {
      const store = await open(target, refuse);
      await expect(store.stat('a')).rejects.toMatchObject({ reason: 'permission', message: 'Nobody allowed it.' });
      await expect(store.read('a')).rejects.toMatchObject({ message: 'Nobody allowed it.' });
      expect(await store.healthCheck()).toMatchObject({ healthy: false, reason: 'permission' });
      await store.cleanup();
    }
    expect(server.connections).toBe(0);
  });

  it('gets no secret and no token once it is allowed: signatures at most, and of Azure for the account alone', async () => {
    const sent: string[] = [];
    for (const target of targets()) {
      const store = await open(target, async () => undefined);
      await expect(store.stat('a')).rejects.toMatchObject({ reason: 'permission' });
      await store.cleanup();
      sent.push(String(server.seen.at(-1)?.headers.authorization ?? 'none').split(' ')[0] ?? '');
    }
    expect(sent).toEqual(['AWS4-HMAC-SHA256', 'none', 'SharedKey', 'none']);
    const all = JSON.stringify(server.seen);
    for (const secret of ['aws-secret', 'azure-secret', env.AZURE_STORAGE_KEY, 'azure-sas', 'Bearer']) {
      expect(all).not.toContain(secret);
    }
  });
});
