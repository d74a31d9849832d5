import { join } from 'node:path';
import { env, l10n, type TreeView, window } from 'vscode';
import { formatBytes } from '#schemas/domain/bytes.ts';
import { type ModelVersion, modelAlias } from '#schemas/domain/model-version.ts';
import {
  archiveVersion,
  deleteVersion,
  downloadVersion,
  setAlias,
  signVersion,
  verifyVersion,
} from '#schemas/protocol/models.ts';
import { commands } from '../../contributions/commands.ts';
import { ClientFailure } from '../../platform/failures.ts';
import type { Handlers } from '../../platform/handlers.ts';
import { withServerProgress } from '../../platform/progress.ts';
import type { Server } from '../../platform/server-connection.ts';
import type { PanelManager } from '../../webview/panel-manager.ts';
import { askDifferentFile, showFileDiff } from './file-diff.ts';
import type { RegistryModel } from './model.ts';
import type { RegistryNode } from './nodes.ts';
import type { Passphrases } from './passphrases.ts';
import { askKeyFile, type ChosenVersion, type RegistryPickers } from './pickers.ts';

export interface VersionCommandOptions {
  readonly server: Pick<Server, 'request'>;
  readonly model: RegistryModel;
  readonly pickers: RegistryPickers;
  readonly passphrases: Passphrases;
  readonly view: TreeView<RegistryNode>;
  readonly panels: PanelManager;
}

/** Versions that a command makes sense for; the picker leaves out the others. */
export type Suits = (version: ModelVersion) => boolean;

/** Commands on one version of a model, called on a tree item or from the palette. */
export function versionCommands(options: VersionCommandOptions) {
  const { server, passphrases } = options;

  /** Runs a command on the version that it was called on, or on one that the person chooses. */
  const onVersion =
    (work: (chosen: ChosenVersion, name: string) => Promise<unknown>, suits?: Suits) =>
    async (argument: unknown): Promise<void> => {
      const chosen = await versionOf(options, argument, suits);
      if (chosen) await work(chosen, nameOf(chosen));
    };
  const change = (archived: boolean) =>
    onVersion(
      async ({ folder, version }, name) => {
        if (archived && !(await confirmArchive(name))) return;
        await server.request(archiveVersion, { ...selectorOf(version), folder, archived });
      },
      (version) => version.archived !== archived,
    );

  return {
    [commands.signVersion]: onVersion(async ({ folder, version }, name) => {
      const key = await askKeyFile();
      if (key === undefined) return;
      const signed = await passphrases.using(key, (passphrase) =>
        server.request(signVersion, { folder, ...selectorOf(version), key, passphrase }),
      );
      if (signed)
        window.setStatusBarMessage(`$(verified) ${l10n.t('{0} is signed by {1}', name, signed.signer)}`, 5000);
    }),
    [commands.verifyVersion]: onVersion(
      async ({ folder, version }, name) => {
        const { valid, detail } = await server.request(verifyVersion, { folder, ...selectorOf(version) });
        const told = l10n.t('{0}: {1}', name, detail);
        await (valid ? window.showInformationMessage(told) : window.showWarningMessage(told));
      },
      ({ signed }) => signed,
    ),
    [commands.setModelAlias]: onVersion(async ({ folder, version }, name) => {
      const alias = await window.showInputBox({
        title: l10n.t('Alias of {0}', name),
        prompt: l10n.t('A name that stands for this version, such as challenger'),
        validateInput: (text) => modelAlias.safeParse(text).error?.issues[0]?.message,
      });
      if (alias === undefined) return;
      await server.request(setAlias, { folder, model: version.model, alias, selector: version.version });
    }),
    [commands.removeModelAlias]: onVersion(
      async ({ folder, version }) => {
        const [only, second] = version.aliases;
        if (only === undefined) throw new ClientFailure('input', l10n.t('This version has no alias.'));
        const alias =
          second === undefined ? only : await window.showQuickPick(version.aliases, { placeHolder: l10n.t('Alias') });
        if (alias !== undefined)
          await server.request(setAlias, { folder, model: version.model, alias, selector: null });
      },
      ({ aliases }) => aliases.length > 0,
    ),
    [commands.archiveVersion]: change(true),
    [commands.unarchiveVersion]: change(false),
    [commands.deleteVersion]: onVersion(async ({ folder, version }, name) => {
      const remove = l10n.t('Delete {0}', name);
      const answer = await window.showWarningMessage(
        l10n.t('Delete {0} from the registry for good?', name),
        { modal: true, detail: l10n.t('Its number stays taken. Other versions keep their files.') },
        remove,
      );
      if (answer === remove) await server.request(deleteVersion, { folder, ...selectorOf(version), confirmed: name });
    }),
    [commands.downloadVersion]: onVersion(async ({ folder, version }, name) => {
      const [place] =
        (await window.showOpenDialog({
          ...{ canSelectFiles: false, canSelectFolders: true },
          title: l10n.t('Folder for {0}', name),
          openLabel: l10n.t('Download Here'),
        })) ?? [];
      if (!place) return;
      const target = join(place.fsPath, `${version.model}-${version.version}`);
      const { files, bytes } = await withServerProgress(l10n.t('Downloading {0}', name), (progress) =>
        server.request(downloadVersion, { folder, ...selectorOf(version), target }, progress),
      );
      window.setStatusBarMessage(l10n.t('Saved {0} files, {1}', files, formatBytes(bytes)), 5000);
    }),
    [commands.copyModelReference]: onVersion(async (_, name) => {
      await env.clipboard.writeText(name);
      window.setStatusBarMessage(l10n.t('Copied {0}', name), 3000);
    }),
    [commands.compareVersions]: async (argument: unknown, selection: unknown) => {
      const pair = await pairOf(options, argument, selection);
      if (pair) options.panels.open({ panel: 'versions', ...pair });
    },
    [commands.compareVersionFiles]: async (argument: unknown, selection: unknown) => {
      const pair = await pairOf(options, argument, selection);
      const file = pair && (await askDifferentFile(server, pair));
      if (pair && file) await showFileDiff(server, { ...pair, ...file });
    },
  } satisfies Partial<Handlers<(typeof commands)[keyof typeof commands]>>;
}

export async function versionOf(
  { model, pickers, view }: Pick<VersionCommandOptions, 'model' | 'pickers' | 'view'>,
  argument: unknown,
  suits?: Suits,
): Promise<ChosenVersion | undefined> {
  const node = model.nodeOf(argument) ?? (argument === undefined ? view.selection[0] : undefined);
  if (node?.kind === 'version') return { folder: node.folder, version: node.version };
  const of = node?.kind === 'model' ? { folder: node.folder, model: node.model.name } : undefined;
  return pickers.version(l10n.t('Version'), { of, suits });
}

export function nameOf({ version }: ChosenVersion): string {
  return `${version.model}@${version.version}`;
}

export function selectorOf({ model, version }: ChosenVersion['version']): { model: string; selector: string } {
  return { model, selector: version };
}

interface Pair {
  readonly folder: string;
  readonly model: string;
  readonly before: string;
  readonly after: string;
}

/** Two versions of one model: those selected, or the one called on and another that the person chooses. */
async function pairOf(
  { model, pickers, view }: VersionCommandOptions,
  argument: unknown,
  selection: unknown,
): Promise<Pair | undefined> {
  const given =
    Array.isArray(selection) && selection.length > 0 ? selection : argument === undefined ? view.selection : [argument];
  const nodes = given.map((value) => model.nodeOf(value)).filter((node) => node?.kind === 'version');
  const [first, second] = nodes;
  const chosen = first ? { folder: first.folder, version: first.version } : await pickers.version(l10n.t('Version'));
  if (!chosen) return undefined;
  const of = { folder: chosen.folder, model: chosen.version.model };
  const suits: Suits = ({ version }) => version !== chosen.version.version;
  const other = second ?? (await pickers.version(l10n.t('Compare with'), { of, suits }));
  if (!other) return undefined;
  if (other.version.model !== chosen.version.model) {
    throw new ClientFailure('input', l10n.t('Versions of two models can’t be compared.'));
  }
  const [newer, older] = other.version.createdAt > chosen.version.createdAt ? [other, chosen] : [chosen, other];
  return { folder: of.folder, model: of.model, before: older.version.version, after: newer.version.version };
}

async function confirmArchive(name: string): Promise<boolean> {
  const archive = l10n.t('Archive {0}', name);
  const detail = l10n.t('It leaves the lists and ranges; its files stay, and it can be taken back.');
  return (await window.showWarningMessage(l10n.t('Archive {0}?', name), { modal: true, detail }, archive)) === archive;
}
