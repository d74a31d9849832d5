import { l10n } from 'vscode';
import type { AlertStatus, CheckState, MonitorCheck } from '#schemas/domain/monitor-report.ts';
import type { MonitorState, ScheduleRunner } from '#schemas/protocol/monitoring.ts';
import { commands } from '../../contributions/commands.ts';
import { failureLine } from '../../platform/failures.ts';
import { withoutFolder } from '../../platform/folder-text.ts';
import { formatAgo, formatCount, formatMetric } from '../../platform/format.ts';
import type { ItemView } from '../../platform/item-view.ts';
import { factsTooltip, markdownText } from '../../platform/markdown.ts';
import type { AlertGroupNode, CheckGroupNode, MonitorItemNode, MonitorNode, MonitorNote } from './nodes.ts';
import { sparkBlocks } from './spark-blocks.ts';

export interface ItemTime {
  /** Unix milliseconds. */
  readonly now: number;
  readonly locale: string;
}

export function monitorItemView(node: MonitorNode, time: ItemTime): ItemView {
  switch (node.kind) {
    case 'folder':
      return { id: node.id, label: node.name, icon: { id: 'root-folder' }, children: 'expanded', context: ['folder'] };
    case 'monitor':
      return monitorItem(node, time);
    case 'checks':
      return checksItem(node, time);
    case 'alerts':
      return alertsItem(node);
    case 'check':
      return checkItem(node.id, node.check);
    case 'alert':
      return alertItem(node.id, node.alert, time);
    case 'more':
      return {
        ...{ id: node.id, label: l10n.t('Show more'), icon: { id: 'ellipsis' }, children: 'none', context: ['more'] },
        description: l10n.t('{0} of {1}', formatCount(node.shown, time.locale), formatCount(node.total, time.locale)),
        command: { id: commands.refreshMonitors, title: l10n.t('Show more') },
      };
    case 'error':
      return {
        ...{ id: node.id, label: withoutFolder(node.failure.message, node.folder), children: 'none' },
        ...(node.failure.remedy ? { description: node.failure.remedy } : {}),
        context: ['error'],
        icon: { id: 'warning', color: 'list.warningForeground' },
        spoken: failureLine(node.failure),
        tooltip: markdownText(failureLine(node.failure), 500),
        command: { id: commands.refreshMonitors, title: l10n.t('Try Again') },
      };
    case 'note':
      return {
        ...{ id: node.id, label: noteText(node.note, time), children: 'none', context: ['note'] },
        ...(node.note.what === 'schedules' ? { description: node.note.reason } : {}),
        icon: node.note.what === 'schedules' ? { id: 'warning', color: 'list.warningForeground' } : { id: 'info' },
      };
  }
}

function monitorItem({ id, monitor, runner }: MonitorItemNode, time: ItemTime): ItemView {
  const { name, state, lastState, checkedAt, reason, values, file, hasDrift } = monitor;
  const label = name ?? file;
  const ago = checkedAt === null ? [] : [formatAgo(checkedAt, time.now, time.locale)];
  const isQuiet = state === 'ok' || state === 'never-checked';
  const words = [
    ...(isQuiet && checkedAt !== null ? [] : [stateName(state)]),
    ...(reason === null || state === 'checking' ? [] : [reason]),
  ];
  const spark = sparkBlocks(values);
  const isValid = state !== 'invalid';
  return {
    ...{ id, label, icon: stateIcon(state), children: isValid && lastState !== null ? 'collapsed' : 'none' },
    // A side bar has little room: what the icon tells comes last, but a reason first.
    description: (reason === null ? [spark, ...ago, ...words] : [...words, spark, ...ago])
      .filter((part) => part !== '')
      .join(' · '),
    context: ['monitor', isValid ? 'valid' : 'invalid', ...(hasDrift ? ['drift'] : [])],
    spoken: [label, stateName(state), ...(reason === null ? [] : [reason]), ...ago].join(', '),
    tooltip: monitorTooltip(monitor, runner, time),
  };
}

function monitorTooltip(
  { name, file, state, lastState, checkedAt, model, schedule, nextRun, reason }: MonitorItemNode['monitor'],
  runner: ScheduleRunner,
  { now, locale }: ItemTime,
): string {
  const shownState = state === 'checking' && lastState !== null ? `${stateName(lastState)} · ` : '';
  return factsTooltip(name ?? file, [
    [l10n.t('State'), `${shownState}${stateName(state)}`],
    ...(reason === null ? [] : [[l10n.t('Why'), reason] as const]),
    [l10n.t('Last check'), checkedAt === null ? l10n.t('never') : timeText(checkedAt, now, locale)],
    [
      l10n.t('Schedule'),
      schedule === null ? l10n.t('none: it is checked when you say so') : `${schedule} (${runner.timeZone})`,
    ],
    ...(schedule === null ? [] : [[l10n.t('Next check'), nextText(nextRun, runner, { now, locale })] as const]),
    ...(model === null ? [] : [[l10n.t('Model'), model] as const]),
    [l10n.t('Document'), file],
  ]);
}

function nextText(nextRun: number | null, { state, reason }: ScheduleRunner, { now, locale }: ItemTime): string {
  if (state === 'off') return l10n.t('schedules are switched off in the settings');
  if (state === 'failed') return reason ?? l10n.t('schedules don’t run');
  if (nextRun === null) return l10n.t('never');
  const when = nextRun <= now ? l10n.t('now') : timeText(nextRun, now, locale);
  return state === 'elsewhere' ? l10n.t('{0}, by another window', when) : when;
}

function timeText(time: number, now: number, locale: string): string {
  const there = new Date(time).toLocaleString(locale, { dateStyle: 'medium', timeStyle: 'short' });
  return time > now ? there : `${formatAgo(time, now, locale)} · ${there}`;
}

function checksItem({ id, of, checks }: CheckGroupNode, { locale }: ItemTime): ItemView {
  const names = {
    drift: { label: l10n.t('Drift'), icon: 'pulse' },
    performance: { label: l10n.t('Performance'), icon: 'target' },
    metric: { label: l10n.t('Metrics'), icon: 'graph-line' },
  };
  const parts = of === 'drift' ? checks.filter(({ name }) => name !== 'drift') : checks;
  const bad = checks.filter(({ state }) => state !== 'ok').length;
  const out = parts.filter(({ state }) => state === 'out-of-bounds').length;
  const { label, icon } = names[of];
  const unknown = checks.find(({ state }) => state === 'could-not-check' || state === 'no-data');
  const counted =
    of === 'drift'
      ? l10n.t('{0} of {1} columns drifted', formatCount(out, locale), formatCount(parts.length, locale))
      : l10n.t('{0} of {1} out of bounds', formatCount(out, locale), formatCount(parts.length, locale));
  // What nobody can tell is never told as if all were well.
  const said = [...(parts.length === 0 ? [] : [counted]), ...(unknown ? [stateName(unknown.state)] : [])].join(' · ');
  return {
    ...{ id, label, description: said, icon: { id: icon }, children: bad > 0 ? 'expanded' : 'collapsed' },
    ...{ context: ['checks'], spoken: `${label}, ${said}` },
  };
}

function alertsItem({ id, alerts }: AlertGroupNode): ItemView {
  const firing = alerts.filter(({ state }) => state === 'firing').length;
  const label = l10n.t('Alerts');
  const description = firing === 0 ? l10n.t('none firing') : l10n.t('{0} firing', firing);
  return {
    ...{ id, label, description, icon: { id: 'bell' }, children: firing > 0 ? 'expanded' : 'collapsed' },
    ...{ context: ['alerts'], spoken: `${label}, ${description}` },
  };
}

function checkItem(id: string, check: MonitorCheck): ItemView {
  const { kind, name, labels, value, interval, unit, state, reason } = check;
  const isColumn = kind === 'drift' && name !== 'drift';
  const method = isColumn ? Object.values(labels) : [];
  const told = isColumn ? [] : Object.entries(labels).map(([label, of]) => `${label}=${of}`);
  const whole = kind === 'drift' && name === 'drift' ? l10n.t('Share of drifted columns') : name;
  const label = told.length === 0 ? whole : `${whole} (${told.join(', ')})`;
  const shown = value === null ? [] : [`${formatMetric(value)}${unit === null ? '' : ` ${unit}`}`];
  const bounds = boundsText(check);
  // What it is about beside the figures is told by the icon.
  const words = value === null ? [stateName(state), ...(reason === null ? [] : [reason])] : [...shown, ...bounds];
  return {
    ...{ id, label, icon: stateIcon(state), children: 'none', context: ['check'] },
    description: [...words, ...method].join(' · '),
    spoken: [label, stateName(state), ...shown, ...bounds, ...(reason === null ? [] : [reason])].join(', '),
    tooltip: factsTooltip(label, [
      [l10n.t('State'), stateName(state)],
      [l10n.t('Value'), shown[0] ?? '–'],
      ...(interval === null
        ? []
        : [
            [
              l10n.t('95 % interval'),
              l10n.t('{0} to {1}', formatMetric(interval.low), formatMetric(interval.high)),
            ] as const,
          ]),
      ...(bounds.length === 0 ? [] : [[l10n.t('Bounds'), bounds.join(', ')] as const]),
      ...(method.length === 0 ? [] : [[l10n.t('Method'), method.join(', ')] as const]),
      ...(reason === null ? [] : [[l10n.t('Why'), reason] as const]),
    ]),
  };
}

function boundsText({ minimum, maximum }: MonitorCheck): string[] {
  return [
    ...(minimum === null ? [] : [l10n.t('at least {0}', formatMetric(minimum))]),
    ...(maximum === null ? [] : [l10n.t('at most {0}', formatMetric(maximum))]),
  ];
}

function alertItem(id: string, alert: AlertStatus, { now, locale }: ItemTime): ItemView {
  const { name, severity, state, since, reason, runbook } = alert;
  const said = alertStateName(state);
  const ago = since === null || state === 'inactive' ? [] : [formatAgo(since, now, locale)];
  return {
    ...{ id, label: name, description: [said, ...ago].join(' · '), icon: alertIcon(state), children: 'none' },
    context: ['alert'],
    spoken: [name, said, severity, ...(reason === null ? [] : [reason])].join(', '),
    tooltip: factsTooltip(name, [
      [l10n.t('State'), [said, ...ago].join(' · ')],
      [l10n.t('Severity'), severity],
      ...(reason === null ? [] : [[l10n.t('Why'), reason] as const]),
      ...(runbook === null ? [] : [[l10n.t('Runbook'), runbook] as const]),
    ]),
  };
}

function alertIcon(state: AlertStatus['state']): ItemView['icon'] {
  switch (state) {
    case 'firing':
      return { id: 'bell-dot', color: 'list.errorForeground' };
    case 'pending':
      return { id: 'watch', color: 'list.warningForeground' };
    case 'silenced':
    case 'inhibited':
      return { id: 'bell-slash' };
    case 'unknown':
      return { id: 'question', color: 'list.warningForeground' };
    case 'inactive':
      return { id: 'bell' };
  }
}

function alertStateName(state: AlertStatus['state']): string {
  switch (state) {
    case 'firing':
      return l10n.t('firing');
    case 'pending':
      return l10n.t('pending');
    case 'silenced':
      return l10n.t('silenced');
    case 'inhibited':
      return l10n.t('inhibited by another alert');
    case 'unknown':
      return l10n.t('could not be told');
    case 'inactive':
      return l10n.t('not firing');
  }
}

function stateIcon(state: MonitorState | CheckState): ItemView['icon'] {
  switch (state) {
    case 'ok':
      return { id: 'pass', color: 'testing.iconPassed' };
    case 'out-of-bounds':
      return { id: 'error', color: 'list.errorForeground' };
    case 'no-data':
      return { id: 'circle-slash', color: 'list.warningForeground' };
    case 'could-not-check':
      return { id: 'warning', color: 'list.warningForeground' };
    case 'never-checked':
      return { id: 'circle-outline' };
    case 'checking':
      return { id: 'loading~spin' };
    case 'invalid':
      return { id: 'bracket-error', color: 'list.errorForeground' };
  }
}

function stateName(state: MonitorState): string {
  switch (state) {
    case 'ok':
      return l10n.t('ok');
    case 'out-of-bounds':
      return l10n.t('out of bounds');
    case 'no-data':
      return l10n.t('no data');
    case 'could-not-check':
      return l10n.t('could not check');
    case 'never-checked':
      return l10n.t('never checked');
    case 'checking':
      return l10n.t('checking…');
    case 'invalid':
      return l10n.t('invalid document');
  }
}

function noteText(note: MonitorNote, { locale }: ItemTime): string {
  switch (note.what) {
    case 'noMonitors':
      return l10n.t('No monitors yet');
    case 'notChecked':
      return l10n.t('Not checked yet');
    case 'left':
      return l10n.t('{0} more, all in the report of mlops monitor check', formatCount(note.count, locale));
    case 'schedules':
      return l10n.t('Schedules don’t run');
  }
}
