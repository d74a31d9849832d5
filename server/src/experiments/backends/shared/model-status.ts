const NAMES: ReadonlyMap<string, string> = new Map([
  ['0', 'UNSPECIFIED'],
  ['1', 'PENDING'],
  ['2', 'READY'],
  ['3', 'FAILED'],
  ['LOGGED_MODEL_STATUS_UNSPECIFIED', 'UNSPECIFIED'],
  ['LOGGED_MODEL_PENDING', 'PENDING'],
  ['LOGGED_MODEL_READY', 'READY'],
  ['LOGGED_MODEL_UPLOAD_FAILED', 'FAILED'],
]);

/** MLflow's word for a logged model's status, whether a store writes its number or its name in the API. */
export function modelStatus(stored: string): string {
  return NAMES.get(stored) ?? stored;
}
