import { basename } from 'node:path';
import { env, l10n, Uri, window, workspace } from 'vscode';
import { formatBytes } from '#schemas/domain/bytes.ts';
import { exportDrift } from '#schemas/protocol/drift.ts';
import { downloadArtifact, exportTable } from '#schemas/protocol/experiments.ts';
import { exportAudit } from '#schemas/protocol/models.ts';
import {
  copyText,
  openCompare,
  openExternal,
  openRun,
  type PanelState,
  pickSaveFile,
  saveArtifact,
  saveFile,
} from '#schemas/protocol/webview.ts';
import { ClientFailure } from '../platform/failures.ts';
import { withServerProgress } from '../platform/progress.ts';
import { originOf } from '../platform/secrets.ts';
import type { Server } from '../platform/server-connection.ts';
import { type HostRequest, hostRequest } from './panel-host.ts';

export interface HostRequestOptions {
  readonly server: Pick<Server, 'request'>;
  readonly open: (state: PanelState) => void;
}

/** What a panel may ask of the editor. A page can write only where the person said, in a dialog that it caused. */
export function hostRequests({ server, open }: HostRequestOptions): readonly HostRequest[] {
  const pickedPaths = new Set<string>();

  async function pick(suggestedName: string): Promise<Uri | undefined> {
    const folder = workspace.workspaceFolders?.[0]?.uri;
    const name = safeFileName(suggestedName);
    return window.showSaveDialog(folder ? { defaultUri: Uri.joinPath(folder, name) } : {});
  }

  return [
    hostRequest(openCompare, async ({ folder, runs }) => {
      open({ panel: 'compare', folder, runs });
      return {};
    }),
    hostRequest(openRun, async ({ folder, run }) => {
      open({ panel: 'run', folder, run });
      return {};
    }),
    hostRequest(openExternal, async ({ url }) => {
      if (originOf(url) === null) throw new ClientFailure('input', l10n.t('Only web addresses are opened.'));
      await env.openExternal(Uri.parse(url, true));
      return {};
    }),
    hostRequest(copyText, async ({ text }) => {
      await env.clipboard.writeText(text);
      return {};
    }),
    hostRequest(pickSaveFile, async ({ suggestedName }) => {
      const target = await pick(suggestedName);
      if (target) pickedPaths.add(target.fsPath);
      return { path: target?.fsPath ?? null };
    }),
    hostRequest(exportTable, async (params, token) => {
      if (!pickedPaths.delete(params.path)) {
        throw new ClientFailure('input', l10n.t('The table is written only to a file that was chosen for it.'));
      }
      return server.request(exportTable, params, { token });
    }),
    hostRequest(exportAudit, async (params, token) => {
      if (!pickedPaths.delete(params.path)) {
        throw new ClientFailure('input', l10n.t('The log is written only to a file that was chosen for it.'));
      }
      return server.request(exportAudit, params, { token });
    }),
    hostRequest(exportDrift, async (params) => {
      if (!pickedPaths.delete(params.path)) {
        throw new ClientFailure('input', l10n.t('The report is written only to a file that was chosen for it.'));
      }
      const title = l10n.t('Writing {0}', basename(params.path));
      return withServerProgress(title, (options) => server.request(exportDrift, params, options));
    }),
    hostRequest(saveFile, async ({ suggestedName, encoding, data }) => {
      const target = await pick(suggestedName);
      if (!target) return { saved: false };
      await workspace.fs.writeFile(target, Buffer.from(data, encoding));
      return { saved: true };
    }),
    hostRequest(saveArtifact, async ({ folder, run, path }) => {
      const target = await pick(basename(path) || 'artifacts');
      if (!target) return { saved: false };
      const name = basename(path) || l10n.t('artifacts');
      const { files, bytes } = await withServerProgress(l10n.t('Downloading {0}', name), (options) =>
        server.request(downloadArtifact, { folder, run, path, target: target.fsPath }, options),
      );
      window.setStatusBarMessage(l10n.t('Saved {0} files, {1}', files, formatBytes(bytes)), 5000);
      return { saved: true };
    }),
  ];
}

/** A name for a new file, from text that may be anything: no folders, nothing a file system refuses. */
export function safeFileName(text: string): string {
  const name = [...text]
    .map((character) => (/[<>:"/\\|?*]/.test(character) || character < ' ' ? '_' : character))
    .join('')
    .replace(/^\.+/, '')
    .replace(/[. ]+$/, '')
    .slice(0, 120);
  return name === '' ? 'untitled' : name;
}
