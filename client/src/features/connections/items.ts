import { l10n } from 'vscode';
import type {
  ConfigurationSource,
  Connection,
  ConnectionAttention,
  ConnectionKind,
} from '#schemas/domain/connection.ts';
import { type CommandId, commands } from '../../contributions/commands.ts';
import { failureLine } from '../../platform/failures.ts';
import { withoutFolder } from '../../platform/folder-text.ts';
import type { ItemView } from '../../platform/item-view.ts';
import { factsTooltip, markdownText } from '../../platform/markdown.ts';
import type { ConnectionEntryNode, ConnectionErrorNode, ConnectionNode, WarningNode } from './nodes.ts';

export function connectionItemView(node: ConnectionNode): ItemView {
  switch (node.kind) {
    case 'folder':
      return {
        id: node.id,
        label: node.name,
        icon: { id: 'root-folder' },
        children: 'expanded',
        context: ['folder'],
      };
    case 'connection':
      return connectionItem(node);
    case 'warning':
      return warningItem(node);
    case 'error':
      return errorItem(node);
  }
}

const attentionCommands: Partial<Record<ConnectionAttention, CommandId>> = {
  'sign-in': commands.signIn,
  'allow-origin': commands.allowOrigin,
  'fix-configuration': commands.openConfiguration,
};

function connectionItem({ id, folder, connection }: ConnectionEntryNode): ItemView {
  const remedy = connection.attention ? attentionCommands[connection.attention] : undefined;
  const description = withoutFolder(describeConnection(connection), folder);
  return {
    id,
    label: connection.name,
    description,
    icon: healthIcon(connection),
    children: 'none',
    context: [
      'connection',
      ...(connection.origin === null ? ['local'] : ['remote']),
      ...(connection.attention ? [connection.attention] : []),
    ],
    spoken: [kindName(connection.kind), connection.name, healthName(connection), description].join(', '),
    tooltip: connectionTooltip(connection),
    ...(remedy ? { command: { id: remedy, title: l10n.t('Do something about it') } } : {}),
  };
}

/** What answered and how fast; or what is wrong. */
export function describeConnection({ healthy, detail, backend, latencyMs }: Connection): string {
  if (healthy === false) return detail || l10n.t('not reachable');
  const latency = healthy && latencyMs !== null ? l10n.t('{0} ms', Math.max(1, Math.round(latencyMs))) : null;
  return [detail || backend, latency].filter((part) => part !== null).join(' · ');
}

function healthIcon({ healthy, attention, kind, origin }: Connection): ItemView['icon'] {
  if (attention === 'sign-in') return { id: 'key', color: 'list.warningForeground' };
  if (attention === 'allow-origin') return { id: 'shield', color: 'list.warningForeground' };
  if (attention === 'fix-configuration' || attention === 'unsupported') {
    return { id: 'warning', color: 'list.warningForeground' };
  }
  if (healthy === false) return { id: 'error', color: 'testing.iconFailed' };
  if (healthy === true) return { id: 'pass-filled', color: 'testing.iconPassed' };
  return { id: kind === 'tracker' && origin !== null ? 'server' : kindIcons[kind] };
}

const kindIcons: Record<ConnectionKind, string> = {
  tracker: 'database',
  registry: 'package',
  storage: 'archive',
  prometheus: 'pulse',
  grafana: 'dashboard',
  kubernetes: 'server-environment',
  alerting: 'bell',
};

function connectionTooltip(connection: Connection): string {
  return factsTooltip(connection.name, [
    [l10n.t('What'), `${kindName(connection.kind)} (${connection.backend})`],
    [l10n.t('Where'), connection.uri],
    [l10n.t('From'), sourceName(connection.source)],
    [l10n.t('Health'), healthName(connection)],
    ...(connection.detail ? [[l10n.t('Says'), connection.detail] as const] : []),
  ]);
}

function warningItem({ id, file, message }: WarningNode): ItemView {
  return {
    id,
    label: message,
    description: file,
    icon: { id: 'warning', color: 'list.warningForeground' },
    children: 'none',
    context: ['warning'],
    tooltip: markdownText(`${file}: ${message}`, 500),
    command: { id: commands.openConfiguration, title: l10n.t('Open Configuration') },
  };
}

function errorItem({ id, failure }: ConnectionErrorNode): ItemView {
  return {
    id,
    label: failure.message,
    ...(failure.remedy ? { description: failure.remedy } : {}),
    icon: { id: 'warning', color: 'list.warningForeground' },
    children: 'none',
    context: ['error'],
    spoken: failureLine(failure),
    tooltip: markdownText(failureLine(failure), 500),
    command: { id: commands.refreshConnections, title: l10n.t('Check Again') },
  };
}

function kindName(kind: ConnectionKind): string {
  const names: Record<ConnectionKind, string> = {
    tracker: l10n.t('Experiments'),
    registry: l10n.t('Model registry'),
    storage: l10n.t('Artifact storage'),
    prometheus: l10n.t('Prometheus'),
    grafana: l10n.t('Grafana'),
    kubernetes: l10n.t('Kubernetes'),
    alerting: l10n.t('Alerts'),
  };
  return names[kind];
}

function sourceName(source: ConfigurationSource): string {
  switch (source) {
    case 'environment':
      return l10n.t('environment variables');
    case 'settings':
      return l10n.t('settings of the editor');
    case 'found':
      return l10n.t('found in the folder');
    case 'command line':
      return l10n.t('command line');
    default:
      return source;
  }
}

function healthName({ healthy }: Connection): string {
  if (healthy === null) return l10n.t('not checked yet');
  return healthy ? l10n.t('healthy') : l10n.t('not healthy');
}
