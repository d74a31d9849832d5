import { l10n, commands as registry, Uri, window } from 'vscode';
import { compareVersions, type FileChange, versionFile } from '#schemas/protocol/models.ts';
import { openFileDiff } from '#schemas/protocol/webview.ts';
import { ClientFailure } from '../../platform/failures.ts';
import type { Server } from '../../platform/server-connection.ts';
import { type HostRequest, hostRequest } from '../../webview/panel-host.ts';

/** Two versions of a model. */
interface VersionPair {
  readonly folder: string;
  readonly model: string;
  readonly before: string;
  readonly after: string;
}

/** One file of them, and how it differs. */
export interface DifferentFile {
  readonly path: string;
  readonly change: FileChange;
}

/** Asks for one of the files that are not the same in two versions. */
export async function askDifferentFile(
  server: Pick<Server, 'request'>,
  pair: VersionPair,
): Promise<DifferentFile | undefined> {
  const words = { same: '', changed: l10n.t('changed'), added: l10n.t('added'), removed: l10n.t('removed') };
  const picks = server.request(compareVersions, pair).then(({ files }) => {
    const different = files.filter(({ differs }) => differs);
    if (different.length === 0) {
      throw new ClientFailure('not-found', l10n.t('All files of {0} and {1} are the same.', pair.before, pair.after));
    }
    return different.map(({ name, change }) => ({ label: name, description: words[change], change }));
  });
  const title = `${pair.model} ${pair.before} ↔ ${pair.after}`;
  const picked = await window.showQuickPick(picks, { title, placeHolder: l10n.t('File') });
  return picked && { path: picked.label, change: picked.change };
}

/** Shows how a file differs between two versions, in the editor's own diff; where only one has it, that one. */
export async function showFileDiff(
  server: Pick<Server, 'request'>,
  { folder, model, before, after, path, change }: VersionPair & DifferentFile,
): Promise<void> {
  const fileOf = async (selector: string) =>
    Uri.file((await server.request(versionFile, { folder, model, selector, path })).file);
  if (change === 'added' || change === 'removed') {
    await registry.executeCommand('vscode.open', await fileOf(change === 'added' ? after : before));
    return;
  }
  const [left, right] = await Promise.all([fileOf(before), fileOf(after)]);
  await registry.executeCommand('vscode.diff', left, right, `${path} (${model} ${before} ↔ ${after})`);
}

/** What the panel of two versions may ask of the editor. */
export function fileDiffRequest(server: Pick<Server, 'request'>): HostRequest {
  return hostRequest(openFileDiff, async (file) => {
    await showFileDiff(server, file);
    return {};
  });
}
