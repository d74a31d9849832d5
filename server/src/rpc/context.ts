import type { Settings } from '#schemas/protocol/workspace.ts';
import type { Redactor } from '../platform/redact.ts';
import type { Workspace } from '../workspace.ts';
import type { Rpc } from './register.ts';

/** What handlers of the backend work with. */
export interface BackendContext extends Rpc {
  readonly redactor: Redactor;
  readonly env: Readonly<Record<string, string | undefined>>;
  settings(): Settings;
  /** The workspace of a folder, by its `file:` URI; opened on first use. Fails with `untrusted` before trust is given. */
  workspace(folder: string): Promise<Workspace>;
  /** Called whenever a folder's workspace was opened, before its first answer. */
  onWorkspaceOpened(listener: (folder: string, workspace: Workspace) => void): void;
}
