export const viewContainer = 'mlops';

export const views = {
  experiments: 'mlops.experiments',
  models: 'mlops.models',
  monitors: 'mlops.monitors',
  connections: 'mlops.connections',
} as const;

/** View types of the webview panels, by the name of the panel. */
export const panelTypes = {
  runs: 'mlops.runs',
  compare: 'mlops.compare',
  run: 'mlops.run',
  versions: 'mlops.versions',
  audit: 'mlops.audit',
  drift: 'mlops.drift',
  dashboard: 'mlops.dashboard',
} as const;

export type PanelName = keyof typeof panelTypes;
