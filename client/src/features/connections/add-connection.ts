import { basename, relative } from 'node:path';
import { l10n, type QuickPickItem, Uri, window, workspace } from 'vscode';
import { originOf } from '../../platform/secrets.ts';

/** What a person wants to be connected to. */
export interface NewConnection {
  readonly folder: Uri;
  readonly uri: string;
  readonly suggestedName: string;
}

type Kind = 'server' | 'sqlite' | 'folder';

/**
 * Asks, step by step, where experiments are; undefined where the person turned away. Paths are written relative to
 * `root`.
 */
export async function askConnection(folder: Uri, root: Uri): Promise<NewConnection | undefined> {
  const kind = await askKind();
  if (!kind) return undefined;
  if (kind === 'server') {
    const url = await askUrl();
    return url === undefined ? undefined : { folder, uri: url, suggestedName: suggestedServerName(url) };
  }
  const file = await askPath(folder, kind);
  if (!file) return undefined;
  return { folder, uri: storeUri(root.fsPath, file.fsPath, kind), suggestedName: 'local' };
}

async function askKind(): Promise<Kind | undefined> {
  const picks: (QuickPickItem & { kindOf: Kind })[] = [
    { label: `$(server) ${l10n.t('MLflow server')}`, description: 'http://…', kindOf: 'server' },
    { label: `$(database) ${l10n.t('MLflow SQLite file')}`, description: 'mlflow.db', kindOf: 'sqlite' },
    { label: `$(folder) ${l10n.t('MLflow folder')}`, description: 'mlruns', kindOf: 'folder' },
  ];
  const picked = await window.showQuickPick(picks, {
    title: l10n.t('Add Connection'),
    placeHolder: l10n.t('Where are the experiments?'),
  });
  return picked?.kindOf;
}

async function askUrl(): Promise<string | undefined> {
  const url = await window.showInputBox({
    title: l10n.t('MLflow Server'),
    prompt: l10n.t('Address of the tracking server, without user name or password'),
    placeHolder: 'http://localhost:5000',
    ignoreFocusOut: true,
    validateInput: (text) => checkServerUrl(text.trim()) ?? undefined,
  });
  return url?.trim();
}

/** Why a text can't be the address of a server; null where it can. */
export function checkServerUrl(text: string): string | null {
  if (text === '') return l10n.t('An address, such as http://localhost:5000');
  if (originOf(text) === null) return l10n.t('An address that begins with http:// or https://');
  const { username, password } = new URL(text);
  if (username !== '' || password !== '') {
    return l10n.t('Leave user name and password out: “Sign In” keeps them safe.');
  }
  return null;
}

async function askPath(folder: Uri, kind: Exclude<Kind, 'server'>): Promise<Uri | undefined> {
  const picked = await window.showOpenDialog({
    defaultUri: folder,
    canSelectFiles: kind === 'sqlite',
    canSelectFolders: kind === 'folder',
    canSelectMany: false,
    title: kind === 'sqlite' ? l10n.t('MLflow SQLite File') : l10n.t('MLflow Folder'),
    openLabel: l10n.t('Add'),
    ...(kind === 'sqlite' ? { filters: { SQLite: ['db', 'sqlite', 'sqlite3'], [l10n.t('All files')]: ['*'] } } : {}),
  });
  return picked?.[0];
}

/** A store's URI in MLflow's words, relative to the folder where it lies in it. */
export function storeUri(folder: string, path: string, kind: Exclude<Kind, 'server'>): string {
  const inside = relative(folder, path).replaceAll('\\', '/');
  const isInside = inside !== '' && !inside.startsWith('..') && !/^[A-Za-z]:/.test(inside);
  if (kind === 'sqlite') return isInside ? `sqlite:///${inside}` : `sqlite:///${path.replaceAll('\\', '/')}`;
  return isInside ? `./${inside}` : Uri.file(path).toString();
}

/** `mlflow.acme.example` → `acme`: a name to begin with. */
export function suggestedServerName(url: string): string {
  const host = URL.parse(url)?.hostname ?? '';
  if (host === 'localhost' || /^[\d.:[\]]+$/.test(host)) return 'local';
  const parts = host.split('.').filter((part) => !['mlflow', 'www', 'tracking'].includes(part));
  return (parts[0] ?? 'team').toLowerCase().replaceAll(/[^a-z0-9-]/g, '-');
}

/** Asks which folder of several; the only one without asking. */
export async function askFolder(): Promise<Uri | undefined> {
  const folders = workspace.workspaceFolders ?? [];
  if (folders.length <= 1) return folders[0]?.uri;
  const picked = await window.showWorkspaceFolderPick({ placeHolder: l10n.t('Folder that it is for') });
  return picked?.uri;
}

export function folderName(folder: Uri): string {
  return basename(folder.fsPath) || 'workspace';
}
