/**
 * Every command of the extension. `package.json` is held to this table by a test, and the table of handlers to it by
 * the compiler, so that a command can't be declared without being handled or the other way round.
 */
export const commands = {
  refreshExperiments: 'mlops.refreshExperiments',
  filterRuns: 'mlops.filterRuns',
  clearFilter: 'mlops.clearFilter',
  sortRuns: 'mlops.sortRuns',
  chooseMetric: 'mlops.chooseMetric',
  showHiddenRuns: 'mlops.showHiddenRuns',
  concealHiddenRuns: 'mlops.concealHiddenRuns',
  showStarredOnly: 'mlops.showStarredOnly',
  showAllRuns: 'mlops.showAllRuns',
  openRun: 'mlops.openRun',
  openRunsTable: 'mlops.openRunsTable',
  compareRuns: 'mlops.compareRuns',
  compareWith: 'mlops.compareWith',
  starRun: 'mlops.starRun',
  unstarRun: 'mlops.unstarRun',
  hideRun: 'mlops.hideRun',
  unhideRun: 'mlops.unhideRun',
  openInTracker: 'mlops.openInTracker',
  copyRunId: 'mlops.copyRunId',
  loadMoreRuns: 'mlops.loadMoreRuns',
  retry: 'mlops.retry',
  refreshConnections: 'mlops.refreshConnections',
  addConnection: 'mlops.addConnection',
  signIn: 'mlops.signIn',
  signOut: 'mlops.signOut',
  allowOrigin: 'mlops.allowOrigin',
  openConfiguration: 'mlops.openConfiguration',
  collectDiagnostics: 'mlops.collectDiagnostics',
  copyConnectionUri: 'mlops.copyConnectionUri',
  showReferences: 'mlops.showReferences',
  showLog: 'mlops.showLog',
  restartServer: 'mlops.restartServer',
} as const;

export type CommandId = (typeof commands)[keyof typeof commands];

/** Commands that mean nothing without the tree item they were called on: the palette leaves them out. */
export const itemCommands: ReadonlySet<CommandId> = new Set([
  commands.starRun,
  commands.unstarRun,
  commands.hideRun,
  commands.unhideRun,
  commands.compareWith,
  commands.openInTracker,
  commands.copyRunId,
  commands.loadMoreRuns,
  commands.retry,
  commands.copyConnectionUri,
  commands.showReferences,
]);
