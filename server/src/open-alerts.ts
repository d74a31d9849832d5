import type { AlertChannel } from './monitoring/alerts/alert-channel.ts';
import { type Alerts, createAlerts } from './monitoring/alerts/alerts.ts';
import type { ResolvedConfiguration } from './platform/configuration/resolved.ts';
import type { WorkspaceOptions } from './workspace-port.ts';

/** How long a check waits for a channel's pace before it leaves the rest to the next one. */
const patienceMs = 15_000;

export interface AlertParts {
  readonly workspace: WorkspaceOptions;
  readonly configuration: ResolvedConfiguration;
  readonly channels: readonly AlertChannel[];
}

/** Puts together the alerts of a workspace from its channels. */
export function openAlerts({ workspace, configuration, channels }: AlertParts): Alerts {
  return createAlerts({
    root: configuration.root,
    channels,
    runbookBase: configuration.alerting.runbookBase,
    logger: workspace.logger,
    redact: (text) => workspace.redactor.redact(text),
    clock: Date.now,
    patienceMs,
  });
}
