import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** Writes the files of a file store by hand: what old, broken or hostile ones look like. */
export interface WrittenStore {
  readonly root: string;
  /** `mlruns` below the root. */
  readonly path: string;
  write(path: string, content: string): Promise<string>;
  remove(): Promise<void>;
}

export const EXPERIMENT = '7';

export async function writeStore(): Promise<WrittenStore> {
  const root = await mkdtemp(join(tmpdir(), 'file-store-'));
  const path = join(root, 'mlruns');
  const write = async (name: string, content: string): Promise<string> => {
    const file = join(path, name);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, content);
    return file;
  };
  await write(
    `${EXPERIMENT}/meta.yaml`,
    `artifact_location: ${path}/${EXPERIMENT}\nexperiment_id: '${EXPERIMENT}'\nlifecycle_stage: active\nname: seven\n`,
  );
  return { root, path, write, remove: () => rm(root, { recursive: true, force: true }) };
}

/** The `meta.yaml` of a run as MLflow writes it, with what is to be different. */
export function runMeta(runId: string, changes: Readonly<Record<string, string>> = {}): string {
  const fields = {
    artifact_uri: `/elsewhere/mlruns/${EXPERIMENT}/${runId}/artifacts`,
    end_time: 'null',
    entry_point_name: "''",
    experiment_id: `'${EXPERIMENT}'`,
    lifecycle_stage: 'active',
    run_id: `'${runId}'`,
    run_name: 'a run',
    source_type: '4',
    start_time: '1700000000000',
    status: '1',
    tags: '[]',
    user_id: 'ana',
    ...changes,
  };
  return Object.entries(fields)
    .map(([key, value]) => `${key}: ${value}\n`)
    .join('');
}
