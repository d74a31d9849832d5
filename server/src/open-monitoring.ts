import { dataTasks } from './local-data.ts';
import { findVersion } from './models/find-version.ts';
import { createCheckMonitor } from './monitoring/check-monitor.ts';
import type { CheckMonitor } from './monitoring/monitor-checker.ts';
import { MonitorHistory } from './monitoring/monitor-history.ts';
import { type Workspace, withMetrics } from './workspace.ts';

export interface Monitoring {
  readonly check: CheckMonitor;
  readonly history: MonitorHistory;
  close(): void;
}

export interface MonitoringOptions {
  /** What could not be kept. */
  readonly onWarning: (message: string) => void;
}

/** Puts together what checks the monitors of a workspace. Nothing is opened before it is needed. */
export function openMonitoring(workspace: Workspace, options: MonitoringOptions): Monitoring {
  const { root } = workspace.configuration;
  const history = new MonitorHistory(root);
  const check = createCheckMonitor({
    ...options,
    folder: root,
    processAlerts: async (found, signal) => (await workspace.alerts(signal)).process(found, signal),
    ...dataTasks(workspace),
    withMetrics: (work) => withMetrics(workspace, work),
    resolveModel: async (reference, signal) => {
      const { registry } = await workspace.models(signal);
      const { version } = await findVersion(registry, reference, signal);
      return { name: version.model, version: version.version };
    },
    history,
    now: Date.now,
  });
  return { check, history, close: () => history.close() };
}
