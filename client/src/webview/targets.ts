import { l10n } from 'vscode';
import { formatRunRef } from '#schemas/domain/run.ts';
import type { PanelState } from '#schemas/protocol/webview.ts';

/** What a panel is about, as text: two states with the same target are shown in one panel. */
export function targetOf(state: PanelState): string {
  switch (state.panel) {
    case 'runs':
      return ['runs', state.folder, state.tracker, ...state.experimentIds.toSorted()].join(' ');
    case 'compare':
      return ['compare', state.folder, ...state.runs.map(formatRunRef).sort()].join(' ');
    case 'run':
      return ['run', state.folder, formatRunRef(state.run)].join(' ');
    case 'versions':
      return ['versions', state.folder, state.model, state.before, state.after].join(' ');
    case 'audit':
      return ['audit', state.folder, ...(state.target === null ? [] : [state.target])].join(' ');
    case 'drift':
      return ['drift', state.folder, ...Object.values(state.target)].join(' ');
    case 'dashboard':
      return ['dashboard', state.folder, state.file, ...(state.name === null ? [] : [state.name])].join(' ');
  }
}

/** A panel's title; `name` is the run's, where it is known. */
export function titleOf(state: PanelState, name?: string): string {
  switch (state.panel) {
    case 'runs':
      return l10n.t('Runs: {0}', state.title);
    case 'compare':
      return l10n.t('Compare {0} runs', state.runs.length);
    case 'run':
      return l10n.t('Run {0}', name || state.run.runId.slice(0, 8));
    case 'versions':
      return `${state.model} ${state.before} ↔ ${state.after}`;
    case 'audit':
      return state.target === null ? l10n.t('Audit Log') : l10n.t('Audit Log: {0}', state.target);
    case 'drift':
      return l10n.t('Drift: {0}', state.title);
    case 'dashboard':
      return l10n.t('Dashboard: {0}', state.title);
  }
}

/** Trackers whose changes concern a panel. */
export function trackersOf(state: PanelState): ReadonlySet<string> {
  switch (state.panel) {
    case 'runs':
      return new Set([state.tracker]);
    case 'compare':
      return new Set(state.runs.map(({ tracker }) => tracker));
    case 'run':
      return new Set([state.run.tracker]);
    case 'versions':
    case 'audit':
    case 'drift':
    case 'dashboard':
      return new Set();
  }
}
