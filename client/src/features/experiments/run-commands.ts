import { env, l10n, type TreeView, Uri, window } from 'vscode';
import type { RunRef } from '#schemas/domain/run.ts';
import { markRuns, trackerLink } from '#schemas/protocol/experiments.ts';
import { commands } from '../../contributions/commands.ts';
import { ClientFailure } from '../../platform/failures.ts';
import type { Handlers } from '../../platform/handlers.ts';
import type { Server } from '../../platform/server-connection.ts';
import type { PanelManager } from '../../webview/panel-manager.ts';
import type { ExperimentsModel } from './model.ts';
import type { ExperimentEntryNode, ExperimentNode, RunNode } from './nodes.ts';
import type { ChosenRuns, ExperimentPickers } from './pickers.ts';

export interface RunCommandOptions {
  readonly server: Pick<Server, 'request'>;
  readonly model: ExperimentsModel;
  readonly pickers: ExperimentPickers;
  readonly view: TreeView<ExperimentNode>;
  readonly panels: PanelManager;
}

type Marks = { readonly starred?: boolean; readonly hidden?: boolean };

/** Commands on runs and experiments, called on tree items, on the tree's selection, or from the palette. */
export function runCommands(options: RunCommandOptions) {
  const { server, model, pickers, panels } = options;
  const chosenRuns = (args: readonly unknown[]) => runsOf(options, args);

  async function mark(args: readonly unknown[], marks: Marks): Promise<void> {
    for (const [folder, nodes] of Map.groupBy(chosenRuns(args), (node) => node.folder)) {
      await server.request(markRuns, { folder, runs: nodes.map(({ run }) => run.ref), ...marks });
    }
  }

  async function compare({ folder, runs }: ChosenRuns): Promise<void> {
    if (runs.length < 2) {
      throw new ClientFailure('input', l10n.t('Comparing takes at least two runs.'), l10n.t('Select more of them.'));
    }
    panels.open({ panel: 'compare', folder, runs: [...runs] });
  }

  async function compareWith(nodes: readonly RunNode[]): Promise<void> {
    const [first] = nodes;
    const experiment = first ? experimentOf(model, first) : await pickers.experiment(l10n.t('Experiment of the runs'));
    if (!experiment) return;
    const chosen = await pickers.runs(
      experiment,
      nodes.map(({ run }) => run.ref),
    );
    if (chosen) await compare(chosen);
  }

  return {
    [commands.openRun]: async (...args) => {
      const node = chosenRuns(args)[0];
      if (node) return panels.open({ panel: 'run', folder: node.folder, run: node.run.ref }, node.run.name);
      const picked = await pickers.run();
      const ref = picked?.runs[0];
      if (picked && ref) panels.open({ panel: 'run', folder: picked.folder, run: ref });
    },
    [commands.openRunsTable]: async (argument) => {
      const node = model.nodeOf(argument);
      const experiment =
        node?.kind === 'experiment' ? node : await pickers.experiment(l10n.t('Experiment whose runs to show'));
      if (!experiment) return;
      panels.open({
        panel: 'runs',
        folder: experiment.folder,
        tracker: experiment.connection.name,
        experimentIds: [experiment.experiment.id],
        title: experiment.experiment.name,
      });
    },
    [commands.compareRuns]: async (...args) => {
      const nodes = chosenRuns(args);
      const [first] = nodes;
      const together = nodes.filter(({ folder }) => folder === first?.folder);
      if (!first || together.length < 2) return compareWith(together);
      return compare({ folder: first.folder, runs: together.map(({ run }) => run.ref) });
    },
    [commands.compareWith]: (...args) => compareWith(chosenRuns(args)),
    [commands.starRun]: (...args) => mark(args, { starred: true }),
    [commands.unstarRun]: (...args) => mark(args, { starred: false }),
    [commands.hideRun]: (...args) => mark(args, { hidden: true }),
    [commands.unhideRun]: (...args) => mark(args, { hidden: false }),
    [commands.openInTracker]: async (argument) => {
      const node = model.nodeOf(argument);
      if (node?.kind !== 'run' && node?.kind !== 'experiment') return;
      const { url } = await server.request(trackerLink, {
        folder: node.folder,
        tracker: node.connection.name,
        experimentId: node.kind === 'run' ? node.experimentId : node.experiment.id,
        runId: node.kind === 'run' ? node.run.ref.runId : null,
      });
      if (url === null) {
        throw new ClientFailure('unsupported', l10n.t('A store on a disk has no page of its own.'));
      }
      // VS Code forwards the port of a local server by itself where the editor runs elsewhere.
      await env.openExternal(Uri.parse(url, true));
    },
    [commands.copyRunId]: async (...args) => {
      const ids = chosenRuns(args).map(({ run }) => run.ref.runId);
      if (ids.length === 0) return;
      await env.clipboard.writeText(ids.join('\n'));
      window.setStatusBarMessage(
        ids.length === 1 ? l10n.t('Copied {0}', ids.join()) : l10n.t('Copied {0} ids', ids.length),
        3000,
      );
    },
  } satisfies Partial<Handlers<(typeof commands)[keyof typeof commands]>>;
}

/** Opens a run that a link names, in the first folder that has its tracker. */
export async function openLinkedRun(
  options: Pick<RunCommandOptions, 'model' | 'panels'>,
  folders: readonly { readonly uri: string }[],
  run: RunRef,
): Promise<void> {
  for (const { uri } of folders) {
    const trackers = await options.model.listTrackers(uri);
    if (!trackers.some(({ name }) => name === run.tracker)) continue;
    options.panels.open({ panel: 'run', folder: uri, run });
    return;
  }
  throw new ClientFailure(
    'not-found',
    l10n.t('No folder of this window has a tracker named “{0}”.', run.tracker),
    l10n.t('Open the folder that the link is about, then follow it again.'),
  );
}

/** `/run/<tracker>/<runId>`, as in `vscode://…/run/team/4f2c…`. */
export function parseRunLink(path: string): RunRef | null {
  const match = /^\/run\/([^/]+)\/([^/]+)\/?$/.exec(path);
  return match?.[1] && match[2] ? { tracker: match[1], runId: match[2] } : null;
}

/** The runs a command is about: VS Code gives the item clicked and the whole selection; a key press gives neither. */
function runsOf({ model, view }: RunCommandOptions, [clicked, selection]: readonly unknown[]): RunNode[] {
  const given =
    Array.isArray(selection) && selection.length > 0 ? selection : clicked === undefined ? view.selection : [clicked];
  return given.map((value) => model.nodeOf(value)).filter((node) => node?.kind === 'run');
}

function experimentOf(model: ExperimentsModel, run: RunNode): ExperimentEntryNode | undefined {
  let node: ExperimentNode | undefined = run;
  while (node && node.kind !== 'experiment') node = model.parentOf(node);
  return node;
}
