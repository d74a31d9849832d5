import { l10n, Uri, window } from 'vscode';
import { signAuditLog, verifyAudit } from '#schemas/protocol/models.ts';
import { commands } from '../../contributions/commands.ts';
import type { Handlers } from '../../platform/handlers.ts';
import type { Server } from '../../platform/server-connection.ts';
import type { PanelManager } from '../../webview/panel-manager.ts';
import type { RegistryModel } from './model.ts';
import type { Passphrases } from './passphrases.ts';
import { askKeyFile, type RegistryPickers } from './pickers.ts';

export interface AuditCommandOptions {
  readonly server: Pick<Server, 'request'>;
  readonly model: RegistryModel;
  readonly pickers: RegistryPickers;
  readonly panels: Pick<PanelManager, 'open'>;
  readonly passphrases: Passphrases;
}

/** Commands on the audit log of a registry. */
export function auditCommands({ server, model, pickers, panels, passphrases }: AuditCommandOptions) {
  return {
    [commands.showAuditLog]: async (argument) => {
      const node = model.nodeOf(argument);
      const folder = node && 'folder' in node ? node.folder : await pickers.folder();
      if (folder === undefined) return;
      panels.open({ panel: 'audit', folder, target: targetOf(node) });
    },
    [commands.verifyAuditLog]: async () => {
      const folder = await pickers.folder();
      if (folder === undefined) return;
      const { intact, detail, warnings } = await server.request(verifyAudit, { folder });
      const told = [detail, ...warnings].join(' ');
      await (intact ? window.showInformationMessage(told) : window.showErrorMessage(told));
    },
    [commands.signAuditLog]: async () => {
      const folder = await pickers.folder();
      const key = folder === undefined ? undefined : await askKeyFile();
      if (folder === undefined || key === undefined) return;
      const signed = await passphrases.using(key, (passphrase) =>
        server.request(signAuditLog, { folder, key, passphrase }),
      );
      if (!signed) return;
      const open = l10n.t('Open File');
      const told =
        signed.signer === null
          ? l10n.t('Entry {0} is signed, by a key that is no member’s: who verifies has to name it.', signed.seq)
          : l10n.t('Entry {0} is signed by {1}. Commit the file, so that others have it.', signed.seq, signed.signer);
      const answer = await window.showInformationMessage(told, open);
      if (answer === open) await window.showTextDocument(Uri.file(signed.file), { preview: true });
    },
  } satisfies Partial<Handlers<(typeof commands)[keyof typeof commands]>>;
}

function targetOf(node: ReturnType<RegistryModel['nodeOf']>): string | null {
  if (node?.kind === 'model') return node.model.name;
  return node?.kind === 'version' ? `${node.version.model}@${node.version.version}` : null;
}
