import { openLocalArtifacts } from '#server/experiments/backends/artifacts/local.ts';
import { createMlflowFileStore } from '#server/experiments/backends/mlflow-file/store.ts';
import { mlflowStores } from '../../testbeds/mlflow-stores.ts';
import { describeTrackingStore } from './conformance.ts';

describeTrackingStore('The file store', async () => {
  const { files, fileAnswers } = await mlflowStores();
  return { store: createMlflowFileStore({ path: files, artifacts: openLocalArtifacts }), answers: fileAnswers };
});
