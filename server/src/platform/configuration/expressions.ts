import type { Environment } from './environment.ts';

export type Expanded =
  | {
      readonly ok: true;
      readonly text: string;
      /** The person's own environment names the address: they gave it, not the file. */
      readonly addressGiven: boolean;
    }
  | { readonly ok: false; readonly message: string };

const expression = /\$\{\{\s*(.*?)\s*\}\}/g;

/**
 * Puts the values of `${{ env.X }}` and `${{ secrets.X }}` into an address. A value of the person's own environment
 * may be the address, or its host where name and value say that it is one, but no other part of an address on the
 * network: a repository's YAML could send any variable anywhere by writing `https://elsewhere.example/${{ env.TOKEN }}`,
 * and to whoever answers for names by `https://${{ env.TOKEN }}`.
 */
export function expandAddress(text: string, environment: Environment): Expanded {
  const wrong = firstProblem(text, environment);
  if (wrong !== null) return { ok: false, message: wrong };
  const value = (name: string) => environment.get(name)?.value ?? '';
  const full = text.replaceAll(expression, (_, inner: string) => value(nameIn(inner) ?? '')).trim();
  if (!leadsToServer(full)) return { ok: true, text: full, addressGiven: false };

  const first = /^\$\{\{\s*(.*?)\s*\}\}/.exec(text);
  const leading = first === null ? null : environment.get(nameIn(first[1] ?? '') ?? '');
  const leads = leading !== null && originOf(leading.value) !== null && originOf(leading.value) === originOf(full);
  const allowed = leads ? (first?.[0] ?? '') : hostPart(text, environment);
  const leaking = [...text.slice(allowed.length).matchAll(expression)]
    .map((match) => nameIn(match[1] ?? '') ?? '')
    .find((name) => environment.get(name)?.source === 'environment');
  if (leaking !== undefined) {
    return {
      ok: false,
      message: `The variable ${leaking} would be sent to a server as part of its address. Name the whole address in one variable (a host alone in one that ends in _HOST), and sign in for secrets.`,
    };
  }
  return { ok: true, text: full, addressGiven: leads && leading.source === 'environment' };
}

/** The beginning of `https://${{ env.TEAM_HOST }}:8443/…` up to the path, where the variable is surely a host. */
function hostPart(text: string, environment: Environment): string {
  const [whole = '', inner = ''] = /^https?:\/\/\$\{\{\s*(.*?)\s*\}\}(?::\d+)?(?=[/?#]|$)/i.exec(text) ?? [];
  const name = nameIn(inner);
  const value = name === null ? null : environment.get(name);
  if (name === null || value === null) return '';
  return value.source === '.env' || (namesHost.test(name) && isHost(value.value)) ? whole : '';
}

const namesHost = /(?:^|_)(?:HOST|HOSTNAME|DOMAIN|FQDN|ADDR|ADDRESS)$/i;
const label = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/i;

// A single label may be `mlflow` in a network of containers; one as long as a token is none.
function isHost(value: string): boolean {
  const host = value.replace(/:\d{1,5}$/, '');
  if (/^\[[0-9a-f:.]+\]$/i.test(host)) return true;
  const labels = host.split('.');
  if (!labels.every((part) => label.test(part))) return false;
  return labels.length > 1 || host.length <= longestSingleLabel;
}

const longestSingleLabel = 20;

function firstProblem(text: string, environment: Environment): string | null {
  for (const [whole, inner = ''] of text.matchAll(expression)) {
    const name = nameIn(inner);
    if (name === null) return `${whole} can’t be used here: only env.NAME and secrets.NAME can.`;
    if (environment.get(name) === null) return `The environment variable ${name} is not set.`;
  }
  return null;
}

// Secrets come from the environment here: SecretStorage holds them by origin, not by name.
function nameIn(inner: string): string | null {
  return /^(?:env|secrets)\.([A-Za-z_][A-Za-z0-9_]*)$/.exec(inner)?.[1] ?? null;
}

// An address is read as the URL parser does, which passes over line ends, tabs and control characters: `ht<tab>tps://…`.
function leadsToServer(text: string): boolean {
  return /^https?[:+]/i.test(text) || originOf(text) !== null;
}

/** Scheme, host and port of a web address; null for anything else. */
export function originOf(text: string): string | null {
  const url = URL.parse(text);
  return url !== null && /^https?:$/.test(url.protocol) ? url.origin : null;
}
