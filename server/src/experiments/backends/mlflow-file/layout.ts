import { realpath } from 'node:fs/promises';
import { join } from 'node:path';
import type { LifecycleStage } from '#schemas/domain/run.ts';
import { FailureError } from '../../../platform/failure.ts';
import { type Entry, isAbsent, listFolder, reasonOf, statOrNull } from '../../../platform/mlflow/files.ts';
import { MetadataError, readMetadata } from '../../../platform/mlflow/metadata-file.ts';
import { experimentMetadata } from './metadata.ts';
import type { Warnings } from './warnings.ts';

export interface ExperimentFolder {
  readonly id: string;
  readonly folder: string;
  /** Deleted ones lie in `.trash`. */
  readonly lifecycleStage: LifecycleStage;
}

export interface Experiment extends ExperimentFolder {
  readonly name: string;
  readonly artifactLocation: string | null;
  readonly creationTime: number | null;
}

export const TRASH = '.trash';
// `models` at the top is the model registry's; in an experiment, what is no run.
const NO_EXPERIMENTS: ReadonlySet<string> = new Set([TRASH, 'models']);
const NO_RUNS: ReadonlySet<string> = new Set(['tags', 'datasets', 'traces', 'models']);

/** The real path of a store; fails with `not-found`, `input` or `permission` where it can't be one. */
export async function storeRoot(path: string): Promise<string> {
  try {
    const root = await realpath(path);
    if ((await statOrNull(root))?.isDirectory()) return root;
  } catch (error) {
    if (isAbsent(error)) {
      throw new FailureError('not-found', `There is no folder ${path}.`, {
        remedy: 'Correct the tracking URI, or log a first run there.',
        cause: error,
      });
    }
    throw new FailureError('permission', `The folder ${path} can’t be opened: ${reasonOf(error)}.`, { cause: error });
  }
  throw new FailureError('input', `${path} is a file, not an MLflow file store.`, {
    remedy: 'A database is named as sqlite:///path.',
  });
}

/** The folders that may be experiments, those of `.trash` too. */
export async function experimentFolders(root: string): Promise<readonly ExperimentFolder[]> {
  const [active, deleted] = await Promise.all([readFolder(root, root), readFolder(join(root, TRASH), root)]);
  return [
    ...active.filter(isExperiment).map((entry) => experimentFolder(entry, 'active')),
    ...deleted.filter(isExperiment).map((entry) => experimentFolder(entry, 'deleted')),
  ];
}

/** null for a folder that is no experiment, or whose metadata can't be read: then with a warning. */
export async function readExperiment(
  found: ExperimentFolder,
  root: string,
  warnings: Warnings,
  signal?: AbortSignal,
): Promise<Experiment | null> {
  const path = join(found.folder, 'meta.yaml');
  try {
    const meta = await readMetadata({ path, boundary: root }, experimentMetadata, signal);
    if (meta === null) return null;
    if (meta.experiment_id !== found.id) {
      throw new MetadataError(`its meta.yaml is that of experiment ${meta.experiment_id}`);
    }
    warnings.clear(path);
    const { name, artifact_location: artifactLocation, creation_time: creationTime } = meta;
    return { ...found, name, artifactLocation, creationTime };
  } catch (error) {
    signal?.throwIfAborted();
    if (!isAbsent(error)) warnings.add(path, `Experiment ${found.id} can’t be read: ${reasonOf(error)}.`);
    return null;
  }
}

/** The folders of an experiment that may be runs. */
export async function runFolders(experiment: ExperimentFolder, root: string): Promise<readonly Entry[]> {
  const entries = await readFolder(experiment.folder, root);
  return entries.filter((entry) => entry.isDirectory && !NO_RUNS.has(entry.name));
}

async function readFolder(folder: string, root: string): Promise<readonly Entry[]> {
  try {
    return await listFolder(folder, root);
  } catch (error) {
    throw new FailureError('permission', `The folder ${folder} can’t be listed: ${reasonOf(error)}.`, { cause: error });
  }
}

function isExperiment(entry: Entry): boolean {
  return entry.isDirectory && !NO_EXPERIMENTS.has(entry.name);
}

function experimentFolder(entry: Entry, lifecycleStage: LifecycleStage): ExperimentFolder {
  return { id: entry.name, folder: entry.path, lifecycleStage };
}

/** Newest first, then by id, as MLflow lists experiments. */
export function compareExperiments(a: Experiment, b: Experiment): number {
  return (b.creationTime ?? 0) - (a.creationTime ?? 0) || (a.id < b.id ? -1 : Number(a.id > b.id));
}
