import type { Credential } from '../platform/credentials.ts';

/** The secrets a person signed in with, by origin; VS Code's SecretStorage in the editor, nothing in the CLI. */
export interface StoredCredentials {
  credential(origin: string, signal?: AbortSignal): Promise<Credential | null>;
}

export interface OriginRequest {
  readonly folder: string;
  readonly origin: string;
  /** The name of the connection that wants it. */
  readonly connection: string;
  /** False: answer from what was decided before, never ask. */
  readonly ask: boolean;
}

/** Whether files of a workspace may make us connect to an origin. */
export interface OriginPermission {
  allowed(request: OriginRequest, signal?: AbortSignal): Promise<boolean>;
}

export const noStoredCredentials: StoredCredentials = { credential: async () => null };

/**
 * For the command line, which can't ask: the person who runs it in a folder lets it connect to what the folder names,
 * without any credential that was not given for that origin.
 */
export const connectWithoutAsking: OriginPermission = { allowed: async () => true };
