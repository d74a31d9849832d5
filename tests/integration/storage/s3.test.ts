import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe } from 'vitest';
import { createHttpClient } from '#server/platform/http.ts';
import { S3Store } from '#server/storage/backends/s3/store.ts';
import { type CuttingProxy, startCuttingProxy } from '../../testbeds/cutting-proxy.ts';
import { type ObjectServer, startMoto } from '../../testbeds/object-stores.ts';
import { type Bed, conforms } from './conformance.ts';

const credentials = { accessKeyId: 'test', secretAccessKey: 'for tests only' };

describe('S3Store', () => {
  let server: ObjectServer;
  let proxy: CuttingProxy;
  let bed: Bed;
  beforeAll(async () => {
    server = await startMoto();
    proxy = await startCuttingProxy(server.port);
    const client = new S3Client({ endpoint: server.url, region: 'us-east-1', credentials, forcePathStyle: true });
    await client.send(new CreateBucketCommand({ Bucket: 'models' }));
    client.destroy();
    const open = (bucket: string) => {
      const settings = {
        bucket,
        prefix: 'team a/',
        region: null,
        endpoint: proxy.url,
        forcePathStyle: true,
        credentials,
      };
      return new S3Store(settings, createHttpClient({ retries: 0 }));
    };
    bed = { store: open('models'), proxy, stranger: null, nowhere: open('not-there') };
  });
  afterAll(async () => {
    await bed?.store.cleanup();
    await bed?.nowhere?.cleanup();
    await proxy?.[Symbol.asyncDispose]();
    await server?.[Symbol.asyncDispose]();
  });

  conforms(() => bed);
});
