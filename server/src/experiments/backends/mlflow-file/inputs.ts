import { join } from 'node:path';
import type { z } from 'zod';
import { listFolder, reasonOf } from '../../../platform/mlflow/files.ts';
import { readMetadata } from '../../../platform/mlflow/metadata-file.ts';
import type { DatasetRecord } from '../../tracking-store.ts';
import { datasetMetadata, inputMetadata, outputMetadata } from './metadata.ts';
import type { RunFolder } from './run-reader.ts';
import type { Warnings } from './warnings.ts';

interface Place {
  /** Real path of the store. */
  readonly root: string;
  readonly warnings: Warnings;
}

/** The datasets that a run used. Those whose record is missing or broken are left out with a warning. */
export async function readDatasets(
  run: RunFolder,
  place: Place,
  signal?: AbortSignal,
): Promise<readonly DatasetRecord[]> {
  const experiment = join(run.folder, '..');
  const found: DatasetRecord[] = [];
  for (const input of await readAll(join(run.folder, 'inputs'), inputMetadata, place, signal)) {
    if (input.source_type !== 'DATASET' || !isName(input.source_id)) continue;
    const path = join(experiment, 'datasets', input.source_id, 'meta.yaml');
    const dataset = await readOne(path, datasetMetadata, place, signal);
    if (dataset === null) continue;
    const { name, digest, source, schema, profile } = dataset;
    const context = input.tags['mlflow.data.context'] ?? null;
    found.push({ name, digest, sourceType: dataset.source_type, source, schema, profile, context });
  }
  return found.sort((a, b) => (a.name < b.name ? -1 : Number(a.name > b.name)));
}

/** The ids of the logged models that a run says are its output. */
export async function readOutputs(run: RunFolder, place: Place, signal?: AbortSignal): Promise<readonly string[]> {
  const outputs = await readAll(join(run.folder, 'outputs'), outputMetadata, place, signal);
  return outputs.map((output) => output.source_id);
}

async function readAll<T>(
  folder: string,
  schema: z.ZodType<T>,
  place: Place,
  signal: AbortSignal | undefined,
): Promise<readonly T[]> {
  const found: T[] = [];
  for (const entry of await listFolder(folder, place.root)) {
    signal?.throwIfAborted();
    const content = entry.isDirectory ? await readOne(join(entry.path, 'meta.yaml'), schema, place, signal) : null;
    if (content !== null) found.push(content);
  }
  return found;
}

async function readOne<T>(
  path: string,
  schema: z.ZodType<T>,
  { root, warnings }: Place,
  signal: AbortSignal | undefined,
): Promise<T | null> {
  try {
    const content = await readMetadata({ path, boundary: root }, schema, signal);
    if (content === null) warnings.add(path, `${path} is missing.`);
    else warnings.clear(path);
    return content;
  } catch (error) {
    signal?.throwIfAborted();
    warnings.add(path, `${path} can’t be read: ${reasonOf(error)}.`);
    return null;
  }
}

/** An id becomes part of a path: one that is more than a name is none of MLflow's. */
function isName(id: string): boolean {
  return /^[\w-]+$/.test(id);
}
