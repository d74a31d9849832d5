/** Context keys that the manifest's `when` clauses read. */
export const contexts = {
  /** What the experiments view found: `ready`, `notConfigured`, `error`. Unset until it looked. */
  state: 'mlops.state',
  filtered: 'mlops.filtered',
  showHidden: 'mlops.showHidden',
  starredOnly: 'mlops.starredOnly',
  /** The registries of the Models view were read, and have nothing. */
  modelsEmpty: 'mlops.modelsEmpty',
  modelsFiltered: 'mlops.modelsFiltered',
  showArchivedModels: 'mlops.showArchivedModels',
  /** The folders were looked through, and have no monitor. */
  monitorsEmpty: 'mlops.monitorsEmpty',
} as const;

export type ExperimentsState = 'ready' | 'notConfigured' | 'error';
