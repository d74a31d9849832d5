import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createMlflowRestStore } from '#server/experiments/backends/mlflow-rest/store.ts';
import { createHttpClient } from '#server/platform/http.ts';
import { startMlflowServer } from '../../testbeds/mlflow-server.ts';
import { mlflowStores } from '../../testbeds/mlflow-stores.ts';
import { describeTrackingStore } from './conformance.ts';

describeTrackingStore('The REST store', async () => {
  const { sqlite, sqliteAnswers } = await mlflowStores();
  const folder = await mkdtemp(join(tmpdir(), 'mlflow-rest-'));
  await copyFile(sqlite, join(folder, 'mlflow.db'));
  const server = await startMlflowServer({
    backendStore: `sqlite:///${join(folder, 'mlflow.db')}`,
    staticPrefix: '/ml',
  });
  const http = createHttpClient();
  return {
    store: createMlflowRestStore({ url: server.url, http, credentials: async () => null }),
    answers: sqliteAnswers,
    close: async () => {
      await http.close();
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
});
