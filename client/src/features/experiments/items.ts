import { l10n } from 'vscode';
import type { ConnectionAttention } from '#schemas/domain/connection.ts';
import type { RunStatus } from '#schemas/domain/run.ts';
import type { TreeRun } from '#schemas/protocol/experiments.ts';
import { type CommandId, commands } from '../../contributions/commands.ts';
import { failureLine } from '../../platform/failures.ts';
import { withoutFolder } from '../../platform/folder-text.ts';
import { formatAgo, formatCount, formatDuration, formatMetric } from '../../platform/format.ts';
import type { ItemView } from '../../platform/item-view.ts';
import { markdownText } from '../../platform/markdown.ts';
import { decoratedRun } from './decorations.ts';
import type {
  ErrorNode,
  ExperimentEntryNode,
  ExperimentNode,
  FolderNode,
  MoreNode,
  NoteNode,
  RunNode,
  TrackerNode,
} from './nodes.ts';

/** What texts depend on besides the node. */
export interface Surroundings {
  /** Unix milliseconds. */
  readonly now: number;
  readonly locale: string;
}

export function itemView(node: ExperimentNode, surroundings: Surroundings): ItemView {
  switch (node.kind) {
    case 'folder':
      return folderItem(node);
    case 'tracker':
      return trackerItem(node);
    case 'experiment':
      return experimentItem(node, surroundings);
    case 'run':
      return runItem(node, surroundings);
    case 'more':
      return moreItem(node, surroundings);
    case 'error':
      return errorItem(node);
    case 'note':
      return noteItem(node);
  }
}

function folderItem({ id, name }: FolderNode): ItemView {
  return { id, label: name, icon: { id: 'root-folder' }, children: 'expanded', context: ['folder'] };
}

function trackerItem({ id, connection }: TrackerNode): ItemView {
  return {
    id,
    label: connection.name,
    description: connection.uri,
    icon: { id: connection.origin === null ? 'database' : 'server' },
    children: 'expanded',
    context: ['tracker', ...(connection.attention ? [connection.attention] : [])],
    tooltip: `${markdownText(connection.name)}\n\n${markdownText(connection.uri)}`,
  };
}

function experimentItem({ id, connection, experiment, only }: ExperimentEntryNode, { locale }: Surroundings): ItemView {
  const runs = experiment.runs === null ? undefined : countRuns(experiment.runs, locale);
  return {
    id,
    label: experiment.name,
    ...(runs === undefined ? {} : { description: runs }),
    icon: { id: 'beaker' },
    children: only ? 'expanded' : 'collapsed',
    context: ['experiment', ...(hasOwnPage(connection.backend) ? ['link'] : [])],
    spoken: [l10n.t('experiment {0}', experiment.name), runs].filter((part) => part !== undefined).join(', '),
  };
}

const statusIcons: Record<RunStatus, { id: string; color?: string }> = {
  RUNNING: { id: 'sync~spin', color: 'charts.blue' },
  SCHEDULED: { id: 'clock', color: 'charts.yellow' },
  FINISHED: { id: 'pass', color: 'testing.iconPassed' },
  FAILED: { id: 'error', color: 'testing.iconFailed' },
  KILLED: { id: 'circle-slash', color: 'disabledForeground' },
};

function runItem({ id, folder, connection, run }: RunNode, { now, locale }: Surroundings): ItemView {
  const when = describeTime(run, now, locale);
  const metric = describeMetric(run.metric);
  const saysStatus = when !== null && run.status !== 'FINISHED';
  const marks = [
    ...(run.marks.starred ? [l10n.t('starred')] : []),
    ...(run.marks.hidden ? [l10n.t('hidden')] : []),
    ...(run.deleted ? [l10n.t('deleted')] : []),
  ];
  return {
    id,
    label: run.name || run.ref.runId,
    description: [metric, when].filter((part) => part !== null).join(' · '),
    icon: statusIcons[run.status],
    children: run.hasChildren ? 'collapsed' : 'none',
    context: [
      'run',
      run.marks.starred ? 'starred' : 'plain',
      run.marks.hidden ? 'hidden' : 'shown',
      ...(hasOwnPage(connection.backend) ? ['link'] : []),
    ],
    spoken: [
      l10n.t('run {0}', run.name || run.ref.runId),
      saysStatus ? null : statusName(run.status),
      metric,
      when,
      ...marks,
    ]
      .filter((part) => part !== null)
      .join(', '),
    command: { id: commands.openRun, title: l10n.t('Open Run') },
    resource: decoratedRun(folder, run),
  };
}

function moreItem({ id, shown, total }: MoreNode, { locale }: Surroundings): ItemView {
  return {
    id,
    label: l10n.t('Load more…'),
    description:
      total === null
        ? l10n.t('{0} shown', formatCount(shown, locale))
        : l10n.t('{0} of {1} shown', formatCount(shown, locale), formatCount(total, locale)),
    icon: { id: 'ellipsis' },
    children: 'none',
    context: ['more'],
    command: { id: commands.loadMoreRuns, title: l10n.t('Load More Runs') },
  };
}

/** What a click on an error does about it. */
const remedies: Partial<Record<ConnectionAttention, CommandId>> = {
  'sign-in': commands.signIn,
  'allow-origin': commands.allowOrigin,
  'fix-configuration': commands.openConfiguration,
};

function errorItem({ id, folder, connection, isNamed, failure, attention }: ErrorNode): ItemView {
  const remedy = failure.reason === 'restarted' ? commands.restartServer : attention && remedies[attention];
  const deed = attention === 'sign-in' || attention === 'allow-origin' ? deeds()[attention] : null;
  const label = deed ?? withoutFolder(failure.message, folder);
  const description = deed === null ? failure.remedy : failure.message;
  return {
    id,
    label: connection && isNamed ? `${connection.name}: ${label}` : label,
    ...(description ? { description } : {}),
    icon: { id: 'warning', color: 'list.warningForeground' },
    children: 'none',
    context: ['error', ...(attention ? [attention] : [])],
    spoken: failureLine(failure),
    tooltip: [failure.message, failure.remedy]
      .filter((text) => text !== null)
      .map((text) => markdownText(text, 500))
      .join('\n\n'),
    command: { id: remedy ?? commands.retry, title: l10n.t('Do something about it') },
  };
}

/** What to do where that is all there is to say; a view is too narrow for more. */
function deeds(): Record<'sign-in' | 'allow-origin', string> {
  return {
    'sign-in': l10n.t('Sign in to see the runs'),
    'allow-origin': l10n.t('Allow this folder to connect'),
  };
}

function noteItem({ id, note }: NoteNode): ItemView {
  const texts: Record<NoteNode['note'], string> = {
    waiting: l10n.t('Waiting for an answer…'),
    noTrackers: l10n.t('No experiments found here'),
    noExperiments: l10n.t('No experiments yet'),
    noRuns: l10n.t('No runs yet'),
    noMatch: l10n.t('No run matches the filter'),
  };
  const icon = { id: note === 'waiting' ? 'loading~spin' : 'info' };
  const base = { id, label: texts[note], icon, children: 'none', context: ['note'] } as const;
  if (note === 'noMatch') return { ...base, command: { id: commands.clearFilter, title: l10n.t('Clear Filter') } };
  if (note === 'noTrackers')
    return { ...base, command: { id: commands.addConnection, title: l10n.t('Add Connection') } };
  return base;
}

/** `auc 0.912 · best 0.934`; the best is left out where it is the last one. */
function describeMetric(metric: TreeRun['metric']): string | null {
  if (!metric) return null;
  const last = formatMetric(metric.last);
  const best = metric.best === null ? last : formatMetric(metric.best);
  return best === last ? l10n.t('{0} {1}', metric.key, last) : l10n.t('{0} {1} · best {2}', metric.key, last, best);
}

/** `running for 5 min`, or when it began. */
function describeTime(run: TreeRun, now: number, locale: string): string | null {
  if (run.startTime === null) return run.status === 'SCHEDULED' ? l10n.t('scheduled') : null;
  if (run.status === 'RUNNING') return l10n.t('running for {0}', formatDuration(now - run.startTime));
  const ago = formatAgo(run.startTime, now, locale);
  return run.status === 'FINISHED' ? ago : `${statusName(run.status)} · ${ago}`;
}

export function statusName(status: RunStatus): string {
  switch (status) {
    case 'RUNNING':
      return l10n.t('running');
    case 'SCHEDULED':
      return l10n.t('scheduled');
    case 'FINISHED':
      return l10n.t('finished');
    case 'FAILED':
      return l10n.t('failed');
    case 'KILLED':
      return l10n.t('killed');
  }
}

export function countRuns(count: number, locale: string): string {
  return count === 1 ? l10n.t('1 run') : l10n.t('{0} runs', formatCount(count, locale));
}

/** Stores on a disk have no page of their own to open. */
function hasOwnPage(backend: string): boolean {
  return backend === 'mlflow-rest';
}
