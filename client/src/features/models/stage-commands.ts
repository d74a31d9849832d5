import { l10n, window } from 'vscode';
import { changeStage, planStage, type StageProposal } from '#schemas/protocol/models.ts';
import { commands } from '../../contributions/commands.ts';
import type { Handlers } from '../../platform/handlers.ts';
import type { ChosenVersion } from './pickers.ts';
import { nameOf, selectorOf, type VersionCommandOptions, versionOf } from './version-commands.ts';

/** Commands that move versions between stages. */
export function stageCommands(options: VersionCommandOptions) {
  const { server, pickers } = options;

  async function go(chosen: ChosenVersion, stage: string | null, action: StageProposal['action']): Promise<void> {
    const change = { folder: chosen.folder, ...selectorOf(chosen.version), stage, action };
    const plan = await server.request(planStage, change);
    if (!(await agreed(plan))) return;
    const reason = action === 'rollback' ? await pickers.reason(l10n.t('Roll Back to {0}', nameOf(chosen))) : null;
    if (reason === undefined) return;
    await server.request(changeStage, { ...change, stage: plan.stage, reason, seen: plan.steps });
    window.setStatusBarMessage(`$(rocket) ${l10n.t('{0} is in {1}', nameOf(chosen), plan.stage)}`, 5000);
  }

  async function withStage(argument: unknown, work: (chosen: ChosenVersion, stage: string) => Promise<void>) {
    const chosen = await versionOf(options, argument, ({ archived }) => !archived);
    const stage = chosen && (await pickers.stage(chosen.folder, chosen.version.model));
    if (chosen && stage !== undefined) await work(chosen, stage);
  }

  return {
    [commands.promoteVersion]: (argument) => withStage(argument, (chosen, stage) => go(chosen, stage, 'promote')),
    [commands.rollBackModel]: async (argument) => {
      const chosen = await versionOf(options, argument, ({ archived }) => !archived);
      if (chosen) await go(chosen, null, 'rollback');
    },
  } satisfies Partial<Handlers<(typeof commands)[keyof typeof commands]>>;
}

/** Shows what would change, and asks; where something stands against it, says what. */
async function agreed({ action, model, version, stage, steps, problems }: StageProposal): Promise<boolean> {
  const name = `${model}@${version}`;
  const lines = steps.map(({ what, before, after }) => `${what}: ${before ?? '–'} → ${after ?? '–'}`);
  if (problems.length > 0) {
    const message =
      action === 'promote'
        ? l10n.t('{0} can’t be promoted to {1}.', name, stage)
        : l10n.t('{0} can’t be rolled back to {1}.', stage, name);
    await window.showWarningMessage(message, {
      modal: true,
      detail: problems.map((problem) => `• ${problem}`).join('\n'),
    });
    return false;
  }
  const go = action === 'promote' ? l10n.t('Promote to {0}', stage) : l10n.t('Roll Back to {0}', version);
  const message =
    action === 'promote' ? l10n.t('Promote {0} to {1}?', name, stage) : l10n.t('Roll {0} back to {1}?', stage, name);
  return (await window.showInformationMessage(message, { modal: true, detail: lines.join('\n') }, go)) === go;
}
