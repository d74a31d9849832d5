import { randomBytes } from 'node:crypto';
import { type Disposable, EventEmitter, env, ThemeIcon, Uri, ViewColumn, type WebviewPanel, window } from 'vscode';
import { z } from 'zod';
import { type PanelState, panelDataChanged, panelState } from '#schemas/protocol/webview.ts';
import { type PanelName, panelTypes } from '../contributions/views.ts';
import type { Server } from '../platform/server-connection.ts';
import { panelHtml } from './content.ts';
import { hostRequests } from './host-requests.ts';
import { type HostRequest, PanelHost } from './panel-host.ts';
import { targetOf, titleOf, trackersOf } from './targets.ts';

/** What a page keeps with `setState`: what it shows, beside what is its own affair. */
const savedState = z.object({ state: panelState });

const icons: Record<PanelName, string> = {
  ...{ runs: 'table', compare: 'git-compare', run: 'beaker', versions: 'package' },
  ...{ audit: 'history', drift: 'pulse', dashboard: 'dashboard' },
};

/** Panels that show what a model registry holds. */
const registryPanels: ReadonlySet<PanelName> = new Set(['versions', 'audit']);

export interface PanelManagerOptions {
  readonly extensionUri: Uri;
  readonly server: Pick<Server, 'request'>;
  /** What panels may ask of features, beside what all of them may ask of the editor. */
  readonly requests: readonly HostRequest[];
}

/** The open panels: one for each thing shown. */
export class PanelManager implements Disposable {
  private readonly panels = new Map<PanelHost, WebviewPanel>();
  private readonly options: PanelManagerOptions;
  private readonly visibility = new EventEmitter<void>();
  /** A panel was opened, closed, shown or hidden. */
  readonly onDidChangeVisibility = this.visibility.event;

  constructor(options: PanelManagerOptions) {
    this.options = options;
  }

  /** Shows the panel of that target, or opens one. */
  open(state: PanelState, name?: string): void {
    const target = targetOf(state);
    for (const [host, known] of this.panels) {
      if (targetOf(host.state) !== target) continue;
      known.reveal();
      return;
    }
    const panel = window.createWebviewPanel(panelTypes[state.panel], titleOf(state, name), ViewColumn.Active, {});
    this.attach(panel, state);
  }

  /** Fills a panel that VS Code kept over a reload of the window. */
  restore(panel: WebviewPanel, saved: unknown): void {
    const parsed = savedState.safeParse(saved);
    if (parsed.success) this.attach(panel, parsed.data.state);
    else panel.dispose();
  }

  /** Tells the panels that a tracker's data changed; null: that anything may have. */
  dataChanged(change: { folder: string; tracker: string; revision: number } | null): void {
    for (const host of this.panels.keys()) {
      if (change && !(host.state.folder === change.folder && trackersOf(host.state).has(change.tracker))) continue;
      host.tell(panelDataChanged, { tracker: change?.tracker ?? null, revision: change?.revision ?? null });
    }
  }

  /** Tells the panels about a model registry that it may hold something else now. */
  registryChanged(): void {
    for (const host of this.panels.keys()) {
      if (registryPanels.has(host.state.panel)) host.tell(panelDataChanged, { tracker: null, revision: null });
    }
  }

  /** What the panels in sight show. */
  inSight(): { folder: string; trackers: ReadonlySet<string>; hasModels: boolean }[] {
    return [...this.panels]
      .filter(([, panel]) => panel.visible)
      .map(([{ state }]) => ({
        ...{
          folder: state.folder,
          trackers: trackersOf(state),
          hasModels: state.panel === 'versions' || state.panel === 'audit',
        },
      }));
  }

  dispose(): void {
    for (const host of this.panels.keys()) host.dispose();
    this.panels.clear();
  }

  private attach(panel: WebviewPanel, state: PanelState): void {
    const { extensionUri, server, requests: ofFeatures } = this.options;
    const files = Uri.joinPath(extensionUri, 'dist', 'webviews');
    const requests = [...hostRequests({ server, open: (next) => this.open(next) }), ...ofFeatures];
    const host = new PanelHost({ webview: panel.webview, state, server, requests });
    this.panels.set(host, panel);
    panel.onDidDispose(() => {
      host.dispose();
      this.panels.delete(host);
      this.visibility.fire();
    });
    panel.onDidChangeViewState(() => this.visibility.fire());
    panel.iconPath = new ThemeIcon(icons[state.panel]);
    panel.webview.options = { enableScripts: true, enableForms: false, localResourceRoots: [files] };
    const address = (...path: string[]) => panel.webview.asWebviewUri(Uri.joinPath(files, ...path)).toString();
    panel.webview.html = panelHtml({
      nonce: randomBytes(18).toString('base64url'),
      cspSource: panel.webview.cspSource,
      script: address(state.panel, 'main.js'),
      styles: [address(state.panel, 'main.css')],
      title: panel.title,
      language: env.language,
    });
    this.visibility.fire();
  }
}
