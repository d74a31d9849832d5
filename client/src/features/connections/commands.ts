import { ConfigurationTarget, env, l10n, Uri, window, workspace } from 'vscode';
import { collectDiagnostics, credentialsChanged } from '#schemas/protocol/workspace.ts';
import { commands } from '../../contributions/commands.ts';
import { settingsSection } from '../../contributions/settings.ts';
import { ClientFailure } from '../../platform/failures.ts';
import type { Handlers } from '../../platform/handlers.ts';
import type { OriginPermissions } from '../../platform/permissions.ts';
import type { CredentialStore } from '../../platform/secrets.ts';
import type { Server } from '../../platform/server-connection.ts';
import type { ExperimentsModel } from '../experiments/model.ts';
import { askConnection, askFolder, type NewConnection } from './add-connection.ts';
import { configurationRoot, openConfigurationFile, usedNames, writeTracking } from './configuration-file.ts';
import type { ConnectionsModel } from './model.ts';
import { askCredential, askOrigin } from './sign-in.ts';
import type { ConnectionsTree } from './tree.ts';

export interface ConnectionCommandOptions {
  readonly server: Pick<Server, 'request' | 'notify'>;
  readonly model: ConnectionsModel;
  readonly tree: ConnectionsTree;
  readonly experiments: ExperimentsModel;
  readonly credentials: CredentialStore;
  readonly permissions: OriginPermissions;
  /** Of extension and editor, a line each, for a bug report. */
  readonly versions: () => string[];
  /** What was added, signed in to or allowed shows up everywhere. */
  readonly refresh: () => void;
}

export function connectionCommands(options: ConnectionCommandOptions) {
  const { server, model, tree, credentials, permissions, versions, refresh } = options;

  /** The connection that an item of either view is about. */
  function subjectOf(
    argument: unknown,
  ): { folder: string; origin: string | null; name: string; uri: string } | undefined {
    const node = model.nodeOf(argument) ?? options.experiments.nodeOf(argument);
    if (!node || !('connection' in node) || !node.connection) return undefined;
    const { origin, name, uri } = node.connection;
    return { folder: node.folder, origin, name, uri };
  }

  async function remoteOrigins(): Promise<string[]> {
    const nodes = await model.list();
    return [...new Set(nodes.map(({ connection }) => connection.origin).filter((origin) => origin !== null))];
  }

  return {
    [commands.refreshConnections]: () => tree.refresh(),
    [commands.addConnection]: async () => {
      const folder = await askFolder();
      const connection = folder && (await askConnection(folder, await configurationRoot(folder)));
      if (!connection || !(await addConnection(connection))) return;
      refresh();
    },
    [commands.signIn]: async (argument) => {
      const origin = subjectOf(argument)?.origin ?? (await askOrigin(await remoteOrigins(), l10n.t('Sign In')));
      const credential = origin && (await askCredential(origin));
      if (!credential) return;
      // The change of the secret tells the server; see main.ts.
      await credentials.set(origin, credential);
      window.setStatusBarMessage(l10n.t('Signed in to {0}', origin), 5000);
    },
    [commands.signOut]: async (argument) => {
      const known = await credentials.origins();
      const given = subjectOf(argument)?.origin;
      if (known.length === 0 || (given && !known.includes(given))) {
        window.showInformationMessage(l10n.t('You are not signed in there.'));
        return;
      }
      const origin = given ?? (await window.showQuickPick(known, { title: l10n.t('Sign Out') }));
      if (!origin) return;
      await credentials.delete(origin);
      window.setStatusBarMessage(l10n.t('Signed out of {0}', origin), 5000);
    },
    [commands.allowOrigin]: async (argument) => {
      const subject = subjectOf(argument);
      const folder = subject?.folder ?? (await askFolder())?.toString();
      const origin =
        subject?.origin ?? (await askOrigin(await remoteOrigins(), l10n.t('Allow This Folder to Connect')));
      if (!folder || !origin) return;
      const allow = l10n.t('Allow');
      const answer = await window.showWarningMessage(
        l10n.t('Allow the folder “{0}” to connect to {1}?', folderLabel(folder), origin),
        { modal: true, detail: l10n.t('Its configuration decides what is asked of that server.') },
        allow,
      );
      if (answer !== allow) return;
      await permissions.set({ folder, origin }, 'allow');
      await server.notify(credentialsChanged, { origin });
      refresh();
    },
    [commands.openConfiguration]: async (argument) => {
      const folder = model.nodeOf(argument)?.folder ?? subjectOf(argument)?.folder;
      const target = folder === undefined ? await askFolder() : Uri.parse(folder, true);
      if (target) await openConfigurationFile(target);
    },
    [commands.collectDiagnostics]: async () => {
      const folder = await askFolder();
      if (!folder) throw new ClientFailure('input', l10n.t('Open a folder first.'));
      const { text } = await server.request(collectDiagnostics, { folder: folder.toString(), client: versions() });
      await window.showTextDocument(await workspace.openTextDocument({ language: 'markdown', content: text }));
    },
    [commands.copyConnectionUri]: async (argument) => {
      const uri = subjectOf(argument)?.uri;
      if (uri !== undefined) await env.clipboard.writeText(uri);
    },
  } satisfies Partial<Handlers<(typeof commands)[keyof typeof commands]>>;
}

/** Asks where to keep a connection and writes it there; false where the person turned away. */
async function addConnection({ folder, uri, suggestedName }: NewConnection): Promise<boolean> {
  const place = await window.showQuickPick(
    [
      {
        label: 'mlops.yaml',
        description: l10n.t('in the folder, for everyone who works on it'),
        place: 'file' as const,
      },
      {
        label: l10n.t('Settings'),
        description: l10n.t('of this workspace, as mlops.tracking.uri, in place of all others'),
        place: 'settings' as const,
      },
    ],
    { title: l10n.t('Add Connection'), placeHolder: l10n.t('Where to keep it') },
  );
  if (!place) return false;
  if (place.place === 'settings') {
    await workspace.getConfiguration(settingsSection).update('tracking.uri', uri, ConfigurationTarget.Workspace);
    return true;
  }
  const used = await usedNames(folder);
  const name = await window.showInputBox({
    title: l10n.t('Add Connection'),
    prompt: l10n.t('Name of the connection; runs are named after it'),
    value: freeName(suggestedName, used),
    validateInput: (text) => checkName(text.trim(), used) ?? undefined,
  });
  if (name === undefined) return false;
  await writeTracking(folder, { name: name.trim(), uri });
  return true;
}

/** Why a text can't be a connection's name; null where it can. It is a part of `tracker/runId`. */
export function checkName(text: string, used: readonly string[]): string | null {
  if (!/^[A-Za-z0-9][\w.-]*$/.test(text)) return l10n.t('Letters, digits, “-”, “_” and “.”');
  if (used.includes(text)) return l10n.t('mlops.yaml has a connection of that name.');
  return null;
}

/** `local`, or `local-2` where that is taken. */
export function freeName(wanted: string, used: readonly string[]): string {
  if (!used.includes(wanted)) return wanted;
  for (let number = 2; ; number += 1) {
    const name = `${wanted}-${number}`;
    if (!used.includes(name)) return name;
  }
}

/** A folder's name as the window shows it. */
export function folderLabel(folder: string): string {
  const uri = Uri.parse(folder, true);
  return workspace.getWorkspaceFolder(uri)?.name ?? uri.fsPath;
}
