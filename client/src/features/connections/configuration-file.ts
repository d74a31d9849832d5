import { l10n, Range, Uri, WorkspaceEdit, window, workspace } from 'vscode';
import { ClientFailure } from '../../platform/failures.ts';
import { folderName } from './add-connection.ts';
import type { TrackingEntry } from './tracking-yaml.ts';

const fileName = 'mlops.yaml';

/**
 * The `mlops.yaml` that holds for a folder, found as the server finds it: the nearest one upwards within the repository;
 * outside of one, and where there is none, the folder's own, to be made.
 */
async function configurationFile(folder: Uri): Promise<Uri> {
  const own = Uri.joinPath(folder, fileName);
  let nearest: Uri | undefined;
  for (let current = folder; ; current = Uri.joinPath(current, '..')) {
    const file = Uri.joinPath(current, fileName);
    if (!nearest && (await exists(file))) nearest = file;
    if (await exists(Uri.joinPath(current, '.git'))) return nearest ?? own;
    if (isRoot(current)) return own;
  }
}

/** The folder that relative paths of the configuration start from. */
export async function configurationRoot(folder: Uri): Promise<Uri> {
  return Uri.joinPath(await configurationFile(folder), '..');
}

function isRoot(folder: Uri): boolean {
  return Uri.joinPath(folder, '..').path === folder.path;
}

/** Opens `mlops.yaml`, and makes one to begin with where there is none. */
export async function openConfigurationFile(folder: Uri): Promise<void> {
  const file = await configurationFile(folder);
  if (!(await exists(file))) {
    const { newWorkspaceYaml } = await import('./tracking-yaml.ts');
    await workspace.fs.writeFile(file, Buffer.from(newWorkspaceYaml(folderName(folder))));
  }
  await window.showTextDocument(file);
}

/** Names of trackers that `mlops.yaml` has; none where it can't be read. */
export async function usedNames(folder: Uri): Promise<string[]> {
  const file = await configurationFile(folder);
  if (!(await exists(file))) return [];
  const { trackingNames } = await import('./tracking-yaml.ts');
  const document = await workspace.openTextDocument(file);
  try {
    return trackingNames(document.getText());
  } catch {
    return [];
  }
}

/** Writes an entry into `mlops.yaml`, through the editor, so that it can be undone, and saves it. */
export async function writeTracking(folder: Uri, entry: TrackingEntry): Promise<void> {
  const { addTracking } = await import('./tracking-yaml.ts');
  const file = await configurationFile(folder);
  if (!(await exists(file))) await workspace.fs.writeFile(file, new Uint8Array());
  const document = await workspace.openTextDocument(file);
  const before = document.getText();
  const edit = new WorkspaceEdit();
  const whole = new Range(document.positionAt(0), document.positionAt(before.length));
  edit.replace(
    file,
    whole,
    withoutSyntaxError(() => addTracking(before, entry, folderName(folder))),
  );
  if (!(await workspace.applyEdit(edit)) || !(await document.save())) {
    throw new ClientFailure('input', l10n.t('mlops.yaml could not be written.'), l10n.t('Is it read-only?'));
  }
  await window.showTextDocument(document, { preview: true });
}

function withoutSyntaxError(edit: () => string): string {
  try {
    return edit();
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new ClientFailure(
      'input',
      l10n.t('mlops.yaml has errors, so nothing was added to it.'),
      l10n.t('Mend what the Problems panel shows, then try again.'),
    );
  }
}

async function exists(file: Uri): Promise<boolean> {
  return workspace.fs.stat(file).then(
    () => true,
    () => false,
  );
}
