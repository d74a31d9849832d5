/** The language process hands requests and notifications with these prefixes to the backend, unread. */
const backendPrefixes = [
  'experiments/',
  'connections/',
  'models/',
  'pipelines/',
  'deployments/',
  'monitoring/',
  'drift/',
  'dashboards/',
] as const;

/** Requests that the backend asks of the client, handed on by the language process. */
export const clientPrefix = 'client/';

export function isBackendMethod(method: string): boolean {
  return backendPrefixes.some((prefix) => method.startsWith(prefix));
}
