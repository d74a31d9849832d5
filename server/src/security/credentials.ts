import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Environment, VariableSource } from '../platform/configuration/environment.ts';
import { insecureTls } from '../platform/configuration/insecure-tls.ts';
import { originOfUri } from '../platform/configuration/resolve.ts';
import type { Credential } from '../platform/credentials.ts';
import type { HttpTls } from '../platform/http-dispatcher.ts';

/** What one source of variables gives for one origin. */
export interface OriginSecrets {
  readonly origin: string;
  readonly source: VariableSource;
  readonly credential: Credential | null;
  readonly tls: HttpTls | null;
}

/**
 * Which credential belongs to which origin. A source's secrets are for the origin of the MLFLOW_TRACKING_URI in the
 * same source, so that a repository's `.env` can't attract the token of the person's own environment by naming another
 * server. Where the environment names no server, its secrets are for the one that the same person named on the command
 * line.
 */
export async function environmentSecrets(
  environment: Environment,
  options: { explicitTracking: string | null; home?: string },
): Promise<readonly OriginSecrets[]> {
  const named = environment.from('environment', 'MLFLOW_TRACKING_URI') ?? options.explicitTracking;
  const own = originOfUri(named);
  const file = originOfUri(environment.from('.env', 'MLFLOW_TRACKING_URI'));
  const secrets: OriginSecrets[] = [];
  if (own !== null) {
    const credential =
      variableCredential(environment, 'environment') ?? (await homeCredential(options.home ?? homedir()));
    const source = 'environment';
    secrets.push({ origin: own, source, credential, tls: tlsOf(environment, source, own) });
  }
  if (file !== null) {
    secrets.push({
      origin: file,
      source: '.env',
      credential: variableCredential(environment, '.env'),
      tls: tlsOf(environment, '.env', file),
    });
  }
  return secrets;
}

// MLflow prefers a user and password to a token.
function variableCredential(environment: Environment, source: VariableSource): Credential | null {
  const username = environment.from(source, 'MLFLOW_TRACKING_USERNAME');
  const password = environment.from(source, 'MLFLOW_TRACKING_PASSWORD');
  if (username !== null && password !== null) return { type: 'basic', username, password };
  const token = environment.from(source, 'MLFLOW_TRACKING_TOKEN');
  return token === null ? null : { type: 'bearer', token };
}

function tlsOf(environment: Environment, source: VariableSource, origin: string): HttpTls | null {
  const insecure = insecureTls(environment, source);
  const serverCertPath = environment.from(source, 'MLFLOW_TRACKING_SERVER_CERT_PATH');
  // A repository must not choose which of the person's keys identifies them.
  const clientCertPath = source === 'environment' ? environment.from(source, 'MLFLOW_TRACKING_CLIENT_CERT_PATH') : null;
  if (!insecure && serverCertPath === null && clientCertPath === null) return null;
  return { origin, insecure, serverCertPath, clientCertPath };
}

/** `~/.mlflow/credentials`, as `mlflow login` writes it. */
async function homeCredential(home: string): Promise<Credential | null> {
  const text = await readFile(join(home, '.mlflow', 'credentials'), 'utf8').catch(() => '');
  const values = iniSection(text, 'mlflow');
  const username = values.get('mlflow_tracking_username');
  const password = values.get('mlflow_tracking_password');
  return username === undefined || password === undefined ? null : { type: 'basic', username, password };
}

function iniSection(text: string, wanted: string): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  let section = '';
  for (const line of text.split(/\r?\n/)) {
    const header = /^\s*\[([^\]]+)\]/.exec(line)?.[1];
    if (header !== undefined) section = header.trim();
    const pair = /^\s*([^#;=\s]+)\s*=\s*(.*?)\s*$/.exec(line);
    if (section === wanted && pair?.[1] !== undefined && pair[2]) values.set(pair[1], pair[2]);
  }
  return values;
}
