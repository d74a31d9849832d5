import { l10n } from 'vscode';
import type { ApprovalCount } from '#schemas/domain/approval.ts';
import { formatBytes } from '#schemas/domain/bytes.ts';
import type { ModelVersion } from '#schemas/domain/model-version.ts';
import type { RegistryInfo } from '#schemas/protocol/models.ts';
import { commands } from '../../contributions/commands.ts';
import { failureLine } from '../../platform/failures.ts';
import { withoutFolder } from '../../platform/folder-text.ts';
import { formatAgo, formatCount } from '../../platform/format.ts';
import type { ItemView } from '../../platform/item-view.ts';
import { factsTooltip, markdownText } from '../../platform/markdown.ts';
import type { ModelNode, RegistryNode, VersionNode } from './nodes.ts';

export interface ItemTime {
  /** Unix milliseconds. */
  readonly now: number;
  readonly locale: string;
}

export function registryItemView(node: RegistryNode, time: ItemTime): ItemView {
  switch (node.kind) {
    case 'folder':
      return { id: node.id, label: node.name, icon: { id: 'root-folder' }, children: 'expanded', context: ['folder'] };
    case 'model':
      return modelItem(node, time);
    case 'version':
      return versionItem(node, time);
    case 'more':
      return {
        ...{ id: node.id, label: l10n.t('Show more'), icon: { id: 'ellipsis' }, children: 'none', context: ['more'] },
        description: l10n.t('{0} of {1}', formatCount(node.shown, time.locale), formatCount(node.total, time.locale)),
        command: { id: commands.showMoreModels, title: l10n.t('Show more') },
      };
    case 'error':
      return {
        ...{
          id: node.id,
          label: withoutFolder(node.failure.message, node.folder),
          children: 'none',
          context: ['error'],
        },
        ...(node.failure.remedy ? { description: node.failure.remedy } : {}),
        icon: { id: 'warning', color: 'list.warningForeground' },
        spoken: failureLine(node.failure),
        tooltip: markdownText(failureLine(node.failure), 500),
        command: { id: commands.refreshModels, title: l10n.t('Try Again') },
      };
    case 'note': {
      const label = node.note === 'noMatch' ? l10n.t('No model fits the search') : l10n.t('No models yet');
      return { id: node.id, label, icon: { id: 'info' }, children: 'none', context: ['note'] };
    }
  }
}

function modelItem({ id, model, registry }: ModelNode, { locale }: ItemTime): ItemView {
  const { latest, versions } = model;
  const count = versions === 1 ? l10n.t('1 version') : l10n.t('{0} versions', formatCount(versions, locale));
  const description = `${latest.version} · ${count}`;
  const limits = [
    ...(registry.guarantees.writable ? [] : [l10n.t('This registry can only be read.')]),
    ...(registry.guarantees.uniqueVersions ? [] : [l10n.t('Two people who register at once may get one version.')]),
    ...(registry.guarantees.atomicChanges ? [] : [l10n.t('A change of several things may stop in between.')]),
  ];
  const lines = [
    `**${markdownText(model.name)}**`,
    '',
    markdownText(registry.uri, 300),
    ...limits.map((line) => `\n\n${line}`),
  ];
  return {
    ...{ id, label: model.name, description, icon: { id: 'package' }, children: 'collapsed' },
    context: ['model', accessOf(registry)],
    spoken: [model.name, l10n.t('highest version {0}', latest.version), count].join(', '),
    tooltip: lines.join('\n'),
  };
}

function versionItem({ id, version, approvals, registry }: VersionNode, time: ItemTime): ItemView {
  const badges = badgesOf(version, approvals.map(approvalBadge));
  const ago = formatAgo(version.createdAt, time.now, time.locale);
  return {
    ...{ id, label: version.version, description: [...badges, ago].join(' · '), children: 'none' },
    icon: iconOf(version),
    context: [
      'version',
      accessOf(registry),
      version.archived ? 'archived' : 'active',
      version.signed ? 'signed' : 'unsigned',
      ...(version.stage === null ? [] : ['staged']),
      ...(version.aliases.length > 0 ? ['aliased'] : []),
    ],
    spoken: [`${version.model} ${version.version}`, ...badgesOf(version, approvals.map(approvalText)), ago].join(', '),
    tooltip: versionTooltip(version, approvals, time),
  };
}

/** Menus leave out what a registry that can only be read would refuse. */
function accessOf({ guarantees }: RegistryInfo): string {
  return guarantees.writable ? 'writable' : 'readOnly';
}

function badgesOf({ stage, aliases, signed, archived, state }: ModelVersion, approvals: readonly string[]): string[] {
  return [
    ...(state === undefined ? [] : [stateName(state)]),
    ...(stage === null ? [] : [stage]),
    ...aliases.map((alias) => `@${alias}`),
    ...(signed ? [l10n.t('signed')] : []),
    ...approvals,
    ...(archived ? [l10n.t('archived')] : []),
  ];
}

function stateName(state: NonNullable<ModelVersion['state']>): string {
  return state === 'pending' ? l10n.t('being registered') : l10n.t('registration failed');
}

/** A side bar has little room: which stage they are for is in the tooltip. */
function approvalBadge({ valid, needed }: ApprovalCount): string {
  return l10n.t('{0}/{1} approvals', valid, needed);
}

function approvalText({ valid, needed, stage }: ApprovalCount): string {
  return l10n.t('{0} of {1} approvals for {2}', valid, needed, stage);
}

function iconOf({ stage, archived, signed, state }: ModelVersion): ItemView['icon'] {
  if (state !== undefined) return { id: state === 'pending' ? 'watch' : 'warning', color: 'list.warningForeground' };
  if (archived) return { id: 'archive', color: 'disabledForeground' };
  if (stage !== null) return { id: signed ? 'verified-filled' : 'rocket', color: 'testing.iconPassed' };
  return { id: signed ? 'verified' : 'tag' };
}

function versionTooltip(version: ModelVersion, approvals: readonly ApprovalCount[], { now, locale }: ItemTime): string {
  return factsTooltip(`${version.model}@${version.version}`, [
    [l10n.t('Stage'), version.stage ?? '–'],
    ...(version.aliases.length > 0 ? [[l10n.t('Aliases'), version.aliases.join(', ')] as const] : []),
    [
      l10n.t('Signature'),
      version.signed ? l10n.t('there is one; “Verify Signature” looks at it') : l10n.t('not signed'),
    ],
    ...(approvals.length === 0 ? [] : [[l10n.t('Approvals'), approvals.map(approvalText).join(', ')] as const]),
    ...(version.framework === null ? [] : [[l10n.t('Framework'), version.framework] as const]),
    [l10n.t('Files'), `${formatCount(version.fileCount, locale)} · ${formatBytes(version.size)}`],
    [l10n.t('Registered'), `${formatAgo(version.createdAt, now, locale)} · ${version.createdBy}`],
    [l10n.t('Digest'), version.manifestDigest?.slice(0, 16) ?? '–'],
  ]);
}
