import type { ModelQuery, ModelRegistry } from '../../model-registry.ts';
import { MlflowReader, type MlflowReaderParts } from './mlflow-reader.ts';

type Questions = Pick<ModelRegistry, 'listModels' | 'listVersions' | 'aliases' | 'version'>;

/** What registries of MLflow answer alike, wherever they read it. */
export abstract class MlflowQuestions implements Questions {
  protected readonly reader: MlflowReader;

  protected constructor(parts: MlflowReaderParts) {
    this.reader = new MlflowReader(parts);
  }

  listModels(query: ModelQuery, signal?: AbortSignal) {
    return this.reader.listModels(query, signal);
  }

  listVersions(model: string, signal?: AbortSignal) {
    return this.reader.listVersions(model, signal);
  }

  aliases(model: string, signal?: AbortSignal) {
    return this.reader.aliases(model, signal);
  }

  version(model: string, version: string, signal?: AbortSignal) {
    return this.reader.version(model, version, signal);
  }
}
