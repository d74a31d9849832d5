import { setTimeout as delay } from 'node:timers/promises';
import { env, extensions, l10n, commands as registry, window, workspace } from 'vscode';
import { showAlert } from '#schemas/protocol/alerts.ts';
import { experimentsChanged, watchExperiments } from '#schemas/protocol/experiments.ts';
import { modelsChanged, watchRegistry } from '#schemas/protocol/models.ts';
import { monitorsChanged } from '#schemas/protocol/monitoring.ts';
import {
  allowOrigin,
  connectionsChanged,
  credentialsChanged,
  getCredential,
  type InitializationOptions,
  workspaceChanged,
} from '#schemas/protocol/workspace.ts';
import { commands } from './contributions/commands.ts';
import { contexts, type ExperimentsState } from './contributions/contexts.ts';
import { settingsSection } from './contributions/settings.ts';
import { alertCommands } from './features/alerts/commands.ts';
import { showAlertNotice } from './features/alerts/show-alert.ts';
import { askFolder } from './features/connections/add-connection.ts';
import { connectionCommands } from './features/connections/commands.ts';
import { ConnectionsModel, needingAttention } from './features/connections/model.ts';
import { askAllowed } from './features/connections/permission-prompt.ts';
import { ConnectionsTree } from './features/connections/tree.ts';
import { clientVersions } from './features/connections/versions.ts';
import { showReferences } from './features/editor/show-references.ts';
import { RunDecorations } from './features/experiments/decorations.ts';
import { trackersInSight } from './features/experiments/in-sight.ts';
import { ExperimentsModel } from './features/experiments/model.ts';
import { ExperimentPickers } from './features/experiments/pickers.ts';
import { openLinkedRun, parseRunLink, runCommands } from './features/experiments/run-commands.ts';
import { ExperimentsTree } from './features/experiments/tree.ts';
import { applyViewState, viewCommands } from './features/experiments/view-commands.ts';
import { readViewState, writeViewState } from './features/experiments/view-state.ts';
import { registryCommands } from './features/models/commands.ts';
import { fileDiffRequest } from './features/models/file-diff.ts';
import { registriesInSight } from './features/models/in-sight.ts';
import { openLinkedVersion, parseModelLink } from './features/models/links.ts';
import { RegistryModel } from './features/models/model.ts';
import { Passphrases } from './features/models/passphrases.ts';
import { RegistryPickers } from './features/models/pickers.ts';
import { RegistryTree } from './features/models/tree.ts';
import { dashboardCommands, dashboardPushRequest } from './features/monitoring/dashboard-commands.ts';
import { driftCommands } from './features/monitoring/drift-commands.ts';
import { MonitorsModel } from './features/monitoring/model.ts';
import { monitorCommands } from './features/monitoring/monitor-commands.ts';
import { followMonitorFiles } from './features/monitoring/monitor-files.ts';
import { MonitorsTree } from './features/monitoring/tree.ts';
import { showStatus } from './features/status/status-bar.ts';
import type { Host, Main } from './host.ts';
import { ClientFailure, toFailure } from './platform/failures.ts';
import type { Handler } from './platform/handlers.ts';
import { createLog, startLanguageServer } from './platform/language-server.ts';
import { showFailure } from './platform/notify.ts';
import { OriginPermissions } from './platform/permissions.ts';
import { ReadOnlyTexts } from './platform/read-only-texts.ts';
import { CredentialStore } from './platform/secrets.ts';
import { proxyEnvironment, serverSettings } from './platform/settings.ts';
import { Watcher } from './platform/watcher.ts';
import { PanelManager } from './webview/panel-manager.ts';

/** How long the tree waits for one tracker before it shows the others. */
const patienceMs = 700;

/** Wires everything that is loaded on first use; the server starts with it. */
export function createMain({ context, experimentsView, modelsView, monitorsView, statusItem }: Host): Main {
  const log = createLog();
  const server = startLanguageServer({
    module: context.asAbsolutePath('dist/server.js'),
    log,
    initialization: () =>
      initialization((key) => log.warn(`The setting mlops.${key} makes no sense; its default is used.`)),
    onGivenUp: (reason) => void showFailure(new ClientFailure('restarted', reason)),
  });
  const credentials = new CredentialStore(context.secrets);
  const permissions = new OriginPermissions(context.workspaceState, askAllowed);
  const texts = new ReadOnlyTexts();
  const panels = new PanelManager({
    extensionUri: context.extensionUri,
    server,
    requests: [fileDiffRequest(server), dashboardPushRequest()],
  });

  let available = true;
  let viewState = readViewState(context.workspaceState);
  const model = new ExperimentsModel({
    server,
    folders,
    toFailure,
    isAvailable: () => available,
    state: () => viewState,
    enough: () => delay(patienceMs),
    onArrived: (node) => (node ? experiments.update([node]) : experiments.show()),
    pageSize: () => serverSettings(readSetting).experiments.pageSize,
  });
  const experiments = new ExperimentsTree(model, server);
  const pickers = new ExperimentPickers({ server, model, folders, locale: env.language });
  const connectionsModel = new ConnectionsModel({
    server,
    folders,
    toFailure,
    onChecked: () => {
      connections.show();
      updateStatus();
    },
  });
  const connections = new ConnectionsTree(connectionsModel);
  const registryModel = new RegistryModel({ server, folders, toFailure });
  const models = new RegistryTree(registryModel);
  const registryView = { server, model: registryModel, tree: models, view: modelsView };
  const monitorsModel = new MonitorsModel({ server, folders, toFailure });
  const monitors = new MonitorsTree(monitorsModel, monitorsView);
  const registryPickers = new RegistryPickers({ server, folders });
  const watchers = [
    new Watcher({
      inSight: () =>
        trackersInSight({
          ...{ isTreeVisible: experimentsView.visible, folders: folders() },
          ...{ model, panels: panels.inSight() },
        }),
      tell: (folder, trackers) => server.request(watchExperiments, { folder, trackers }),
      onError: (error) => log.debug(`experiments/watch: ${toFailure(error).message}`),
    }),
    new Watcher({
      inSight: () =>
        registriesInSight({
          ...{ isTreeVisible: modelsView.visible, folders: folders() },
          ...{ isListed: (folder) => registryModel.isListed(folder), panels: panels.inSight() },
        }),
      tell: (folder, names) => server.request(watchRegistry, { folder, isInSight: names.length > 0 }),
      onError: (error) => log.debug(`models/watch: ${toFailure(error).message}`),
    }),
  ];
  const updateWatchers = () => {
    for (const watcher of watchers) watcher.update();
  };

  function updateStatus(): void {
    const attention = new Set([
      ...connectionsModel.needingAttention(),
      ...folders().flatMap(({ uri }) => needingAttention(uri, model.knownTrackers(uri))),
    ]);
    showStatus(statusItem, { available, running: model.runningRuns(), attention: attention.size });
  }

  function refreshAll(): void {
    experiments.refresh();
    models.refresh();
    monitors.refresh();
    connections.refresh();
    panels.dataChanged(null);
  }

  const handlers: Readonly<Record<(typeof commands)[keyof typeof commands], Handler>> = {
    ...viewCommands({
      server,
      model,
      tree: experiments,
      pickers,
      view: experimentsView,
      state: () => viewState,
      setState: async (state) => {
        viewState = state;
        await writeViewState(context.workspaceState, state);
      },
    }),
    ...runCommands({ server, model, pickers, view: experimentsView, panels }),
    ...connectionCommands({
      versions: () => clientVersions(context),
      server,
      model: connectionsModel,
      tree: connections,
      experiments: model,
      credentials,
      permissions,
      refresh: refreshAll,
    }),
    ...registryCommands({
      ...registryView,
      pickers: registryPickers,
      panels,
      texts,
      passphrases: new Passphrases(context.secrets),
      experiments: model,
    }),
    ...driftCommands({ panels }),
    ...monitorCommands({ server, model: monitorsModel, tree: monitors, askFolder }),
    ...alertCommands({ server, askFolder: async () => (await askFolder())?.toString() }),
    ...dashboardCommands({ server, panels, texts }),
    [commands.showReferences]: showReferences,
    [commands.showLog]: () => log.show(),
    [commands.restartServer]: () => server.restart(),
  };

  const subscriptions = [
    log,
    panels,
    texts,
    server.answer(getCredential, async ({ origin }) => ({ credential: await credentials.get(origin) })),
    server.answer(allowOrigin, async (question) => ({ allowed: await permissions.allowed(question) })),
    server.answer(showAlert, async ({ notice }) => {
      showAlertNotice(notice);
      return {};
    }),
    server.on(experimentsChanged, (change) => {
      experiments.update(model.changed(change));
      panels.dataChanged(change);
    }),
    server.on(modelsChanged, () => {
      models.refresh();
      panels.registryChanged();
    }),
    monitors,
    server.on(monitorsChanged, () => monitors.refreshSoon()),
    followMonitorFiles({ server, model: monitorsModel, start: () => monitors.start() }),
    server.on(connectionsChanged, refreshAll),
    server.onRestarted(() => {
      for (const watcher of watchers) watcher.repeat();
      refreshAll();
    }),
    server.onAvailability((isAvailable) => {
      available = isAvailable;
      setState(isAvailable ? 'ready' : 'error');
      updateStatus();
      if (!isAvailable) experiments.refresh();
    }),
    credentials.onDidChange(async (origin) => {
      await server.notify(credentialsChanged, { origin });
      refreshAll();
    }),
    workspace.onDidGrantWorkspaceTrust(() => tellChanged()),
    workspace.onDidChangeConfiguration((change) => {
      if (change.affectsConfiguration(settingsSection) || change.affectsConfiguration('http')) tellChanged();
    }),
    workspace.onDidChangeWorkspaceFolders(refreshAll),
    window.registerFileDecorationProvider(new RunDecorations()),
    experiments.onDidLoad((node) => {
      if (node === undefined && available) setState(experiments.isEmpty ? 'notConfigured' : 'ready');
      updateWatchers();
      updateStatus();
    }),
    models.onDidLoad(updateWatchers),
    experimentsView.onDidChangeVisibility(updateWatchers),
    modelsView.onDidChangeVisibility(updateWatchers),
    panels.onDidChangeVisibility(updateWatchers),
  ];

  function tellChanged(): void {
    server.notify(workspaceChanged, initialization()).then(refreshAll, (error: unknown) => showFailure(error));
  }

  applyViewState(experimentsView, viewState);
  updateStatus();

  return {
    experiments,
    models,
    monitors,
    connections,
    startSchedules: () => monitors.start(),
    async execute(command, args) {
      try {
        return await handlers[command](...args);
      } catch (error) {
        log.debug(`${command}: ${toFailure(error).message}`);
        // Not awaited: a command is over when it failed, not when the message about it is closed.
        void showFailure(error);
        return undefined;
      }
    },
    async restorePanel(panel, saved) {
      panels.restore(panel, saved);
    },
    async openLink(uri) {
      const run = parseRunLink(uri.path);
      const version = parseModelLink(uri.path);
      try {
        if (run) await openLinkedRun({ model, panels }, folders(), run);
        else if (version) await openLinkedVersion(registryView, folders(), version);
        else throw new ClientFailure('input', l10n.t('This link names neither a run nor a version of a model.'));
      } catch (error) {
        void showFailure(error);
      }
    },
    stop: () => server.stop(),
    dispose() {
      for (const subscription of subscriptions) subscription.dispose();
    },
  };
}

function folders(): { uri: string; name: string }[] {
  return (workspace.workspaceFolders ?? []).map(({ uri, name }) => ({ uri: uri.toString(), name }));
}

function readSetting(key: string): unknown {
  return workspace.getConfiguration(settingsSection).get(key);
}

function initialization(onInvalid?: (key: string) => void): InitializationOptions {
  const http = workspace.getConfiguration('http');
  return {
    trusted: workspace.isTrusted,
    settings: serverSettings(readSetting, onInvalid),
    proxyEnvironment: proxyEnvironment((key) => http.get(key)),
    commands: [commands.showReferences, commands.openDrift, commands.openDashboard],
    hasYamlExtension: extensions.getExtension('redhat.vscode-yaml') !== undefined,
  };
}

function setState(state: ExperimentsState): void {
  void registry.executeCommand('setContext', contexts.state, state);
}
