import type { Credential } from '../credentials.ts';
import type { TrackingEntry } from './document.ts';
import type { Environment } from './environment.ts';
import { originOf } from './expressions.ts';

interface EntryCredential {
  readonly credential: Credential | null;
  readonly warning: string | null;
}

interface Recipient {
  readonly environment: Environment;
  readonly origin: string | null;
}

/**
 * The credential that an entry of `mlops.yaml` names by expressions. A variable of `.env` came with the entry and may
 * go where it says; one of the person's own environment only goes to the server whose address stands beside it there:
 * `TEAM_TOKEN` to that of `TEAM_URI`. Whichever address the file names, it can't pair it with a secret of another.
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

function valueFor(key: string, text: string | undefined, { environment, origin }: Recipient): Value {
  if (text === undefined || origin === null) return {};
  const name = /^\s*\$\{\{\s*(?:env|secrets)\.([A-Za-z_][A-Za-z0-9_]*)\s*\}\}\s*$/.exec(text)?.[1];
  if (name === undefined) {
    if (key === 'username' && !text.includes('${{')) return { text };
    return { warning: `its ${key} is ignored: name a variable by \${{ env.NAME }}, or sign in.` };
  }
  const variable = environment.get(name);
  if (variable === null) return {};
  if (variable.source === '.env' || addressesBeside(name, environment).includes(origin))
    return { text: variable.value };
  const address = `${familiesOf(name)[0] ?? name}_URI`;
  return {
    warning: `the variable ${name} is not sent to ${origin}: the environment does not say that it is for that server. Sign in there, or set ${address} to its address in the environment.`,
  };
}

const addressSuffixes = ['URI', 'URL', 'BASE_URL', 'TRACKING_URI'];

/** Whether the person's environment names that host beside a variable: `SMTP_HOST` beside `SMTP_PASSWORD`. */
export function namesHostBeside(name: string, host: string, environment: Environment): boolean {
  return familiesOf(name).some((family) => environment.from('environment', `${family}_HOST`) === host);
}

/** The origins that the person's environment names beside a variable, such as that of `TEAM_URI` for `TEAM_TOKEN`. */
export function addressesBeside(name: string, environment: Environment): readonly (string | null)[] {
  return familiesOf(name)
    .flatMap((family) => addressSuffixes.map((suffix) => environment.from('environment', `${family}_${suffix}`)))
    .map((address) => (address === null ? null : originOf(address)));
}

/** What a variable's name begins with, longest first: `TEAM_API` and `TEAM` for `TEAM_API_KEY`. */
function familiesOf(name: string): readonly string[] {
  const words = name.split('_');
  return words
    .slice(1)
    .map((_, index) => words.slice(0, words.length - 1 - index).join('_'))
    .filter((family) => family !== '');
}
