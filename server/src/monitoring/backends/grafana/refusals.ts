import { z } from 'zod';
import { FailureError } from '../../../platform/failure.ts';
import type { HttpResponse } from '../../../platform/http.ts';

const refusal = z.object({ message: z.string().default(''), status: z.string().default('') }).catch({
  message: '',
  status: '',
});
const longestMessage = 200;

/** A refusal of Grafana as a failure that says what to do. */
export function refusalOf(
  { status, body }: HttpResponse<unknown>,
  { url, signedIn }: { readonly url: string; readonly signedIn: boolean },
): FailureError {
  const said = refusal.parse(body);
  const detail = said.message.slice(0, longestMessage);
  if (status === 401) return unknownPerson(url, signedIn);
  if (status === 403) {
    return new FailureError('permission', `Grafana at ${url} does not allow that${detail && `: ${detail}`}.`, {
      remedy: 'The token needs to read and write dashboards and folders: the role Editor does.',
    });
  }
  if (status === 412) return conflict(said.status, detail);
  if (status === 400 || status === 422) {
    return new FailureError('unsupported', `Grafana at ${url} refuses the dashboard${detail && `: ${detail}`}.`);
  }
  return new FailureError('remote', `Grafana at ${url} answered with HTTP ${status}${detail && `: ${detail}`}.`, {
    remedy: 'Check the address and its path prefix; the server’s log says more.',
  });
}

function unknownPerson(url: string, signedIn: boolean): FailureError {
  if (signedIn) {
    return new FailureError('permission', `Grafana at ${url} refuses the credential.`, {
      remedy: 'Make a new service account token, and set it as GRAFANA_TOKEN or sign in again.',
    });
  }
  return new FailureError('permission', `Grafana at ${url} wants to know who asks.`, {
    remedy: 'Set GRAFANA_TOKEN beside GRAFANA_URL, or sign in to it in the Connections view with a token.',
  });
}

function conflict(status: string, detail: string): FailureError {
  if (status === 'name-exists') {
    return new FailureError('input', 'Another dashboard of that folder has the same title.', {
      remedy: 'Set another dashboard.title in the document.',
    });
  }
  if (status === 'plugin-dashboard') return new FailureError('unsupported', 'The dashboard belongs to a plugin.');
  const told = status === 'version-mismatch' || detail === '' ? '' : ` (${detail})`;
  return new FailureError('busy', `Somebody else changed the dashboard in between: nothing was saved${told}.`, {
    remedy: 'Look at the difference again.',
  });
}
