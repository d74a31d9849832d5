import { l10n, Uri, window } from 'vscode';
import type { AuditEntry } from '#schemas/domain/audit.ts';
import { listAudit, signAuditLog, verifyAudit } from '#schemas/protocol/models.ts';
import { commands } from '../../contributions/commands.ts';
import type { Handlers } from '../../platform/handlers.ts';
import type { ReadOnlyTexts } from '../../platform/read-only-texts.ts';
import type { Server } from '../../platform/server-connection.ts';
import type { RegistryModel } from './model.ts';
import type { Passphrases } from './passphrases.ts';
import { askKeyFile, type RegistryPickers } from './pickers.ts';

export interface AuditCommandOptions {
  readonly server: Pick<Server, 'request'>;
  readonly model: RegistryModel;
  readonly pickers: RegistryPickers;
  readonly texts: ReadOnlyTexts;
  readonly passphrases: Passphrases;
}

const mostEntries = 500;

/** Commands on the audit log of a registry. */
export function auditCommands({ server, model, pickers, texts, passphrases }: AuditCommandOptions) {
  return {
    [commands.showAuditLog]: async (argument) => {
      const node = model.nodeOf(argument);
      const folder = node && 'folder' in node ? node.folder : await pickers.folder();
      if (folder === undefined) return;
      const target = targetOf(node);
      const { entries, total } = await server.request(listAudit, { folder, target, count: mostEntries });
      const content = auditText(entries, { total, target });
      await texts.show(`${target ?? l10n.t('audit log')} audit.md`, content);
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

/** The log as Markdown, newest first. */
export function auditText(
  entries: readonly AuditEntry[],
  { total, target }: { readonly total: number; readonly target: string | null },
): string {
  const cell = (text: string) => text.replaceAll('|', '\\|').replaceAll(/\s+/g, ' ');
  const title = target === null ? l10n.t('Audit log') : l10n.t('Audit log of {0}', target);
  const lines = entries.map(({ seq, time, actor, action, target: of, after, reason }) =>
    [seq, new Date(time).toISOString(), actor, action, of, changed(after), reason ?? '']
      .map((part) => cell(String(part)))
      .join(' | '),
  );
  const more = total > entries.length ? ['', l10n.t('{0} older entries are not shown.', total - entries.length)] : [];
  return [
    `# ${title}`,
    '',
    `| # | ${l10n.t('Time')} | ${l10n.t('Who')} | ${l10n.t('Action')} | ${l10n.t('Of')} | ${l10n.t('Change')} | ${l10n.t('Reason')} |`,
    '| --- | --- | --- | --- | --- | --- | --- |',
    ...lines.map((line) => `| ${line} |`),
    ...more,
    '',
  ].join('\n');
}

function changed(after: AuditEntry['after']): string {
  if (typeof after !== 'object' || after === null || Array.isArray(after)) return '';
  return Object.entries(after)
    .map(([key, value]) => `${key}: ${typeof value === 'string' ? value.slice(0, 16) : JSON.stringify(value)}`)
    .join('; ');
}
