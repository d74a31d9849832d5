import { createMlflowSqliteStore } from '#server/experiments/backends/mlflow-sqlite/store.ts';
import { FailureError } from '#server/platform/failure.ts';
import { mlflowStores } from '../../testbeds/mlflow-stores.ts';
import { describeTrackingStore } from './conformance.ts';

const noArtifacts = (): never => {
  throw new FailureError('unsupported', 'This test reads no artifacts.');
};

for (const inProcess of [false, true]) {
  describeTrackingStore(`SQLite store ${inProcess ? 'in process' : 'in a worker'}`, async () => {
    const { sqlite, sqliteAnswers } = await mlflowStores();
    return {
      store: createMlflowSqliteStore({ path: sqlite, artifacts: noArtifacts, inProcess }),
      answers: sqliteAnswers,
    };
  });
}
