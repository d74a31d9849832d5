import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { monitorDocument } from '#schemas/config/monitor.ts';
import type { AlertNotice } from '#schemas/domain/alert-notice.ts';
import { settings } from '#schemas/protocol/workspace.ts';
import type { MonitorDocument } from '#server/monitoring/monitor-documents.ts';
import type { MonitorFacts } from '#server/monitoring/monitor-facts.ts';
import type { LogEntry } from '#server/platform/log.ts';
import { createLogger } from '#server/platform/log.ts';
import { createRedactor } from '#server/platform/redact.ts';
import { connectWithoutAsking, noStoredCredentials } from '#server/security/ports.ts';
import { openWorkspace, type WorkspaceOptions } from '#server/workspace.ts';

/** A folder of its own that is removed with the test. */
export async function makeFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'mlops-alerts-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

interface OpenOptions extends Partial<WorkspaceOptions> {
  /** The entries of `alerting.channels`, as YAML flow mappings. */
  readonly channels: readonly string[];
}

/** The alerts of a folder whose `mlops.yaml` has those channels; what the log says is in `log`. */
export async function openAlerts({ channels, ...options }: OpenOptions) {
  const folder = options.folder ?? (await makeFolder());
  const list = channels.map((channel) => `    - ${channel}`).join('\n');
  await writeFile(
    join(folder, 'mlops.yaml'),
    `apiVersion: mlops/v1
kind: Workspace
metadata: {name: test}
alerting:
  runbookBase: https://runbooks.example.com/ml
  channels:
${list}
`,
  );
  const redactor = createRedactor();
  const log: LogEntry[] = [];
  const shown: AlertNotice[] = [];
  const workspace = await openWorkspace({
    folder,
    trusted: true,
    env: {},
    settings: settings.parse({}),
    logger: createLogger({ sink: (entry) => log.push(entry), redactor, level: 'debug' }),
    redactor,
    credentials: noStoredCredentials,
    permission: connectWithoutAsking,
    inProcess: true,
    showNotice: async (notice) => {
      shown.push(notice);
    },
    ...options,
  });
  onTestFinished(() => workspace.dispose());
  return { folder, workspace, alerts: await workspace.alerts(), log, shown };
}

/** A monitor with one alert over `metrics.latency`. */
export function monitor(alert: Record<string, unknown> = {}): MonitorDocument {
  return monitorDocument.parse({
    apiVersion: 'mlops/v1',
    kind: 'Monitor',
    metadata: { name: 'churn' },
    model: 'churn@champion',
    metrics: [{ name: 'latency', query: 'latency' }],
    alerts: [{ name: 'slow', when: 'metrics.latency > 0.3', channel: 'team', runbook: 'slow.md', ...alert }],
  });
}

/** Facts with that latency; a text says why it is unknown. */
export function latency(value: number | string): MonitorFacts {
  const fact = typeof value === 'number' ? { value, labels: {} } : { unknown: value, labels: {} };
  return { drift: null, performance: {}, metrics: { latency: [fact] } };
}
