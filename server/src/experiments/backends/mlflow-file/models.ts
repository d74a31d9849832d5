import { join } from 'node:path';
import { listFolder, readText, reasonOf } from '../../../platform/mlflow/files.ts';
import { readMetadata } from '../../../platform/mlflow/metadata-file.ts';
import type { LoggedModelRecord, MetricValue } from '../../tracking-store.ts';
import { modelStatus } from '../shared/model-status.ts';
import { isLater } from '../shared/points.ts';
import { listKeys, pathOf } from './keys.ts';
import { type ModelMetadata, modelMetadata } from './metadata.ts';
import { parseMetricLine } from './metric-file.ts';
import type { RunFolder } from './run-reader.ts';
import type { Warnings } from './warnings.ts';

/** The logged models of an experiment that came from a run, newest first; `outputs` are ids that the run names itself. */
export async function readModels(
  run: RunFolder,
  outputs: readonly string[],
  place: { root: string; warnings: Warnings },
  signal?: AbortSignal,
): Promise<readonly LoggedModelRecord[]> {
  const models: LoggedModelRecord[] = [];
  for (const entry of await listFolder(join(run.folder, '..', 'models'), place.root)) {
    signal?.throwIfAborted();
    const path = join(entry.path, 'meta.yaml');
    try {
      const meta = entry.isDirectory ? await readMetadata({ path, boundary: place.root }, modelMetadata, signal) : null;
      if (meta === null || meta.model_id !== entry.name || meta.lifecycle_stage === 'deleted') continue;
      if (meta.source_run_id !== run.id && !outputs.includes(meta.model_id)) continue;
      models.push(await readModel(entry.path, meta, place.root));
      place.warnings.clear(path);
    } catch (error) {
      signal?.throwIfAborted();
      place.warnings.add(path, `Logged model ${entry.name} can’t be read: ${reasonOf(error)}.`);
    }
  }
  return models.sort((a, b) => (b.createdAt ?? 0) - (a.createdAt ?? 0) || (a.id < b.id ? -1 : Number(a.id > b.id)));
}

async function readModel(folder: string, meta: ModelMetadata, root: string): Promise<LoggedModelRecord> {
  const texts = async (part: string): Promise<Map<string, string>> => {
    const listing = await listKeys(join(folder, part), root);
    const found = new Map<string, string>();
    for (const key of listing.keys) found.set(key, await readText(pathOf(listing, key)));
    return found;
  };
  return {
    id: meta.model_id,
    name: meta.name,
    status: modelStatus(meta.status),
    modelType: meta.model_type,
    artifactUri: meta.artifact_location,
    createdAt: meta.creation_timestamp,
    params: await texts('params'),
    tags: await texts('tags'),
    metrics: [...(await texts('metrics'))]
      .flatMap(([key, content]) => latestByDataset(content).map(({ value, dataset }) => ({ key, value, dataset })))
      .sort((a, b) => (a.key < b.key ? -1 : Number(a.key > b.key))),
  };
}

/**
 * The last value for each dataset of a logged model's metric file, whose lines are
 * `timestamp value step run [dataset digest]`. A dataset's name may hold spaces, its digest does not.
 */
export function latestByDataset(content: string): readonly { value: number; dataset: string | null }[] {
  const latest = new Map<string, { point: MetricValue; dataset: string | null }>();
  for (const line of content.split(/\r?\n/)) {
    const point = parseMetricLine(line);
    if (point === null) continue;
    const fields = line.split(' ').slice(4);
    const dataset = fields.length < 2 ? null : fields.slice(0, -1).join(' ');
    const held = latest.get(fields.join(' '));
    if (held === undefined || isLater(point, held.point)) latest.set(fields.join(' '), { point, dataset });
  }
  return [...latest.values()].map(({ point, dataset }) => ({ value: point.value, dataset }));
}
