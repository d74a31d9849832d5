import { l10n, type QuickPickItem, QuickPickItemKind, commands as registry, type TreeView, window } from 'vscode';
import { listTreeRuns } from '#schemas/protocol/experiments.ts';
import { commands } from '../../contributions/commands.ts';
import { contexts } from '../../contributions/contexts.ts';
import { toFailure } from '../../platform/failures.ts';
import { growingPick } from '../../platform/growing-pick.ts';
import type { Handlers } from '../../platform/handlers.ts';
import type { Server } from '../../platform/server-connection.ts';
import type { ExperimentsModel } from './model.ts';
import type { ExperimentNode } from './nodes.ts';
import type { ExperimentPickers } from './pickers.ts';
import type { ExperimentsTree } from './tree.ts';
import { describeViewState, searchKey, type ViewState } from './view-state.ts';

export interface ViewCommandOptions {
  readonly server: Pick<Server, 'request'>;
  readonly model: ExperimentsModel;
  readonly tree: ExperimentsTree;
  readonly pickers: ExperimentPickers;
  readonly view: TreeView<ExperimentNode>;
  readonly state: () => ViewState;
  readonly setState: (state: ViewState) => Promise<void>;
}

/** Commands of the Experiments view's title: what it shows, and how. */
export function viewCommands(options: ViewCommandOptions) {
  const { model, tree, pickers, state } = options;

  async function change(part: Partial<ViewState>): Promise<void> {
    await options.setState({ ...state(), ...part });
    applyViewState(options.view, state());
    tree.refresh();
  }

  return {
    [commands.refreshExperiments]: () => tree.refresh(),
    [commands.filterRuns]: async () => {
      const filter = await askFilter(options);
      if (filter !== undefined) await change({ filter: filter.trim() });
    },
    [commands.clearFilter]: () => change({ filter: '', starredOnly: false }),
    [commands.sortRuns]: async () => {
      const orderBy = await askOrder(pickers, state().orderBy);
      if (orderBy !== undefined) await change({ orderBy });
    },
    [commands.chooseMetric]: async () => {
      const metric = await askMetric(pickers);
      if (metric !== undefined) await change({ metric });
    },
    [commands.showHiddenRuns]: () => change({ showHidden: true }),
    [commands.concealHiddenRuns]: () => change({ showHidden: false }),
    [commands.showStarredOnly]: () => change({ starredOnly: true }),
    [commands.showAllRuns]: () => change({ starredOnly: false }),
    [commands.loadMoreRuns]: async (argument) => {
      const node = model.nodeOf(argument);
      if (node?.kind !== 'more') return;
      const parent = await model.loadMore(node.parentId);
      if (parent) tree.update([parent]);
    },
    [commands.retry]: (argument) => {
      const node = model.nodeOf(argument);
      const parent = node && model.parentOf(node);
      if (parent) tree.update([parent]);
      else tree.refresh();
    },
  } satisfies Partial<Handlers<(typeof commands)[keyof typeof commands]>>;
}

/** Says beside the view's title what is left out, and tells the manifest's `when` clauses. */
export function applyViewState(view: TreeView<ExperimentNode>, state: ViewState): void {
  view.description = describeViewState(state);
  const set = (key: string, value: boolean) => void registry.executeCommand('setContext', key, value);
  set(contexts.filtered, state.filter !== '');
  set(contexts.showHidden, state.showHidden);
  set(contexts.starredOnly, state.starredOnly);
}

const validationDelayMs = 250;

/** A filter in MLflow's search syntax; the server says whether it can be read. */
async function askFilter({ server, pickers, state }: ViewCommandOptions): Promise<string | undefined> {
  // The box is there at once: a tracker that is slow holds up nobody who types.
  const probe = pickers.anyExperiment().catch(() => undefined);
  let latest = 0;
  return window.showInputBox({
    title: l10n.t('Filter Runs'),
    prompt: l10n.t('In MLflow’s search syntax. Empty shows all runs.'),
    placeHolder: `metrics.auc > 0.9 AND params.model = 'xgboost'`,
    value: state().filter,
    async validateInput(text) {
      latest += 1;
      const mine = latest;
      if (text.trim() === '') return undefined;
      await new Promise((resolve) => setTimeout(resolve, validationDelayMs));
      const found = await probe;
      if (mine !== latest || !found) return undefined;
      try {
        const { folder, connection, experiment } = found;
        await server.request(listTreeRuns, {
          folder,
          tracker: connection.name,
          experimentId: experiment.id,
          filter: text.trim(),
          limit: 1,
        });
      } catch (error) {
        const { reason, message } = toFailure(error);
        if (reason === 'input') return message;
      }
      return undefined;
    },
  });
}

interface OrderPick extends QuickPickItem {
  readonly orderBy?: string;
  readonly metric?: string;
}

async function askOrder(pickers: ExperimentPickers, current: string): Promise<string | undefined> {
  const fixed: OrderPick[] = [
    { label: l10n.t('Newest first'), orderBy: '' },
    { label: l10n.t('Oldest first'), orderBy: 'attributes.start_time ASC' },
    { label: l10n.t('Last to end first'), orderBy: 'attributes.end_time DESC' },
    { label: l10n.t('Name'), orderBy: 'attributes.run_name ASC' },
    { label: l10n.t('Status'), orderBy: 'attributes.status ASC' },
  ];
  const marked = fixed.map((pick) => (pick.orderBy === current ? { ...pick, description: l10n.t('as now') } : pick));
  const picked = await growingPick<OrderPick>({
    title: l10n.t('Sort Runs'),
    placeHolder: l10n.t('What to sort runs by'),
    grow: async (show) => {
      const separator: OrderPick = { label: l10n.t('Metrics'), kind: QuickPickItemKind.Separator };
      const pickOf = remembering((metric: string): OrderPick => ({ label: metric, metric }));
      show(marked);
      await pickers.metricKeys((keys) => show([...marked, separator, ...keys.map(pickOf)]));
      return undefined;
    },
  });
  if (picked?.metric === undefined) return picked?.orderBy;
  const direction = await askDirection(picked.metric);
  return direction && `${searchKey('metrics', picked.metric)} ${direction === 'max' ? 'DESC' : 'ASC'}`;
}

interface MetricPick extends QuickPickItem {
  readonly metric: string | null;
}

async function askMetric(pickers: ExperimentPickers): Promise<ViewState['metric'] | undefined> {
  const automatic: MetricPick = {
    label: l10n.t('Automatic'),
    description: l10n.t('the metric that most runs have'),
    metric: null,
  };
  const picked = await growingPick<MetricPick>({
    title: l10n.t('Metric Shown Beside Runs'),
    placeHolder: l10n.t('Metric whose last and best value runs are described by'),
    grow: async (show) => {
      const pickOf = remembering((metric: string): MetricPick => ({ label: metric, metric }));
      show([automatic]);
      await pickers.metricKeys((keys) => show([automatic, ...keys.map(pickOf)]));
      return undefined;
    },
  });
  if (!picked || picked.metric === null) return picked && null;
  const direction = await askDirection(picked.metric);
  return direction && { key: picked.metric, direction };
}

/** Makes each value once, so that what has the focus keeps it. */
function remembering<T>(make: (key: string) => T): (key: string) => T {
  const made = new Map<string, T>();
  return (key) => {
    const value = made.get(key) ?? make(key);
    made.set(key, value);
    return value;
  };
}

async function askDirection(metric: string): Promise<'max' | 'min' | undefined> {
  const picked = await window.showQuickPick(
    [
      { label: l10n.t('Higher is better'), description: l10n.t('as accuracy'), direction: 'max' as const },
      { label: l10n.t('Lower is better'), description: l10n.t('as a loss'), direction: 'min' as const },
    ],
    { title: metric, placeHolder: l10n.t('Which value of {0} is the best?', metric) },
  );
  return picked?.direction;
}
