import type { RunModel } from '#schemas/protocol/models.ts';
import type { ArtifactSource } from './experiments/artifact-source.ts';
import { downloadArtifacts } from './experiments/download.ts';
import type { TrackingStore } from './experiments/tracking-store.ts';
import { FailureError } from './platform/failure.ts';

/** MLflow’s own address of a model that a run logged beside its artifacts (MLflow 3). */
const loggedModel = /^models:\/([^/]+)$/;
const deepest = 3;

/** Folders among a run’s artifacts with an MLmodel file, and the models that it logged, as far as they can be read. */
export async function findRunModels(store: TrackingStore, runId: string, signal?: AbortSignal): Promise<RunModel[]> {
  const run = await store.getRun(runId, signal);
  const logged = await store.loggedModels(runId, signal);
  const readable = await Promise.all(
    logged.map(async ({ id, name, artifactUri }) => {
      const source = store.artifacts({ ...run, artifactUri });
      return (await holdsModel(source, '', signal)) ? [{ name, path: `models:/${id}` }] : [];
    }),
  );
  const folders = await foldersWithModel(store.artifacts(run), '', { depth: 0, signal });
  return [...readable.flat(), ...folders.map((path) => ({ name: path, path }))];
}

/** Brings one of {@link findRunModels} to a folder. Fails with `not-found`, and as the artifacts’ store does. */
export async function fetchRunModel(
  store: TrackingStore,
  { runId, path, target }: { readonly runId: string; readonly path: string; readonly target: string },
  signal?: AbortSignal,
): Promise<void> {
  const run = await store.getRun(runId, signal);
  const id = loggedModel.exec(path)?.[1];
  const options = { target, overwrite: false, ...(signal ? { signal } : {}) };
  if (id === undefined) {
    await downloadArtifacts(store.artifacts(run), { ...options, path });
    return;
  }
  const model = (await store.loggedModels(runId, signal)).find((one) => one.id === id);
  if (!model) throw new FailureError('not-found', `Run ${runId} logged no model ${id}.`);
  await downloadArtifacts(store.artifacts({ ...run, artifactUri: model.artifactUri }), { ...options, path: '' });
}

async function holdsModel(source: ArtifactSource, path: string, signal?: AbortSignal): Promise<boolean> {
  const inside = path === '' ? 'MLmodel' : `${path}/MLmodel`;
  const found = await source.stat(inside, signal).catch(() => null);
  signal?.throwIfAborted();
  return found !== null && !found.isDirectory;
}

async function foldersWithModel(
  source: ArtifactSource,
  folder: string,
  { depth, signal }: { readonly depth: number; readonly signal: AbortSignal | undefined },
): Promise<string[]> {
  const entries = await source.list(folder, signal).catch(() => []);
  signal?.throwIfAborted();
  if (folder !== '' && entries.some(({ path, isDirectory }) => !isDirectory && path === `${folder}/MLmodel`))
    return [folder];
  if (depth === deepest) return [];
  const below = await Promise.all(
    entries
      .filter(({ isDirectory }) => isDirectory)
      .map(({ path }) => foldersWithModel(source, path, { depth: depth + 1, signal })),
  );
  return below.flat();
}
