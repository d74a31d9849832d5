import { l10n, type QuickPickItem, QuickPickItemKind, window } from 'vscode';
import type { RunRef } from '#schemas/domain/run.ts';
import { type TableRow, tableColumns, tableWindow } from '#schemas/protocol/experiments.ts';
import { ClientFailure } from '../../platform/failures.ts';
import { formatAgo } from '../../platform/format.ts';
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

  /** Every experiment there is; trackers that don't answer are left out. Fails where none answers. */
  async experiments(): Promise<ExperimentEntryNode[]> {
    const { model, folders } = this.options;
    const failures: unknown[] = [];
    const found = await Promise.all(
      folders().map(async ({ uri }) => {
        const trackers = await model.listTrackers(uri);
        const lists = await Promise.all(
          trackers.map((tracker) =>
            model.listExperiments(uri, tracker).catch((error: unknown) => {
              failures.push(error);
              return [];
            }),
          ),
        );
        return lists.flat();
      }),
    );
    const experiments = found.flat();
    if (experiments.length === 0 && failures.length > 0) throw failures[0];
    if (experiments.length === 0) {
      throw new ClientFailure(
        'not-found',
        l10n.t('No experiments were found in this workspace.'),
        l10n.t('Add a connection, or log a run into this folder.'),
      );
    }
    return experiments;
  }

  async experiment(placeHolder: string): Promise<ExperimentEntryNode | undefined> {
    const experiments = await this.experiments();
    const [only] = experiments;
    if (experiments.length === 1) return only;
    const picked = await window.showQuickPick<ExperimentPick>(experimentPicks(experiments), {
      placeHolder,
      matchOnDescription: true,
    });
    return picked?.node;
  }

  async run(): Promise<ChosenRuns | undefined> {
    const experiment = await this.experiment(l10n.t('Experiment of the run'));
    if (!experiment) return undefined;
    const picks = await this.runPicks(experiment);
    const picked = await window.showQuickPick(picks, { placeHolder: l10n.t('Run to open'), matchOnDescription: true });
    return picked && { folder: experiment.folder, runs: [picked.ref] };
  }

  /** Several runs of one experiment, besides those that are chosen already. */
  async runs(experiment: ExperimentEntryNode, chosen: readonly RunRef[] = []): Promise<ChosenRuns | undefined> {
    const taken = new Set(chosen.map(({ runId }) => runId));
    const picks = (await this.runPicks(experiment)).filter(({ ref }) => !taken.has(ref.runId));
    const picked = await window.showQuickPick(picks, {
      placeHolder: l10n.t('Runs to compare'),
      canPickMany: true,
      matchOnDescription: true,
    });
    if (!picked || picked.length === 0) return undefined;
    return { folder: experiment.folder, runs: [...chosen, ...picked.map(({ ref }) => ref)] };
  }

  /** Keys of the metrics that runs have, the commonest first. */
  async metricKeys(): Promise<string[]> {
    const { server, model, folders } = this.options;
    const counts = new Map<string, number>();
    for (const { uri } of folders()) {
      for (const { name } of await model.listTrackers(uri)) {
        const columns = await server.request(tableColumns, { folder: uri, tracker: name }).catch(() => null);
        for (const { kind, key, runs } of columns?.columns ?? []) {
          if (kind === 'metric') counts.set(key, (counts.get(key) ?? 0) + runs);
        }
      }
    }
    return [...counts].sort(([a, m], [b, n]) => n - m || a.localeCompare(b)).map(([key]) => key);
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

/** Experiments below the name of their tracker, where there are several. */
function experimentPicks(experiments: readonly ExperimentEntryNode[]): ExperimentPick[] {
  const groups = Map.groupBy(experiments, ({ connection }) => connection.name);
  const picks = (nodes: readonly ExperimentEntryNode[]): ExperimentPick[] =>
    nodes.map((node) => ({
      label: node.experiment.name,
      ...(node.experiment.runs === null ? {} : { description: countRuns(node.experiment.runs) }),
      node,
    }));
  if (groups.size === 1) return picks(experiments);
  return [...groups].flatMap(([label, nodes]) => [{ label, kind: QuickPickItemKind.Separator }, ...picks(nodes)]);
}
