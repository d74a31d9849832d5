/**
 * Every setting, by its key below `mlops.`, with its default. `restricted` ones are ignored in an untrusted workspace:
 * they say where the extension connects to.
 */
export const settingsTable = {
  'tracking.uri': { default: '', scope: 'window', restricted: true },
  'experiments.pageSize': { default: 100, scope: 'window', restricted: false },
  'experiments.refreshSeconds': { default: 5, scope: 'window', restricted: false },
  'monitoring.schedules': { default: true, scope: 'window', restricted: false },
  'http.timeoutSeconds': { default: 30, scope: 'window', restricted: false },
  'http.proxy': { default: '', scope: 'machine', restricted: true },
  'diagnostics.severity': { default: {}, scope: 'window', restricted: false },
  'ecosystem.mlproject.enabled': { default: true, scope: 'window', restricted: false },
  'ecosystem.dvc.enabled': { default: true, scope: 'window', restricted: false },
  'ecosystem.kserve.enabled': { default: true, scope: 'window', restricted: false },
  'ecosystem.argo.enabled': { default: true, scope: 'window', restricted: false },
  'ecosystem.kfp.enabled': { default: true, scope: 'window', restricted: false },
  'ecosystem.conda.enabled': { default: true, scope: 'window', restricted: false },
  'codeLens.enabled': { default: true, scope: 'window', restricted: false },
  'inlayHints.schedules': { default: true, scope: 'window', restricted: false },
  'inlayHints.durations': { default: true, scope: 'window', restricted: false },
  'inlayHints.values': { default: true, scope: 'window', restricted: false },
  'inlayHints.matrix': { default: true, scope: 'window', restricted: false },
  'trace.server': { default: 'messages', scope: 'window', restricted: false },
} as const;

export type SettingKey = keyof typeof settingsTable;

export const settingsSection = 'mlops';
