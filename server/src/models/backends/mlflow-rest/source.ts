import { FailureError } from '../../../platform/failure.ts';
import type { MlflowApi } from '../../../platform/mlflow/api.ts';
import { tokenAfter } from '../../../platform/mlflow/paging.ts';
import type { MlflowModelRecord, MlflowSource, MlflowVersionRecord } from '../shared/mlflow-records.ts';
import { isPrompt } from '../shared/mlflow-records.ts';
import { modelAnswer, modelsPage, toRecord, versionsPage, type WireModel } from './wire.ts';

const modelsAtOnce = 1_000;
const versionsAtOnce = 1_000;

/** Models of a server, page by page. */
export function serverModels(api: MlflowApi): MlflowSource {
  return {
    async models(signal) {
      const [models, versions] = await Promise.all([allModels(api, signal), versionsWhere(api, null, signal)]);
      return models
        .filter(({ tags }) => !isPrompt(tags))
        .map((model): MlflowModelRecord => ({ ...model, versions: versions.get(model.name) ?? [] }));
    },

    async model(name, signal) {
      const found = await modelOf(api, name, signal);
      if (found === null || isPrompt(found.tags)) return null;
      const versions = await versionsWhere(api, nameFilter(name), signal);
      return { ...found, versions: versions.get(name) ?? [] };
    },
  };
}

async function allModels(api: MlflowApi, signal?: AbortSignal): Promise<WireModel[]> {
  const found: WireModel[] = [];
  let token: string | undefined;
  do {
    const query = { max_results: modelsAtOnce, page_token: token };
    const page = await api.get({ path: 'registered-models/search', query, schema: modelsPage, signal });
    found.push(...(page.registered_models ?? []));
    token = tokenAfter(token, page);
  } while (token !== undefined);
  return found;
}

async function modelOf(api: MlflowApi, name: string, signal?: AbortSignal): Promise<WireModel | null> {
  try {
    const answer = await api.get({ path: 'registered-models/get', query: { name }, schema: modelAnswer, signal });
    return answer.registered_model;
  } catch (error) {
    if (error instanceof FailureError && error.reason === 'not-found') return null;
    throw error;
  }
}

/** Versions by their models. */
async function versionsWhere(
  api: MlflowApi,
  filter: string | null,
  signal?: AbortSignal,
): Promise<Map<string, MlflowVersionRecord[]>> {
  const found = new Map<string, MlflowVersionRecord[]>();
  let token: string | undefined;
  do {
    const query = { filter: filter ?? undefined, max_results: versionsAtOnce, page_token: token };
    const page = await api.get({ path: 'model-versions/search', query, schema: versionsPage, signal });
    for (const version of page.model_versions ?? []) {
      const others = found.get(version.name);
      if (others) others.push(toRecord(version));
      else found.set(version.name, [toRecord(version)]);
    }
    token = tokenAfter(token, page);
  } while (token !== undefined);
  return found;
}

/** Null where MLflow's grammar, which has no escape, can't say the name: then all are read. */
function nameFilter(name: string): string | null {
  if (!name.includes("'")) return `name = '${name}'`;
  return name.includes('"') ? null : `name = "${name}"`;
}

/** Whether a model has a tag with the value 1. The key is one of ours: it needs no quoting. */
export async function isTagged(api: MlflowApi, key: string, signal?: AbortSignal): Promise<boolean> {
  const query = { filter: `tags.\`${key}\` = '1'`, max_results: 1 };
  const page = await api.get({ path: 'registered-models/search', query, schema: modelsPage, signal });
  return (page.registered_models ?? []).length > 0;
}
