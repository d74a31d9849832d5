import { l10n, type QuickPickItem, Uri, window } from 'vscode';
import type { ModelVersion } from '#schemas/domain/model-version.ts';
import { listStages } from '#schemas/protocol/models.ts';
import type { ResultOf } from '#schemas/protocol/request.ts';
import { ClientFailure } from '../../platform/failures.ts';
import type { Server } from '../../platform/server-connection.ts';
import { readModels, readVersions } from './lists.ts';

/** One version of a folder’s registry. */
export interface ChosenVersion {
  readonly folder: string;
  readonly version: ModelVersion;
}

export interface RegistryPickerOptions {
  readonly server: Pick<Server, 'request'>;
  readonly folders: () => readonly { readonly uri: string; readonly name: string }[];
}

interface VersionQuestion {
  readonly of?: { readonly folder: string; readonly model: string } | undefined;
  readonly suits?: ((version: ModelVersion) => boolean) | undefined;
}

/** Who looks for one of more types some of its name. */
const mostPicks = 5_000;

/** Asks what a command is about, where it was not called on an item. Undefined: the person turned away. */
export class RegistryPickers {
  private readonly options: RegistryPickerOptions;

  constructor(options: RegistryPickerOptions) {
    this.options = options;
  }

  async folder(): Promise<string | undefined> {
    const folders = this.options.folders();
    if (folders.length < 2) return folders[0]?.uri;
    const picks = folders.map(({ uri, name }) => ({ label: name, uri }));
    return (await window.showQuickPick(picks, { placeHolder: l10n.t('Folder whose registry it is') }))?.uri;
  }

  async model(folder: string): Promise<string | undefined> {
    const query = { folder, text: '', archived: true };
    const picks = readModels(this.options.server, query, mostPicks).then(({ models }) => {
      if (models.length === 0) {
        throw new ClientFailure(
          'not-found',
          l10n.t('This registry has no models yet.'),
          l10n.t('Register a folder with a model first.'),
        );
      }
      return models.map(({ name, latest }) => ({ label: name, description: latest.version }));
    });
    return (await window.showQuickPick(picks, { placeHolder: l10n.t('Model') }))?.label;
  }

  /** A version that suits the command: of one model where the command knows it, else of one that the person chooses. */
  async version(
    placeHolder: string,
    { of, suits = () => true }: VersionQuestion = {},
  ): Promise<ChosenVersion | undefined> {
    const folder = of?.folder ?? (await this.folder());
    if (folder === undefined) return undefined;
    const model = of?.model ?? (await this.model(folder));
    if (model === undefined) return undefined;
    const query = { folder, model, text: '', archived: true };
    const picks = readVersions(this.options.server, query, mostPicks).then(({ versions }) => {
      const suitable = versions.filter(suits);
      if (suitable.length === 0) {
        throw new ClientFailure('not-found', l10n.t('{0} has no version that this can be done with.', model));
      }
      return suitable.map((version) => ({ label: version.version, description: describe(version), version }));
    });
    const picked = await window.showQuickPick(picks, { title: model, placeHolder, matchOnDescription: true });
    return picked && { folder, version: picked.version };
  }

  async stage(folder: string, model: string): Promise<string | undefined> {
    const { stages } = await this.options.server.request(listStages, { folder, model });
    return askStage(model, stages);
  }

  /** A stage that asks for approvals; where only one does, that. */
  async approvedStage(folder: string, model: string): Promise<string | undefined> {
    const { stages } = await this.options.server.request(listStages, { folder, model });
    const [only, ...others] = stages.filter(({ approvals }) => approvals > 0);
    if (!only) {
      throw new ClientFailure(
        'input',
        l10n.t('No stage of {0} asks for approvals.', model),
        l10n.t('Its Model document says how many a stage needs, as in “approvals: 2”.'),
      );
    }
    return others.length === 0 ? only.name : askStage(model, [only, ...others]);
  }

  async reason(title: string): Promise<string | undefined> {
    const reason = await window.showInputBox({
      title,
      prompt: l10n.t('Why? The audit log keeps it.'),
      validateInput: (text) => (text.trim() === '' ? l10n.t('A reason is needed.') : undefined),
    });
    return reason?.trim();
  }
}

async function askStage(model: string, stages: ResultOf<typeof listStages>['stages']): Promise<string | undefined> {
  const picks = stages.map(({ name, approvals, alias }): QuickPickItem => {
    const asked = approvals === 0 ? [] : [approvals === 1 ? l10n.t('1 approval') : l10n.t('{0} approvals', approvals)];
    return { label: name, description: [...asked, ...(alias === null ? [] : [`@${alias}`])].join(' · ') };
  });
  return (await window.showQuickPick(picks, { title: model, placeHolder: l10n.t('Stage') }))?.label;
}

/** Asks for a private key in a PEM file. */
export async function askKeyFile(): Promise<string | undefined> {
  const [file] =
    (await window.showOpenDialog({
      title: l10n.t('Your Private Key'),
      openLabel: l10n.t('Use Key'),
      filters: { [l10n.t('PEM files')]: ['pem', 'key'], [l10n.t('All files')]: ['*'] },
    })) ?? [];
  return file instanceof Uri ? file.fsPath : undefined;
}

function describe({ stage, aliases, archived }: ModelVersion): string {
  const parts = [stage, ...aliases.map((alias) => `@${alias}`), archived ? l10n.t('archived') : null];
  return parts.filter((part) => part !== null).join(' · ');
}
