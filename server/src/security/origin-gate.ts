import { isUnattended } from '../platform/attendance.ts';
import type { Credential, CredentialSource } from '../platform/credentials.ts';
import { FailureError } from '../platform/failure.ts';
import type { Redactor } from '../platform/redact.ts';
import type { OriginSecrets } from './credentials.ts';
import type { OriginPermission, StoredCredentials } from './ports.ts';

/** A configured connection to a server. */
export interface GatedConnection {
  readonly name: string;
  readonly origin: string;
  readonly consent: 'given' | 'ask';
  /** Of its own entry or URI. */
  readonly credential: Credential | null;
  /** The person turned the certificate checks off for it. */
  readonly insecureTls: boolean;
}

export interface OriginGateOptions {
  readonly folder: string;
  readonly permission: OriginPermission;
  readonly stored: StoredCredentials;
  readonly secrets: () => readonly OriginSecrets[];
  readonly redactor: Redactor;
}

/** Decides which origins may be talked to and what may be sent there; answers are kept until they are forgotten. */
export class OriginGate {
  readonly #options: OriginGateOptions;
  readonly #answers = new Map<string, Promise<boolean>>();
  readonly #signedIn = new Map<string, Promise<Credential | null>>();

  constructor(options: OriginGateOptions) {
    this.#options = options;
  }

  /** Whether the connection may be made; asks the person only with `ask`. */
  async allowed(connection: GatedConnection, ask: boolean, signal?: AbortSignal): Promise<boolean> {
    if (connection.consent === 'given') return true;
    const known = this.#answers.get(connection.origin);
    if (known !== undefined) return known;
    const { folder, permission } = this.#options;
    const request = { folder, origin: connection.origin, connection: connection.name, ask };
    // The question is one for all who wait for it: who leaves must not withdraw it from the others.
    const answer = permission.allowed(request, ask ? undefined : signal);
    if (!ask) {
      const allowed = await answer;
      if (allowed) this.#answers.set(connection.origin, Promise.resolve(true));
      return allowed;
    }
    this.#answers.set(connection.origin, answer);
    answer.catch(() => this.#answers.delete(connection.origin));
    return answer;
  }

  /**
   * What may be sent to the connection's origin: what the person signed in with, else its URI's own, else the
   * environment's; of those, none where `.env` alone loosened the certificate checks.
   */
  credentials(connection: GatedConnection): CredentialSource {
    return async () => {
      const credential = await this.#bestFor(connection);
      if (credential !== null)
        this.#options.redactor.register(credential.type === 'basic' ? credential.password : credential.token);
      return credential;
    };
  }

  /** For {@link HttpClientOptions.permit}: fails where the person did not allow the connection; asks where somebody is there. */
  permit(connection: GatedConnection): (signal?: AbortSignal) => Promise<void> {
    return async (signal) => {
      if (!(await this.allowed(connection, !isUnattended(), signal))) throw notAllowed(connection);
      signal?.throwIfAborted();
    };
  }

  /** Asks anew for an origin: a secret or a permission of it changed. */
  forget(origin: string): void {
    this.#answers.delete(origin);
    this.#signedIn.delete(origin);
  }

  async #bestFor({ origin, credential, insecureTls }: GatedConnection): Promise<Credential | null> {
    const beside = this.#options.secrets().find((secrets) => secrets.origin === origin);
    // Where `.env` loosens the checks, whoever wrote it may be at the other end: it gets what it brought itself.
    if (!insecureTls && beside?.source === '.env' && beside.tls !== null) return beside.credential;
    return (await this.#signedInAt(origin)) ?? credential ?? beside?.credential ?? null;
  }

  #signedInAt(origin: string): Promise<Credential | null> {
    const known = this.#signedIn.get(origin);
    if (known !== undefined) return known;
    const asked = this.#options.stored.credential(origin);
    this.#signedIn.set(origin, asked);
    asked.catch(() => this.#signedIn.delete(origin));
    return asked;
  }
}

function notAllowed({ name, origin }: GatedConnection): FailureError {
  return new FailureError('permission', `This folder may not connect to ${origin}: nobody allowed it.`, {
    remedy: `Allow it in the Connections view, at “${name}”, if you trust that server.`,
  });
}
