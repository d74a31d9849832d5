import { afterAll, beforeAll, describe } from 'vitest';
import { createHttpClient } from '#server/platform/http.ts';
import { GcsStore } from '#server/storage/backends/gcs/store.ts';
import { type CuttingProxy, startCuttingProxy } from '../../testbeds/cutting-proxy.ts';
import { type ObjectServer, startFakeGcs } from '../../testbeds/object-stores.ts';
import { type Bed, conforms } from './conformance.ts';

const isLeftOut = !process.env.MLOPS_FAKE_GCS_SERVER && !process.env.CI;

describe.skipIf(isLeftOut)('GcsStore', () => {
  let server: ObjectServer;
  let proxy: CuttingProxy;
  let bed: Bed;
  beforeAll(async () => {
    server = await startFakeGcs();
    proxy = await startCuttingProxy(server.port);
    await fetch(`${server.url}/storage/v1/b`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ name: 'models' }),
    });
    // Uploads go to the address that the server names: it must be told that of the proxy.
    await fetch(`${server.url}/_internal/config`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ externalUrl: proxy.url }),
    });
    const open = (bucket: string) => {
      const settings = { bucket, prefix: 'team a/', endpoint: proxy.url, token: async () => null };
      return new GcsStore(settings, createHttpClient());
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
