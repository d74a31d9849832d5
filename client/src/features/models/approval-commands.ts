import { env, l10n, type QuickPickItem, Uri, window } from 'vscode';
import type { JudgedApproval } from '#schemas/domain/approval.ts';
import { approveVersion, listApprovals, requestApproval } from '#schemas/protocol/models.ts';
import { commands } from '../../contributions/commands.ts';
import { ClientFailure } from '../../platform/failures.ts';
import type { Handlers } from '../../platform/handlers.ts';
import { askKeyFile, type ChosenVersion } from './pickers.ts';
import { nameOf, selectorOf, type VersionCommandOptions, versionOf } from './version-commands.ts';

/** Commands on the approvals that a promotion needs. */
export function approvalCommands(options: VersionCommandOptions) {
  const { server, pickers, passphrases } = options;

  async function withStage(argument: unknown, work: (chosen: ChosenVersion, stage: string) => Promise<void>) {
    const chosen = await versionOf(options, argument, ({ archived }) => !archived);
    const stage = chosen && (await pickers.approvedStage(chosen.folder, chosen.version.model));
    if (chosen && stage !== undefined) await work(chosen, stage);
  }

  return {
    [commands.showApprovals]: (argument) =>
      withStage(argument, async (chosen, stage) => {
        const name = nameOf(chosen);
        const change = { folder: chosen.folder, ...selectorOf(chosen.version), stage };
        const { needed, valid, approvals, directory } = await server.request(listApprovals, change);
        if (approvals.length === 0) {
          throw new ClientFailure(
            'not-found',
            l10n.t('Nobody approved {0} for {1} yet; approvals needed: {2}.', name, stage, needed),
            l10n.t('“Ask for Approval of Promotion” writes a request that can be sent to approvers.'),
          );
        }
        const title = l10n.t('{0} for {1}: {2} of {3} approvals', name, stage, valid, needed);
        const placeHolder = l10n.t('Open the file of an approval');
        const picked = await window.showQuickPick(
          approvals.map((approval) => approvalItem(approval, env.language)),
          { title, placeHolder },
        );
        if (picked) await window.showTextDocument(Uri.joinPath(Uri.file(directory), picked.file), { preview: true });
      }),
    [commands.requestApproval]: (argument) =>
      withStage(argument, async (chosen, stage) => {
        const comment = await window.showInputBox({
          title: l10n.t('Ask for Approval of {0}', nameOf(chosen)),
          prompt: l10n.t('What approvers should know'),
        });
        if (comment === undefined) return;
        const { file } = await server.request(requestApproval, {
          ...{ folder: chosen.folder, ...selectorOf(chosen.version), stage },
          comment: comment.trim() === '' ? null : comment.trim(),
        });
        await window.showTextDocument(Uri.file(file), { preview: true });
      }),
    [commands.approveVersion]: (argument) =>
      withStage(argument, async (chosen, stage) => {
        const key = await askKeyFile();
        if (key === undefined) return;
        const change = { folder: chosen.folder, ...selectorOf(chosen.version), stage, key };
        const approved = await passphrases.using(key, (passphrase) =>
          server.request(approveVersion, { ...change, passphrase }),
        );
        if (!approved) return;
        const { approver, valid, needed } = approved;
        const open = l10n.t('Open File');
        const answer = await window.showInformationMessage(
          l10n.t('{0} approved {1} for {2}: {3} of {4} approvals.', approver, nameOf(chosen), stage, valid, needed),
          open,
        );
        if (answer === open) await window.showTextDocument(Uri.file(approved.file), { preview: true });
      }),
  } satisfies Partial<Handlers<(typeof commands)[keyof typeof commands]>>;
}

/** An approval as a list shows it: whose it is, and what it is worth today. */
export function approvalItem(
  { file, approver, expiresAt, void: problem }: JudgedApproval,
  locale: string,
): QuickPickItem & { readonly file: string } {
  const until = expiresAt === null ? '' : new Intl.DateTimeFormat(locale, { dateStyle: 'medium' }).format(expiresAt);
  return {
    file,
    label: `$(${problem ? 'circle-slash' : 'pass'}) ${approver ?? l10n.t('unknown')}`,
    description: problem ? l10n.t('does not count: {0}', problem.detail) : l10n.t('counts until {0}', until),
    detail: file,
  };
}
