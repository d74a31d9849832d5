import { l10n, window } from 'vscode';
import type { GateReport } from '#schemas/domain/gate-report.ts';
import { getReport, getVersion, validateVersion } from '#schemas/protocol/models.ts';
import { commands } from '../../contributions/commands.ts';
import { ClientFailure } from '../../platform/failures.ts';
import type { Handlers } from '../../platform/handlers.ts';
import { markdownCell, markdownTable } from '../../platform/markdown.ts';
import { withServerProgress } from '../../platform/progress.ts';
import type { ReadOnlyTexts } from '../../platform/read-only-texts.ts';
import { nameOf, selectorOf, type VersionCommandOptions, versionOf } from './version-commands.ts';

export interface ReportCommandOptions extends VersionCommandOptions {
  readonly texts: ReadOnlyTexts;
}

/** Commands on what the gates of a Model document say of a version. */
export function reportCommands(options: ReportCommandOptions) {
  const { server, texts } = options;

  return {
    [commands.validateVersion]: async (argument) => {
      const chosen = await versionOf(options, argument);
      if (!chosen) return;
      const name = nameOf(chosen);
      const { report } = await withServerProgress(l10n.t('Asking the gates of {0}', name), (progress) =>
        server.request(validateVersion, { folder: chosen.folder, ...selectorOf(chosen.version) }, progress),
      );
      if (await wantsReport(report, name)) await texts.show(`${name} gates.md`, reportText(report));
    },
    [commands.showGateReport]: async (argument) => {
      const chosen = await versionOf(options, argument);
      if (!chosen) return;
      const { folder, version } = chosen;
      const { reports } = await server.request(getVersion, { folder, ...selectorOf(version) });
      const [newest] = reports;
      if (!newest) {
        throw new ClientFailure(
          'not-found',
          l10n.t('The gates of {0} were not asked yet.', nameOf(chosen)),
          l10n.t('“Validate Model Version” asks them.'),
        );
      }
      const { report } = await server.request(getReport, { folder, digest: newest.digest });
      await texts.show(`${nameOf(chosen)} gates.md`, reportText(report, newest.digest));
    },
  } satisfies Partial<Handlers<(typeof commands)[keyof typeof commands]>>;
}

async function wantsReport({ passed, gates }: GateReport, name: string): Promise<boolean> {
  const show = l10n.t('Show Report');
  const closed = gates.filter((gate) => !gate.passed).length;
  const answer = await (passed
    ? window.showInformationMessage(
        gates.length === 1
          ? l10n.t('{0} passed its gate.', name)
          : l10n.t('{0} passed all {1} gates.', name, gates.length),
        show,
      )
    : window.showWarningMessage(l10n.t('{0} of {1} gates are closed to {2}.', closed, gates.length, name), show));
  return answer === show;
}

/** A report as Markdown; `digest` is the one that the registry keeps it by. */
export function reportText({ model, version, gates, createdAt, passed }: GateReport, digest?: string): string {
  const rows = gates.map(({ passed: open, name, detail }) => [open ? '✓' : '✗', name, detail]);
  return [
    `# ${l10n.t('Gates of {0}', `${model}@${version}`)}`,
    '',
    passed ? l10n.t('All gates are open.') : l10n.t('Not all gates are open.'),
    l10n.t('Asked at {0}.', new Date(createdAt).toISOString()),
    ...(digest === undefined ? [] : [l10n.t('Digest of this report: {0}', digest)]),
    '',
    ...markdownTable(['', l10n.t('Gate'), l10n.t('What was found')], rows, markdownCell),
    '',
  ].join('\n');
}
