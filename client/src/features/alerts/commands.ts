import { l10n, window } from 'vscode';
import { listChannels, testChannel } from '#schemas/protocol/alerts.ts';
import { commands } from '../../contributions/commands.ts';
import { ClientFailure } from '../../platform/failures.ts';
import type { Handlers } from '../../platform/handlers.ts';
import { withServerProgress } from '../../platform/progress.ts';
import type { Server } from '../../platform/server-connection.ts';

export interface AlertCommandOptions {
  readonly server: Pick<Server, 'request'>;
  /** Which folder it is about, by its URI; undefined where the person turned away. */
  readonly askFolder: () => Promise<string | undefined>;
}

export function alertCommands({ server, askFolder }: AlertCommandOptions) {
  return {
    [commands.testAlertChannel]: async () => {
      const folder = await askFolder();
      if (folder === undefined) return;
      const { channels } = await server.request(listChannels, { folder });
      if (channels.length === 0) {
        throw new ClientFailure('input', l10n.t('mlops.yaml has no channel for alerts: add one to alerting.channels.'));
      }
      const items = channels.map(({ name, type }) => ({ label: name, description: type }));
      const picked = await window.showQuickPick(items, { title: l10n.t('Send a Test to a Channel') });
      if (!picked) return;
      const channel = picked.label;
      await withServerProgress(l10n.t('Sending a test to {0}', channel), ({ token }) =>
        server.request(testChannel, { folder, channel }, { token }),
      );
      window.setStatusBarMessage(l10n.t('A test was sent to {0}', channel), 5000);
    },
  } satisfies Partial<Handlers<(typeof commands)[keyof typeof commands]>>;
}
