import { basename } from 'node:path';
import { l10n, QuickPickItemKind, type Uri, window, workspace } from 'vscode';
import { ClientFailure } from '../../platform/failures.ts';
import { drawnMonitorsIn, type FoundMonitor, monitorsIn } from './find-monitors.ts';
import { monitorFiles } from './scheduled.ts';

const mostFiles = 500;

interface FilePair {
  readonly reference: Uri;
  readonly current: Uri;
}

/** Asks for a Monitor document of the workspace, or for two files instead. */
export async function askMonitor(): Promise<(FoundMonitor & { readonly file: Uri }) | 'files' | undefined> {
  const monitors = await findMonitors(monitorsIn);
  if (monitors.length === 0) return 'files';
  const picks = [
    ...monitors.map(monitorPick),
    { label: '', kind: QuickPickItemKind.Separator, chosen: undefined },
    { label: l10n.t('Compare two files…'), chosen: 'files' as const },
  ];
  const placeHolder = l10n.t('Monitor whose data are compared');
  return (await window.showQuickPick(picks, { placeHolder, matchOnDescription: true }))?.chosen;
}

/** Asks for a Monitor document of the workspace. */
export async function pickMonitor(): Promise<(FoundMonitor & { readonly file: Uri }) | undefined> {
  const monitors = await findMonitors(drawnMonitorsIn);
  if (monitors.length === 0) {
    throw new ClientFailure(
      'not-found',
      l10n.t('No Monitor document of this workspace has anything to draw.'),
      l10n.t('Write one with drift, performance or metrics, in a file such as monitor.mlops.yaml.'),
    );
  }
  const placeHolder = l10n.t('Monitor whose dashboard is made');
  return (await window.showQuickPick(monitors.map(monitorPick), { placeHolder, matchOnDescription: true }))?.chosen;
}

function monitorPick(monitor: FoundMonitor & { readonly file: Uri }) {
  return { label: monitor.name, description: workspace.asRelativePath(monitor.file), chosen: monitor };
}

async function findMonitors(
  find: (text: string) => FoundMonitor[],
): Promise<(FoundMonitor & { readonly file: Uri })[]> {
  const files = await workspace.findFiles(monitorFiles, '**/node_modules/**', mostFiles);
  const found = await Promise.all(
    files.map(async (file) => {
      // What can't be read has no monitor to offer.
      const text = await workspace.fs.readFile(file).then(
        (bytes) => new TextDecoder().decode(bytes),
        () => '',
      );
      return find(text).map((monitor) => ({ ...monitor, file }));
    }),
  );
  return found.flat().sort((a, b) => a.name.localeCompare(b.name));
}

/** Asks for both files, one after the other, so that it is clear which is which. */
export async function askFiles(): Promise<FilePair | undefined> {
  const filters = {
    [l10n.t('Data')]: ['parquet', 'pq', 'csv', 'tsv', 'json', 'jsonl', 'ndjson', 'gz', 'zst'],
    [l10n.t('All files')]: ['*'],
  };
  const [reference] =
    (await window.showOpenDialog({
      title: l10n.t('Reference: What the Model Was Made For'),
      openLabel: l10n.t('Use as Reference'),
      filters,
    })) ?? [];
  if (!reference) return undefined;
  const [current] =
    (await window.showOpenDialog({
      title: l10n.t('Current Data: What the Model Sees Now'),
      openLabel: l10n.t('Compare with {0}', basename(reference.path)),
      filters,
    })) ?? [];
  return current && { reference, current };
}

/** Asks which of two files is the reference. */
export async function askReference(files: readonly [Uri, Uri]): Promise<FilePair | undefined> {
  const [first, second] = files;
  const pick = (reference: Uri, current: Uri) => ({
    label: basename(reference.path),
    description: l10n.t('compared with {0} as the current data', basename(current.path)),
    detail: workspace.asRelativePath(reference),
    pair: { reference, current },
  });
  const chosen = await window.showQuickPick([pick(first, second), pick(second, first)], {
    title: l10n.t('Which one is the reference: what the model was made for?'),
    placeHolder: l10n.t('The panel can swap them'),
  });
  return chosen?.pair;
}
