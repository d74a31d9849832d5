import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AuditDatabase } from '#server/models/backends/audit-database/audit-database.ts';
import { MlflowRestRegistry } from '#server/models/backends/mlflow-rest/registry.ts';
import { SqliteRegistry } from '#server/models/backends/sqlite/registry.ts';
import { createHttpClient } from '#server/platform/http.ts';
import { startMlflowServer } from '../../testbeds/mlflow-server.ts';
import { describeRegistry } from './conformance.ts';

let time = 100_000;
const turnBack = (by: number) => {
  time -= by;
};

describeRegistry('SQLite', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'mlops-registry-'));
  return {
    registry: new SqliteRegistry({ path: join(folder, 'models.db'), now: () => time++ }),
    turnBack,
    close: () => rm(folder, { recursive: true }),
  };
});

describeRegistry('An MLflow server', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'mlops-registry-'));
  const server = await startMlflowServer({
    backendStore: `sqlite:///${join(folder, 'mlflow.db')}`,
    staticPrefix: '/ml',
  });
  const http = createHttpClient();
  return {
    registry: new MlflowRestRegistry({
      url: server.url,
      http,
      credentials: async () => null,
      audit: new AuditDatabase(join(folder, 'audit.db')),
      tracker: 'local',
      now: () => time++,
    }),
    turnBack,
    close: async () => {
      await http.close();
      await server.stop();
      await rm(folder, { recursive: true });
    },
  };
});
