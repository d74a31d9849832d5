import type { Credential } from '../credentials.ts';
import type { TrackingEntry } from './document.ts';
import type { Environment } from './environment.ts';
import type { Consent } from './resolved.ts';

interface EntryCredential {
  readonly credential: Credential | null;
  readonly warning: string | null;
}

interface Recipient {
  readonly environment: Environment;
  readonly origin: string | null;
  readonly consent: Consent;
}

/**
 * The credential that an entry of `mlops.yaml` names by expressions. A variable of `.env` came with the entry and may
 * go where it says; one of the person's own environment only goes to an address that the person gave as well.
 */
export function entryCredential(entry: TrackingEntry, recipient: Recipient): EntryCredential {
  const { username, password, token } = entry;
  const warnings: string[] = [];
  const read = (key: string, text: string | undefined): string | null => {
    const value = valueFor(key, text, recipient);
    if ('warning' in value) warnings.push(value.warning);
    return 'text' in value ? value.text : null;
  };
  const user = read('username', username);
  const secret = read('password', password);
  const bearer = read('token', token);
  return { credential: made(user, secret, bearer), warning: warnings[0] ?? null };
}

function made(username: string | null, password: string | null, token: string | null): Credential | null {
  if (username !== null && password !== null) return { type: 'basic', username, password };
  return token === null ? null : { type: 'bearer', token };
}

type Value = { readonly text: string } | { readonly warning: string } | Record<string, never>;

function valueFor(key: string, text: string | undefined, { environment, origin, consent }: Recipient): Value {
  if (text === undefined || origin === null) return {};
  const name = /^\s*\$\{\{\s*(?:env|secrets)\.([A-Za-z_][A-Za-z0-9_]*)\s*\}\}\s*$/.exec(text)?.[1];
  if (name === undefined) {
    if (key === 'username' && !text.includes('${{')) return { text };
    return { warning: `its ${key} is ignored: name a variable by \${{ env.NAME }}, or sign in.` };
  }
  const variable = environment.get(name);
  if (variable === null) return {};
  if (variable.source === '.env' || consent === 'given') return { text: variable.value };
  return {
    warning: `the variable ${name} is not sent to ${origin}, an address that this file made up. Sign in there, or set MLFLOW_TRACKING_URI to it in the environment.`,
  };
}
