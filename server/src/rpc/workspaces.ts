import { fileURLToPath } from 'node:url';
import type { Settings } from '#schemas/protocol/workspace.ts';
import { FailureError } from '../platform/failure.ts';
import type { Logger } from '../platform/log.ts';
import type { Redactor } from '../platform/redact.ts';
import type { OriginPermission, StoredCredentials } from '../security/ports.ts';
import { openWorkspace, type Workspace, type WorkspaceOptions } from '../workspace.ts';

interface WorkspacesOptions {
  readonly environment: () => { env: Readonly<Record<string, string | undefined>>; settings: Settings };
  readonly trusted: () => boolean;
  readonly logger: Logger;
  readonly redactor: Redactor;
  readonly credentials: StoredCredentials;
  readonly permission: OriginPermission;
  readonly showNotice: NonNullable<WorkspaceOptions['showNotice']>;
  readonly onChanged: (folder: string) => void;
}

/** The open workspaces of a window, by the `file:` URI of their folder. */
export interface Workspaces {
  get(folder: string): Promise<Workspace>;
  onOpened(listener: (folder: string, workspace: Workspace) => void): void;
  forget(origin: string): Promise<void>;
  /** Closes all; each opens anew when it is asked for. */
  reset(): Promise<void>;
  dispose(): Promise<void>;
}

export function createWorkspaces(options: WorkspacesOptions): Workspaces {
  const open = new Map<string, Promise<Workspace>>();
  const listeners: ((folder: string, workspace: Workspace) => void)[] = [];

  const openFolder = async (folder: string): Promise<Workspace> => {
    const workspace = await openWorkspace({
      ...options.environment(),
      folder: folderPath(folder),
      trusted: options.trusted(),
      logger: options.logger,
      redactor: options.redactor,
      credentials: options.credentials,
      permission: {
        // The client knows a folder by its URI.
        allowed: (request, signal) => options.permission.allowed({ ...request, folder }, signal),
      },
      watch: true,
      showNotice: options.showNotice,
    });
    workspace.onDidChange(() => options.onChanged(folder));
    for (const listener of listeners) listener(folder, workspace);
    return workspace;
  };

  const closeAll = async (): Promise<string[]> => {
    const folders = [...open.keys()];
    const closing = [...open.values()];
    open.clear();
    await Promise.allSettled(closing.map(async (workspace) => (await workspace).dispose()));
    return folders;
  };

  return {
    get(folder) {
      const known = open.get(folder);
      if (known !== undefined) return known;
      const opening = openFolder(folder);
      open.set(folder, opening);
      opening.catch(() => {
        if (open.get(folder) === opening) open.delete(folder);
      });
      return opening;
    },
    onOpened: (listener) => listeners.push(listener),
    async forget(origin) {
      await Promise.allSettled([...open.values()].map(async (workspace) => (await workspace).forget(origin)));
    },
    async reset() {
      for (const folder of await closeAll()) options.onChanged(folder);
    },
    async dispose() {
      await closeAll();
    },
  };
}

function folderPath(folder: string): string {
  try {
    return fileURLToPath(folder);
  } catch (cause) {
    throw new FailureError('unsupported', `Only folders on disk can be opened, not ${folder}.`, { cause });
  }
}
