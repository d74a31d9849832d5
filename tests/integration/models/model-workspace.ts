import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import { settings } from '#schemas/protocol/workspace.ts';
import type { ModelContext } from '#server/models/model-context.ts';
import type { RegisterRequest } from '#server/models/register-version.ts';
import { createLogger } from '#server/platform/log.ts';
import { createRedactor } from '#server/platform/redact.ts';
import { connectWithoutAsking, noStoredCredentials } from '#server/security/ports.ts';
import { openWorkspace } from '#server/workspace.ts';

export interface ModelWorkspace {
  /** Absolute. */
  readonly folder: string;
  readonly models: ModelContext;
  write(path: string, content: string | Uint8Array): Promise<string>;
  /** The same folder, seen by somebody else, after its files changed. */
  as(actor: string): Promise<ModelContext>;
}

/** A folder of its own with some files and its model registry, as `actor` sees it. */
export async function modelWorkspace(
  files: Readonly<Record<string, string | Uint8Array>> = {},
  actor = 'ana',
): Promise<ModelWorkspace> {
  const folder = await mkdtemp(join(tmpdir(), 'mlops-models-'));
  onTestFinished(async () => {
    await chmod(folder, 0o700);
    await rm(folder, { recursive: true, force: true });
  });
  const write = async (path: string, content: string | Uint8Array) => {
    const file = join(folder, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, content);
    return file;
  };
  for (const [path, content] of Object.entries(files)) await write(path, content);
  const as = (name: string) => openModels(folder, name);
  return { folder, models: await as(actor), write, as };
}

/** The registry of a folder as somebody sees it. */
export async function openModels(folder: string, actor: string): Promise<ModelContext> {
  const redactor = createRedactor();
  const workspace = await openWorkspace({
    folder,
    trusted: true,
    env: { PATH: process.env.PATH, MLOPS_ACTOR: actor },
    settings: settings.parse({}),
    logger: createLogger({ redactor, level: 'error', sink: () => undefined }),
    redactor,
    credentials: noStoredCredentials,
    permission: connectWithoutAsking,
    inProcess: true,
  });
  onTestFinished(() => workspace.dispose());
  return workspace.models();
}

/** MLmodel of MLflow with columns as inputs. */
export function mlmodel(inputs: readonly { name: string; type: string; required?: boolean }[]): string {
  const columns = inputs.map(({ required = true, ...column }) => ({ ...column, required }));
  return `flavors:
  python_function: {loader_module: mlflow.sklearn}
  sklearn: {sklearn_version: 1.9.1}
signature:
  inputs: '${JSON.stringify(columns)}'
  outputs: '[{"type": "double", "required": true}]'
  params: null
`;
}

/** A register request for a folder of the workspace. */
export function registration(directory: string, parts: Partial<RegisterRequest> = {}): RegisterRequest {
  return {
    directory,
    model: 'churn',
    version: null,
    bump: null,
    run: null,
    description: '',
    tags: {},
    ...parts,
  };
}
