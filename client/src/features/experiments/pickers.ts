import { l10n, type QuickPickItem, QuickPickItemKind, window } from 'vscode';
import type { RunRef } from '#schemas/domain/run.ts';
import { type TableRow, tableColumns, tableWindow } from '#schemas/protocol/experiments.ts';
import { ClientFailure } from '../../platform/failures.ts';
import { formatAgo } from '../../platform/format.ts';
import { growingPick } from '../../platform/growing-pick.ts';
import type { Server } from '../../platform/server-connection.ts';
import { countRuns, statusName } from './items.ts';
import type { ExperimentsModel } from './model.ts';
import type { ExperimentEntryNode } from './nodes.ts';

/** Runs of one folder that a person chose. */
export interface ChosenRuns {
  readonly folder: string;
  readonly runs: readonly RunRef[];
}

export interface PickerOptions {
  readonly server: Pick<Server, 'request'>;
  readonly model: ExperimentsModel;
  readonly folders: () => readonly { readonly uri: string; readonly name: string }[];
  readonly locale: string;
}

interface ExperimentPick extends QuickPickItem {
  readonly node?: ExperimentEntryNode;
}

interface RunPick extends QuickPickItem {
  readonly ref: RunRef;
}

/** Asks in quick picks for what a command was not told. */
export class ExperimentPickers {
  private readonly options: PickerOptions;

  constructor(options: PickerOptions) {
    this.options = options;
  }

  /** An experiment of whichever tracker answers first; undefined where none does or there is none. */
  async anyExperiment(): Promise<ExperimentEntryNode | undefined> {
    const lists = (await this.trackers()).map(async ({ uri, tracker }) => {
      const [first] = await this.options.model.listExperiments(uri, tracker);
      if (!first) throw new Error('no experiments');
      return first;
    });
    return Promise.any(lists).catch(() => undefined);
  }

  /** One of the experiments there are, as their trackers answer; the only one is taken without asking. */
  async experiment(placeHolder: string): Promise<ExperimentEntryNode | undefined> {
    const picked = await growingPick<ExperimentPick>({
      placeHolder,
      grow: async (show) => {
        const trackers = await this.trackers();
        const failures: unknown[] = [];
        const found: ExperimentEntryNode[] = [];
        const picks: ExperimentPick[] = [];
        await Promise.all(
          trackers.map(async ({ uri, tracker }) => {
            try {
              const experiments = await this.options.model.listExperiments(uri, tracker);
              found.push(...experiments);
              picks.push(
                ...experimentPicks(experiments, { isNamed: trackers.length > 1, locale: this.options.locale }),
              );
              if (found.length > 1) show([...picks]);
            } catch (error) {
              failures.push(error);
            }
          }),
        );
        if (found.length === 0) throw failures[0] ?? nothingFound();
        return found.length === 1 ? picks.find(({ node }) => node !== undefined) : undefined;
      },
    });
    return picked?.node;
  }

  /** The trackers of every folder. */
  private async trackers() {
    const { model, folders } = this.options;
    const lists = folders().map(async ({ uri }) =>
      (await model.listTrackers(uri)).map((tracker) => ({ uri, tracker })),
    );
    return (await Promise.all(lists)).flat();
  }

  async run(): Promise<ChosenRuns | undefined> {
    const experiment = await this.experiment(l10n.t('Experiment of the run'));
    if (!experiment) return undefined;
    const picked = await window.showQuickPick(this.runPicks(experiment), {
      placeHolder: l10n.t('Run to open'),
      matchOnDescription: true,
    });
    return picked && { folder: experiment.folder, runs: [picked.ref] };
  }

  /** Several runs of one experiment, besides those that are chosen already. */
  async runs(experiment: ExperimentEntryNode, chosen: readonly RunRef[] = []): Promise<ChosenRuns | undefined> {
    const taken = new Set(chosen.map(({ runId }) => runId));
    const picks = this.runPicks(experiment).then((all) => all.filter(({ ref }) => !taken.has(ref.runId)));
    const picked = await window.showQuickPick(picks, {
      placeHolder: l10n.t('Runs to compare'),
      canPickMany: true,
      matchOnDescription: true,
    });
    if (!picked || picked.length === 0) return undefined;
    return { folder: experiment.folder, runs: [...chosen, ...picked.map(({ ref }) => ref)] };
  }

  /** Tells of keys of metrics as trackers answer: the commonest of each first, each once. */
  async metricKeys(tell: (keys: readonly string[]) => void): Promise<void> {
    const { server } = this.options;
    const known = new Set<string>();
    await Promise.all(
      (await this.trackers()).map(async ({ uri, tracker: { name } }) => {
        const columns = await server.request(tableColumns, { folder: uri, tracker: name }).catch(() => null);
        const metrics = (columns?.columns ?? []).filter(({ kind }) => kind === 'metric');
        metrics.sort((a, b) => b.runs - a.runs || a.key.localeCompare(b.key));
        for (const { key } of metrics) known.add(key);
        if (metrics.length > 0) tell([...known]);
      }),
    );
  }

  private async runPicks({ folder, connection, experiment }: ExperimentEntryNode): Promise<RunPick[]> {
    const { rows } = await this.options.server.request(tableWindow, {
      folder,
      tracker: connection.name,
      experimentIds: [experiment.id],
      columns: ['attribute.name', 'attribute.startTime'],
      sort: [{ column: 'attribute.startTime', descending: true }],
      start: 0,
      count: 500,
    });
    return rows.map((row) => runPick(row, this.options.locale));
  }
}

function runPick({ ref, cells, status, marks }: TableRow, locale: string): RunPick {
  const [name, startTime] = cells;
  const ago = typeof startTime === 'number' ? formatAgo(startTime, Date.now(), locale) : null;
  return {
    label: `${marks.starred ? '$(star-full) ' : ''}${typeof name === 'string' && name !== '' ? name : ref.runId}`,
    description: [statusName(status), ago].filter((part) => part !== null).join(' · '),
    detail: ref.runId,
    ref,
  };
}

function nothingFound(): ClientFailure {
  return new ClientFailure(
    'not-found',
    l10n.t('No experiments were found in this workspace.'),
    l10n.t('Add a connection, or log a run into this folder.'),
  );
}

/** The experiments of a tracker, below its name where there are several trackers. */
function experimentPicks(
  experiments: readonly ExperimentEntryNode[],
  { isNamed, locale }: { isNamed: boolean; locale: string },
): ExperimentPick[] {
  const picks = experiments.map(
    (node): ExperimentPick => ({
      label: node.experiment.name,
      ...(node.experiment.runs === null ? {} : { description: countRuns(node.experiment.runs, locale) }),
      node,
    }),
  );
  const [first] = experiments;
  if (!isNamed || !first) return picks;
  return [{ label: first.connection.name, kind: QuickPickItemKind.Separator }, ...picks];
}
