import { l10n, type StatusBarItem, ThemeColor } from 'vscode';
import { views } from '../../contributions/views.ts';

export interface Status {
  /** The server runs. */
  readonly available: boolean;
  readonly running: number;
  /** Connections that need somebody. */
  readonly attention: number;
}

/** What the status bar says of it; the gravest first. */
export function describeStatus({ available, running, attention }: Status): {
  text: string;
  tooltip: string;
  isWarning: boolean;
  view: string;
} {
  if (!available) {
    return {
      text: '$(error) MLOps',
      tooltip: l10n.t('The server of MLOps Workbench does not run.'),
      isWarning: true,
      view: views.experiments,
    };
  }
  if (attention > 0) {
    const tooltip =
      attention === 1
        ? l10n.t('A connection needs your attention.')
        : l10n.t('{0} connections need your attention.', attention);
    return { text: `$(warning) MLOps`, tooltip, isWarning: false, view: views.connections };
  }
  if (running > 0) {
    const tooltip = running === 1 ? l10n.t('1 run is going on.') : l10n.t('{0} runs are going on.', running);
    return { text: `$(sync~spin) MLOps ${running}`, tooltip, isWarning: false, view: views.experiments };
  }
  return { text: '$(beaker) MLOps', tooltip: l10n.t('Show experiments'), isWarning: false, view: views.experiments };
}

/** Shows it in the one item that the extension has in the status bar. */
export function showStatus(item: StatusBarItem, status: Status): void {
  const { text, tooltip, isWarning, view } = describeStatus(status);
  item.text = text;
  item.tooltip = tooltip;
  item.accessibilityInformation = { label: `MLOps: ${tooltip}`, role: 'button' };
  item.backgroundColor = isWarning ? new ThemeColor('statusBarItem.warningBackground') : undefined;
  item.command = `${view}.focus`;
}
