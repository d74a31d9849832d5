interface Named {
  readonly name: string;
}

interface Remote extends Named {
  /** Scheme, host and port. */
  readonly origin: string;
  /** `ask`: its address comes from files of the workspace. */
  readonly consent: 'given' | 'ask';
}

export interface Web extends Remote {
  readonly url: string;
}

export interface SlackChannel extends Web {
  readonly type: 'slack';
  readonly channel: string | null;
}

export interface EmailChannel extends Remote {
  readonly type: 'email';
  readonly host: string;
  readonly port: number;
  readonly tls: 'starttls' | 'implicit' | 'none';
  /** Never shown. */
  readonly credential: { readonly username: string; readonly password: string } | null;
  readonly from: string;
  readonly to: readonly string[];
}

export interface WebhookChannel extends Web {
  readonly type: 'webhook';
  /** Never shown. */
  readonly secret: string | null;
  readonly headers: Readonly<Record<string, string>>;
  /** Names of those whose values are secrets. */
  readonly secretHeaders: readonly string[];
}

export interface AlertmanagerChannel extends Web {
  readonly type: 'alertmanager';
}

/** A channel of alerts with all that it needs; `broken` says what is wrong with its entry, in the user's words. */
export type ResolvedChannel =
  | (Named & { readonly type: 'vscode' })
  | SlackChannel
  | EmailChannel
  | WebhookChannel
  | AlertmanagerChannel
  | (Named & { readonly type: 'broken'; readonly problem: string });

export interface ResolvedAlerting {
  /** Names are unique. */
  readonly channels: readonly ResolvedChannel[];
  /** What a relative runbook is appended to. */
  readonly runbookBase: string | null;
}
