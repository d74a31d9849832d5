import { basename } from 'node:path';
import { l10n, type QuickPickItem, Uri, window, workspace } from 'vscode';
import { modelName } from '#schemas/domain/model-version.ts';
import type { RunRef } from '#schemas/domain/run.ts';
import { listRunModels, proposeVersion, registerModel, registerRunModel } from '#schemas/protocol/models.ts';
import { commands } from '../../contributions/commands.ts';
import { ClientFailure } from '../../platform/failures.ts';
import type { Handlers } from '../../platform/handlers.ts';
import { withServerProgress } from '../../platform/progress.ts';
import type { Server } from '../../platform/server-connection.ts';
import type { ExperimentsModel } from '../experiments/model.ts';
import type { RegistryPickers } from './pickers.ts';

export interface RegisterCommandOptions {
  readonly server: Pick<Server, 'request'>;
  readonly pickers: RegistryPickers;
  readonly experiments: ExperimentsModel;
}

type Bump = 'major' | 'minor' | 'patch';

/** Commands that bring models into the registry. */
export function registerCommands({ server, pickers, experiments }: RegisterCommandOptions) {
  async function fromFolder(directory: Uri): Promise<void> {
    const folder = workspace.getWorkspaceFolder(directory)?.uri.toString() ?? (await pickers.folder());
    const model = folder && (await askName(basename(directory.fsPath)));
    if (!folder || !model) return;
    const proposal = await withServerProgress(l10n.t('Reading {0}', basename(directory.fsPath)), (options) =>
      server.request(proposeVersion, { folder, model, directory: directory.fsPath }, options),
    );
    const bump = await askBump(proposal);
    if (!bump) return;
    const { version, notes } = await withServerProgress(l10n.t('Registering {0}', model), (options) =>
      server.request(registerModel, { folder, model, directory: directory.fsPath, bump }, options),
    );
    tell(`${version.model}@${version.version}`, notes);
  }

  async function fromRun(folder: string, run: RunRef): Promise<void> {
    const { models } = await server.request(listRunModels, { folder, run });
    const [only] = models;
    if (!only) {
      throw new ClientFailure(
        'not-found',
        l10n.t('This run logged no model that could be read.'),
        l10n.t('A model is a folder among its artifacts with a file MLmodel.'),
      );
    }
    const chosen =
      models.length === 1
        ? only
        : await window
            .showQuickPick(
              models.map((model) => ({ label: model.name, description: model.path, model })),
              { placeHolder: l10n.t('Model of the run') },
            )
            .then((picked) => picked?.model);
    const model = chosen && (await askName(chosen.name.split('/').at(-1) ?? ''));
    if (!chosen || !model) return;
    const { version, notes } = await withServerProgress(l10n.t('Registering {0}', model), (options) =>
      server.request(registerRunModel, { folder, model, run, path: chosen.path }, options),
    );
    tell(`${version.model}@${version.version}`, notes);
  }

  return {
    [commands.registerModel]: async (argument) => {
      const directory = argument instanceof Uri ? argument : await askDirectory();
      if (directory) await fromFolder(directory);
    },
    [commands.registerRunModel]: async (argument) => {
      const node = experiments.nodeOf(argument);
      if (node?.kind === 'run') await fromRun(node.folder, node.run.ref);
    },
  } satisfies Partial<Handlers<(typeof commands)[keyof typeof commands]>>;
}

async function askDirectory(): Promise<Uri | undefined> {
  const [first] =
    (await window.showOpenDialog({
      ...{ canSelectFiles: false, canSelectFolders: true },
      title: l10n.t('Folder with the Model'),
      openLabel: l10n.t('Register'),
    })) ?? [];
  return first;
}

function askName(suggested: string): Thenable<string | undefined> {
  return window.showInputBox({
    title: l10n.t('Register Model'),
    prompt: l10n.t('Name of the model in the registry'),
    value: suggested.replaceAll(/[^A-Za-z0-9._-]+/g, '-'),
    validateInput: (text) => modelName.safeParse(text).error?.issues[0]?.message,
  });
}

async function askBump(proposal: {
  readonly proposed: Bump;
  readonly because: readonly string[];
  readonly next: Readonly<Record<Bump, string>>;
  readonly current: string | null;
}): Promise<Bump | undefined> {
  const { proposed, because, next, current } = proposal;
  if (current === null) return 'patch';
  const names: Record<Bump, string> = {
    major: l10n.t('major: something breaks for who uses it'),
    minor: l10n.t('minor: something is new'),
    patch: l10n.t('patch: it is only better'),
  };
  const bumps: readonly Bump[] = [
    proposed,
    ...(['major', 'minor', 'patch'] as const).filter((one) => one !== proposed),
  ];
  const picks = bumps.map((bump): QuickPickItem & { bump: Bump } => ({
    ...{ bump, label: next[bump], description: names[bump] },
    ...(bump === proposed ? { detail: l10n.t('Proposed: {0}', because.join(' ')) } : {}),
  }));
  const picked = await window.showQuickPick(picks, {
    title: l10n.t('Version after {0}', current),
    placeHolder: l10n.t('Which version is it?'),
  });
  return picked?.bump;
}

function tell(name: string, notes: readonly string[]): void {
  if (notes.length === 0) window.setStatusBarMessage(`$(package) ${l10n.t('Registered {0}', name)}`, 5000);
  else void window.showInformationMessage([l10n.t('Registered {0}.', name), ...notes].join(' '));
}
