import type { Event, SecretStorage } from 'vscode';
import { EventEmitter } from 'vscode';
import type { z } from 'zod';
import { getCredential } from '#schemas/protocol/workspace.ts';

type CredentialAnswer = z.infer<typeof getCredential.result>;
export type Credential = NonNullable<CredentialAnswer['credential']>;

const prefix = 'mlops.credential:';

/**
 * The origin that a credential belongs to: scheme, host and port, as browsers write it. Anything else than http(s) has
 * none.
 */
export function originOf(url: string): string | null {
  const parsed = URL.parse(url);
  return parsed && /^https?:$/.test(parsed.protocol) ? parsed.origin : null;
}

/** Credentials in SecretStorage, one for each origin; all windows of the editor share them. */
export class CredentialStore {
  private readonly changed = new EventEmitter<string>();
  /** An origin's credential changed, in this window or another. */
  readonly onDidChange: Event<string> = this.changed.event;

  private readonly storage: SecretStorage;

  constructor(storage: SecretStorage) {
    this.storage = storage;
    storage.onDidChange(({ key }) => {
      if (key.startsWith(prefix)) this.changed.fire(key.slice(prefix.length));
    });
  }

  async get(origin: string): Promise<Credential | null> {
    const stored = await this.storage.get(prefix + origin);
    if (stored === undefined) return null;
    const parsed = getCredential.result.safeParse({ credential: parseJson(stored) });
    return parsed.success ? parsed.data.credential : null;
  }

  async set(origin: string, credential: Credential): Promise<void> {
    await this.storage.store(prefix + origin, JSON.stringify(credential));
  }

  async delete(origin: string): Promise<void> {
    await this.storage.delete(prefix + origin);
  }

  /** Origins that someone signed in to. */
  async origins(): Promise<string[]> {
    const keys = await this.storage.keys();
    return keys.filter((key) => key.startsWith(prefix)).map((key) => key.slice(prefix.length));
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
