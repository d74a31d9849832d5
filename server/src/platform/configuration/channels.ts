import type { z } from 'zod';
import { alertChannel } from '#schemas/config/workspace.ts';
import type { WorkspaceDocument } from './document.ts';
import { addressesBeside, namesHostBeside } from './entry-credential.ts';
import type { Environment } from './environment.ts';
import { expandAddress, originOf } from './expressions.ts';
import type { EmailChannel, ResolvedAlerting, ResolvedChannel, Web, WebhookChannel } from './resolved-channel.ts';

type Entry = z.output<typeof alertChannel>;

/** The channels of `alerting.channels` with the values of their variables. */
export function resolveAlerting(document: WorkspaceDocument | null, environment: Environment): ResolvedAlerting {
  const { channels, runbookBase } = document?.alerting ?? {};
  const resolver = new ChannelResolver(environment, document?.monitoring.alertmanager ?? null);
  const resolved = (Array.isArray(channels) ? channels : []).flatMap((entry: unknown) => resolver.read(entry));
  return {
    channels: resolved.filter(({ name }, index) => resolved.findIndex((one) => one.name === name) === index),
    runbookBase: typeof runbookBase === 'string' ? runbookBase : null,
  };
}

/** What must never show of a channel. */
export function secretsOfChannel(channel: ResolvedChannel): readonly string[] {
  switch (channel.type) {
    // Who knows its address can write there.
    case 'slack':
      return [channel.url, URL.parse(channel.url)?.pathname ?? channel.url];
    case 'email':
      return channel.credential ? [channel.credential.password] : [];
    case 'webhook':
      return [
        ...(channel.secret === null ? [] : [channel.secret]),
        ...channel.secretHeaders.map((name) => channel.headers[name] ?? ''),
      ];
    default:
      return [];
  }
}

/** An entry that can't be used, in the user's words. */
class Problem extends Error {}

const wholeVariable = /^\s*\$\{\{\s*(?:env|secrets)\.([A-Za-z_][A-Za-z0-9_]*)\s*\}\}\s*$/;

class ChannelResolver {
  readonly #environment: Environment;
  readonly #alertmanager: string | null;

  constructor(environment: Environment, alertmanager: string | null) {
    this.#environment = environment;
    this.#alertmanager = alertmanager;
  }

  read(entry: unknown): ResolvedChannel[] {
    const name = typeof entry === 'object' && entry !== null && 'name' in entry ? entry.name : null;
    // Without a name no alert can mean it; the configuration warns of it elsewhere.
    if (typeof name !== 'string') return [];
    const parsed = alertChannel.safeParse(entry);
    if (!parsed.success) {
      const [issue] = parsed.error.issues;
      const problem = issue ? `${issue.path.map(String).join('.')}: ${issue.message}` : 'Its entry is not valid.';
      return [{ type: 'broken', name, problem }];
    }
    try {
      return [this.#resolve(parsed.data)];
    } catch (error) {
      if (error instanceof Problem) return [{ type: 'broken', name, problem: error.message }];
      throw error;
    }
  }

  #resolve(entry: Entry): ResolvedChannel {
    const { name } = entry;
    switch (entry.type) {
      case 'vscode':
        return { type: 'vscode', name };
      case 'slack':
        return { type: 'slack', name, ...this.#web(entry.webhook), channel: entry.channel ?? null };
      case 'email':
        return this.#email(entry);
      case 'webhook':
        return this.#webhook(entry);
      case 'alertmanager': {
        const address = entry.url ?? this.#alertmanager;
        if (address === null) throw new Problem('It has no url, and monitoring.alertmanager is not set.');
        return { type: 'alertmanager', name, ...this.#web(address) };
      }
    }
  }

  #web(address: string): Pick<Web, 'url' | 'origin' | 'consent'> {
    const expanded = expandAddress(address, this.#environment);
    if (!expanded.ok) throw new Problem(expanded.message);
    const origin = originOf(expanded.text);
    if (origin === null) throw new Problem('Its address is no web address: write https://host/path.');
    return { url: expanded.text, origin, consent: expanded.addressGiven ? 'given' : 'ask' };
  }

  #webhook({ name, url, secret, headers = {} }: Extract<Entry, { type: 'webhook' }>): WebhookChannel {
    const web = this.#web(url);
    const isFor = (variable: string) => addressesBeside(variable, this.#environment).includes(web.origin);
    const read = (text: string) => this.#secret(text, web.origin, 'URL', isFor);
    return {
      type: 'webhook',
      name,
      ...web,
      secret: secret === undefined ? null : read(secret),
      secretHeaders: Object.keys(headers).filter((key) => headers[key]?.includes('${{')),
      headers: Object.fromEntries(Object.entries(headers).map(([key, value]) => [key, read(value)])),
    };
  }

  #email(entry: Extract<Entry, { type: 'email' }>): EmailChannel {
    const { name, port, tls, username, password } = entry;
    const variable = wholeVariable.exec(entry.host)?.[1];
    const found = variable === undefined ? null : this.#environment.get(variable);
    if (variable !== undefined && found === null) throw new Problem(`The environment variable ${variable} is not set.`);
    const host = found?.value ?? entry.host;
    if (!/^[A-Za-z0-9.:_[\]-]+$/.test(host)) throw new Problem(`“${host}” is no name of a host.`);
    const isFor = (secret: string) => namesHostBeside(secret, host, this.#environment);
    const read = (text: string) => this.#secret(text, host, 'HOST', isFor);
    const given = found?.source === 'environment' || this.#environment.from('environment', 'SMTP_HOST') === host;
    return {
      type: 'email',
      name,
      host,
      port,
      tls,
      origin: `${tls === 'implicit' ? 'smtps' : 'smtp'}://${host}:${port}`,
      consent: given ? 'given' : 'ask',
      credential:
        username === undefined || password === undefined
          ? null
          : { username: read(username), password: read(password) },
      from: entry.from,
      to: entry.to,
    };
  }

  /**
   * A text, or the variable that it names. One of the person's own environment is only for the server that it names beside it,
   * so that no file can send it elsewhere.
   */
  #secret(text: string, server: string, suffix: 'URL' | 'HOST', isFor: (variable: string) => boolean): string {
    const name = wholeVariable.exec(text)?.[1];
    if (name === undefined) {
      if (!text.includes('${{')) return text;
      throw new Problem(`“${text}” can’t be used here: name one variable, as in \${{ secrets.NAME }}.`);
    }
    const variable = this.#environment.get(name);
    if (variable === null) throw new Problem(`The environment variable ${name} is not set.`);
    if (variable.source === '.env' || isFor(name)) return variable.value;
    const beside = `${name.split('_').slice(0, -1).join('_') || name}_${suffix}`;
    throw new Problem(
      `The variable ${name} is not used with ${server}: the environment does not say that it is for that server. Set ${beside} to its address in the environment.`,
    );
  }
}
