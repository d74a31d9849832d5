import { basename } from 'node:path';
import { l10n, Uri, workspace } from 'vscode';
import { z } from 'zod';
import type { DriftTarget } from '#schemas/protocol/drift.ts';
import { commands } from '../../contributions/commands.ts';
import { ClientFailure } from '../../platform/failures.ts';
import type { Handlers } from '../../platform/handlers.ts';
import type { PanelManager } from '../../webview/panel-manager.ts';
import { askFiles, askMonitor, askReference } from './drift-pickers.ts';

/** What the lens of a Monitor document and an item of the tree say: the file, and the monitor's name where it has several. */
const monitorArguments = z.tuple([z.string().min(1), z.string().nullish()]).rest(z.unknown());

/** Commands that open the drift panel. */
export function driftCommands({ panels }: { readonly panels: Pick<PanelManager, 'open'> }) {
  const show = (near: Uri, target: DriftTarget, title: string) => {
    const folder = workspace.getWorkspaceFolder(near) ?? workspace.workspaceFolders?.[0];
    if (folder) panels.open({ panel: 'drift', folder: folder.uri.toString(), target, title });
  };
  const showFiles = ({ reference, current }: FilePair) =>
    show(
      current,
      { kind: 'files', reference: localPath(reference), current: localPath(current) },
      `${basename(reference.path)} ↔ ${basename(current.path)}`,
    );
  const showMonitor = (file: Uri, name: string | null) =>
    show(file, { kind: 'monitor', file: localPath(file), name }, name ?? basename(file.path));

  return {
    [commands.openDrift]: async (...args) => {
      const named = monitorArguments.safeParse(args);
      if (named.success) {
        const [uri, name] = named.data;
        showMonitor(Uri.parse(uri, true), name ?? null);
        return;
      }
      const monitor = await askMonitor();
      if (monitor === 'files') {
        const files = await askFiles();
        if (files) showFiles(files);
      } else if (monitor) showMonitor(monitor.file, monitor.name);
    },
    [commands.compareData]: async (_clicked, selected) => {
      const chosen = Array.isArray(selected) ? selected.filter((one) => one instanceof Uri) : [];
      const [first, second] = chosen;
      const files = first && second ? await askReference([first, second]) : await askFiles();
      if (files) showFiles(files);
    },
  } satisfies Partial<Handlers<(typeof commands)[keyof typeof commands]>>;
}

interface FilePair {
  readonly reference: Uri;
  readonly current: Uri;
}

/** The path of a file that the server can read. */
export function localPath(uri: Uri): string {
  if (uri.scheme === 'file') return uri.fsPath;
  throw new ClientFailure(
    'unsupported',
    l10n.t('{0} is no file on this machine.', uri.toString(true)),
    l10n.t('Save it first, or download it.'),
  );
}
