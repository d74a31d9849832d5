import { EventEmitter, type FileDecoration, type FileDecorationProvider, l10n, ThemeColor, type Uri } from 'vscode';
import type { TreeRun } from '#schemas/protocol/experiments.ts';

const runScheme = 'mlops-run';

/** A URI that says how a run is to be decorated: as it changes with the run, nothing else has to tell VS Code. */
export function decoratedRun(folder: string, { ref, marks, deleted }: TreeRun): string {
  const flags = [marks.starred && 'starred', marks.hidden && 'hidden', deleted && 'deleted'].filter(Boolean).join(',');
  const path = [folder, ref.tracker, ref.runId].map(encodeURIComponent).join('/');
  return `${runScheme}:/${path}${flags ? `?${flags}` : ''}`;
}

/** Stars starred runs and greys those that are hidden or deleted but shown. */
export class RunDecorations implements FileDecorationProvider {
  readonly onDidChangeFileDecorations = new EventEmitter<Uri[]>().event;

  provideFileDecoration(uri: Pick<Uri, 'scheme' | 'query'>): FileDecoration | undefined {
    if (uri.scheme !== runScheme || uri.query === '') return undefined;
    const flags = new Set(uri.query.split(','));
    const isFaint = flags.has('hidden') || flags.has('deleted');
    return {
      ...(flags.has('starred') ? { badge: '★', tooltip: l10n.t('Starred') } : {}),
      ...(isFaint ? { color: new ThemeColor('disabledForeground') } : {}),
    };
  }
}
