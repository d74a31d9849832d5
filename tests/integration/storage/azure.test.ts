import { ContainerClient, StorageSharedKeyCredential } from '@azure/storage-blob';
import { afterAll, beforeAll, describe } from 'vitest';
import { AzureStore } from '#server/storage/backends/azure/store.ts';
import { type CuttingProxy, startCuttingProxy } from '../../testbeds/cutting-proxy.ts';
import { azuriteAccount, type ObjectServer, startAzurite } from '../../testbeds/object-stores.ts';
import { type Bed, conforms } from './conformance.ts';

const { name: account, key } = azuriteAccount;

describe('AzureStore', () => {
  let server: ObjectServer;
  let proxy: CuttingProxy;
  let bed: Bed;
  beforeAll(async () => {
    server = await startAzurite();
    proxy = await startCuttingProxy(server.port);
    const own = new StorageSharedKeyCredential(account, key);
    await new ContainerClient(`${server.url}/${account}/models`, own).create();
    const open = (container: string, secret = key) =>
      new AzureStore({
        endpoint: `${proxy.url}/${account}`,
        container,
        prefix: 'team a/',
        credentials: { type: 'key', account, key: secret },
      });
    const stranger = open('models', Buffer.from('another key').toString('base64'));
    bed = { store: open('models'), proxy, stranger, nowhere: open('not-there') };
  });
  afterAll(async () => {
    await proxy?.[Symbol.asyncDispose]();
    await server?.[Symbol.asyncDispose]();
  });

  conforms(() => bed);
});
