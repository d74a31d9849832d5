import { FailureError } from '../../../platform/failure.ts';
import type { MlflowApi } from '../../../platform/mlflow/api.ts';
import { UnknownEndpoint } from '../../../platform/mlflow/api-failures.ts';
import { tokenAfter } from '../../../platform/mlflow/paging.ts';
import type { LoggedModelRecord } from '../../tracking-store.ts';
import { modelAnswer, modelsPage, runIdOf, toModel, type WireRun } from './wire.ts';

/** The logged models that came from a run, newest first; none of a server from before 3.0, which has no such thing. */
export async function readModels(
  api: MlflowApi,
  run: WireRun,
  signal?: AbortSignal,
): Promise<readonly LoggedModelRecord[]> {
  const models = new Map<string, LoggedModelRecord>();
  for (const model of await search(api, run, signal)) models.set(model.id, model);
  for (const { model_id: id } of run.outputs?.model_outputs ?? []) {
    if (models.has(id)) continue;
    const model = await readModel(api, id, signal);
    if (model !== null) models.set(id, model);
  }
  return [...models.values()].sort(
    (a, b) => (b.createdAt ?? 0) - (a.createdAt ?? 0) || (a.id < b.id ? -1 : Number(a.id > b.id)),
  );
}

async function search(
  api: MlflowApi,
  run: WireRun,
  signal: AbortSignal | undefined,
): Promise<readonly LoggedModelRecord[]> {
  const found: LoggedModelRecord[] = [];
  let token: string | undefined;
  do {
    const page = await api
      .post({
        path: 'logged-models/search',
        body: {
          experiment_ids: [run.info.experiment_id],
          filter: `source_run_id = '${runIdOf(run)}'`,
          max_results: 50,
          ...(token === undefined ? {} : { page_token: token }),
        },
        schema: modelsPage,
        signal,
      })
      .catch(noneOfOldServer);
    found.push(...page.models.map(toModel));
    token = tokenAfter(token, page);
  } while (token !== undefined);
  return found;
}

// The run itself was just answered, so that a server without this endpoint is an old one.
function noneOfOldServer(error: unknown): { models: []; next_page_token: undefined } {
  if (error instanceof UnknownEndpoint) return { models: [], next_page_token: undefined };
  throw error;
}

async function readModel(
  api: MlflowApi,
  id: string,
  signal: AbortSignal | undefined,
): Promise<LoggedModelRecord | null> {
  try {
    const path = `logged-models/${encodeURIComponent(id)}`;
    return toModel((await api.get({ path, query: {}, schema: modelAnswer, signal })).model);
  } catch (error) {
    // Deleted models stay named by the run.
    if (error instanceof FailureError && error.reason === 'not-found') return null;
    throw error;
  }
}
