import { createHash } from 'node:crypto';
import { realpath } from 'node:fs/promises';
import { join, relative, resolve, sep } from 'node:path';
import { z } from 'zod';
import { mapConcurrently } from '../../../platform/concurrency.ts';
import { FailureError } from '../../../platform/failure.ts';
import { type Entry, isAbsent, listFolder, readText, reasonOf, statInside } from '../../../platform/mlflow/files.ts';
import { readMetadata } from '../../../platform/mlflow/metadata-file.ts';
import { isPrompt, type MlflowModelRecord, type MlflowVersionRecord } from '../shared/mlflow-records.ts';
import { versionStatus } from '../shared/mlflow-status.ts';
import type { LocalStore } from '../shared/read-only-registry.ts';

const optional = z.string().nullish();

const modelMeta = z.object({ name: z.string() });
const versionMeta = z.object({
  name: z.string(),
  version: z.string().regex(/^[1-9]\d{0,14}$/),
  creation_timestamp: z
    .string()
    .regex(/^\d+(\.\d+)?$/)
    .nullish(),
  status: optional,
  current_stage: optional,
  description: optional,
  user_id: optional,
  run_id: optional,
  source: optional,
});

const atOnce = 16;

export interface MlflowFolderOptions {
  /** The `mlruns` folder; models are in `models` below it. */
  readonly path: string;
  /** Told of what is there and can't be read: it is left out. */
  readonly onWarning: (message: string) => void;
}

/** Models in a folder that MLflow's file store wrote. */
export function openMlflowFolder(options: MlflowFolderOptions): LocalStore {
  const path = resolve(options.path);
  const folder = new ModelFolder(path, options.onWarning);
  return {
    backend: 'mlflow-file',
    path,
    models: (signal) => folder.models(signal),
    model: (name, signal) => folder.model(name, signal),
    changeToken: (signal) => folder.changeToken(signal),
    close: async () => undefined,
  };
}

class ModelFolder {
  readonly #path: string;
  readonly #warn: (message: string) => void;

  constructor(path: string, warn: (message: string) => void) {
    this.#path = path;
    this.#warn = warn;
  }

  async models(signal?: AbortSignal): Promise<readonly MlflowModelRecord[]> {
    const root = await this.#root();
    const found = await mapConcurrently(await modelFolders(root), atOnce, (entry) => this.#read(root, entry, signal));
    return found.filter((model) => model !== null);
  }

  async model(name: string, signal?: AbortSignal): Promise<MlflowModelRecord | null> {
    const root = await this.#root();
    // By the listing: a name with a path in it leads nowhere else.
    const entry = (await modelFolders(root)).find((one) => one.name === name);
    return entry ? this.#read(root, entry, signal) : null;
  }

  /** Over sizes and times of all that is read. */
  async changeToken(signal?: AbortSignal): Promise<string> {
    const root = await this.#root();
    const hash = createHash('sha256');
    const add = async (entry: Entry, depth: number): Promise<void> => {
      signal?.throwIfAborted();
      const stats = await statInside(entry.path, root);
      if (stats === null) return;
      hash.update(`${relative(root, entry.path)}\0${stats.mtimeMs}\0${stats.size}\0${stats.ino}\n`);
      if (!entry.isDirectory || depth === 0) return;
      for (const child of sorted(await listFolder(entry.path, root))) await add(child, depth - 1);
    };
    // models/<name>/version-1/tags/<key>
    for (const entry of sorted(await modelFolders(root))) await add(entry, 3);
    return hash.digest('hex');
  }

  async #root(): Promise<string> {
    try {
      return await realpath(this.#path);
    } catch (error) {
      if (!isAbsent(error)) throw error;
      throw new FailureError('not-found', `There is no folder ${this.#path}.`, {
        remedy: 'Correct the registry’s address in mlops.yaml or MODEL_REGISTRY_URI.',
        cause: error,
      });
    }
  }

  async #read(root: string, { name, path }: Entry, signal?: AbortSignal): Promise<MlflowModelRecord | null> {
    try {
      const meta = await readMetadata({ path: join(path, 'meta.yaml'), boundary: root }, modelMeta, signal);
      if (meta === null) return null;
      const tags = await texts(join(path, 'tags'), root);
      if (isPrompt(tags)) return null;
      const aliases = [...(await texts(join(path, 'aliases'), root))].flatMap(([alias, version]) =>
        /^\d+$/.test(version) ? [[alias, Number(version)] as const] : [],
      );
      const folders = (await listFolder(path, root)).filter((one) => one.isDirectory && /^version-\d+$/.test(one.name));
      const versions = await mapConcurrently(folders, atOnce, (one) => this.#readVersion(root, one, signal));
      const shown = versions.filter((version) => version !== null);
      return { name: meta.name, tags, aliases: new Map(aliases), versions: shown };
    } catch (error) {
      signal?.throwIfAborted();
      this.#warn(`The model ${name} can’t be read: ${reasonOf(error)}.`);
      return null;
    }
  }

  async #readVersion(root: string, { path }: Entry, signal?: AbortSignal): Promise<MlflowVersionRecord | null> {
    try {
      const meta = await readMetadata({ path: join(path, 'meta.yaml'), boundary: root }, versionMeta, signal);
      if (meta === null || meta.current_stage === 'Deleted_Internal') return null;
      return {
        number: Number(meta.version),
        createdAt: Math.floor(Number(meta.creation_timestamp ?? 0)),
        status: versionStatus(meta.status),
        currentStage: meta.current_stage ?? 'None',
        description: meta.description ?? '',
        userId: meta.user_id || null,
        runId: meta.run_id || null,
        source: meta.source ?? null,
        tags: await texts(join(path, 'tags'), root),
      };
    } catch (error) {
      signal?.throwIfAborted();
      this.#warn(`${relative(root, path)} can’t be read: ${reasonOf(error)}.`);
      return null;
    }
  }
}

async function modelFolders(root: string): Promise<readonly Entry[]> {
  return (await listFolder(join(root, 'models'), root)).filter(({ isDirectory }) => isDirectory);
}

/** Contents of files by their paths below a folder: a `/` in a tag's key makes folders. */
async function texts(folder: string, root: string): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  const read = async (inside: string): Promise<void> => {
    for (const entry of await listFolder(inside, root)) {
      if (entry.isDirectory) await read(entry.path);
      else found.set(relative(folder, entry.path).split(sep).join('/'), await readText(entry.path));
    }
  };
  await read(folder);
  return found;
}

function sorted(entries: readonly Entry[]): readonly Entry[] {
  return [...entries].sort((a, b) => (a.name < b.name ? -1 : 1));
}
