import { ownEndpoint } from '../../platform/configuration/storage.ts';
import type { ResolvedStorage, StorageTarget } from '../../platform/configuration/storage-target.ts';
import type { HttpClientOptions } from '../../platform/http.ts';
import type { ArtifactStore } from '../artifact-store.ts';
import type { AzureCredentials } from './azure/store.ts';

export interface StoreParts {
  /** The person's own environment; never `.env`, which a repository may bring. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly http: Pick<HttpClientOptions, 'proxyEnv' | 'timeoutMs' | 'tracer'>;
  /** Asked before anything is sent; fails where the person did not allow the server. */
  readonly permit: (signal?: AbortSignal) => Promise<void>;
}

type Target<Type extends StorageTarget['type']> = Extract<StorageTarget, { type: Type }>;

/** Makes the store that a configuration names; its library is loaded here, and connects with the first request. */
export async function openArtifactStore({ target }: ResolvedStorage, parts: StoreParts): Promise<ArtifactStore> {
  switch (target.type) {
    case 'local': {
      const { LocalStore } = await import('./local/store.ts');
      return new LocalStore(target.path);
    }
    case 's3':
      return openS3(target, parts);
    case 'gcs':
      return openGcs(target, parts);
    case 'azure':
      return openAzure(target, parts);
  }
}

async function openS3(target: Target<'s3'>, { env, http, permit }: StoreParts): Promise<ArtifactStore> {
  const [{ S3Store }, { createHttpClient }] = await Promise.all([
    import('./s3/store.ts'),
    import('../../platform/http.ts'),
  ]);
  // The SDK tries again by itself. Its usual chain finds the credentials; what it signs can't be used elsewhere.
  const region = target.region ?? (env.AWS_REGION || env.AWS_DEFAULT_REGION || null);
  const client = createHttpClient({ ...http, permit, retries: 0 });
  return new S3Store({ ...target, region, credentials: s3Credentials(env) }, client);
}

function s3Credentials(env: StoreParts['env']) {
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey, AWS_SESSION_TOKEN: token } = env;
  if (!accessKeyId || !secretAccessKey) return null;
  return { accessKeyId, secretAccessKey, ...(token ? { sessionToken: token } : {}) };
}

async function openGcs(target: Target<'gcs'>, { env, http, permit }: StoreParts): Promise<ArtifactStore> {
  const [{ GcsStore }, { createHttpClient }, { defaultCredentials }] = await Promise.all([
    import('./gcs/store.ts'),
    import('../../platform/http.ts'),
    import('./gcs/token.ts'),
  ]);
  const endpoint = target.endpoint ?? ownEndpoint(target);
  // A token would let whoever gets it act as the person: Google gets it, and the server that the person named.
  const isTrusted = target.endpoint === null || isSame(endpoint, env.CLOUDSDK_API_ENDPOINT_OVERRIDES_STORAGE);
  const token = isTrusted ? defaultCredentials() : async () => null;
  return new GcsStore({ ...target, endpoint, token }, createHttpClient({ ...http, permit }));
}

async function openAzure(target: Target<'azure'>, { env, permit }: StoreParts): Promise<ArtifactStore> {
  const [{ AzureStore }, { trustSystemCertificates }] = await Promise.all([
    import('./azure/store.ts'),
    import('../../platform/http-dispatcher.ts'),
  ]);
  trustSystemCertificates();
  const endpoint = target.endpoint ?? ownEndpoint(target);
  return new AzureStore({ ...target, endpoint, permit, credentials: azureCredentials(target, endpoint, env) });
}

/**
 * Keys and tokens of the environment are for the account that it names beside them. A key signs and is never sent, so it
 * may be used with another address of the account; tokens are sent, so they go to Azure alone, and to the address that
 * the person named.
 */
function azureCredentials(target: Target<'azure'>, endpoint: string, env: StoreParts['env']): AzureCredentials {
  const connection = connectionString(env.AZURE_STORAGE_CONNECTION_STRING ?? '');
  const account = connection.get('AccountName') ?? env.AZURE_STORAGE_ACCOUNT;
  const isOwn = account === target.account;
  const key = connection.get('AccountKey') ?? env.AZURE_STORAGE_KEY;
  if (isOwn && key) return { type: 'key', account: target.account, key };
  const isTrusted = target.endpoint === null || isSame(endpoint, connection.get('BlobEndpoint'));
  if (!isTrusted) return { type: 'none' };
  const token = connection.get('SharedAccessSignature') ?? env.AZURE_STORAGE_SAS_TOKEN;
  if (isOwn && token) return { type: 'sas', token };
  return { type: 'default' };
}

/** `AccountName=…;AccountKey=…;BlobEndpoint=…`: values may hold `=`. */
function connectionString(text: string): ReadonlyMap<string, string> {
  const pairs = text.split(';').flatMap((part): (readonly [string, string])[] => {
    const at = part.indexOf('=');
    return at < 0 ? [] : [[part.slice(0, at).trim(), part.slice(at + 1).trim()]];
  });
  return new Map(pairs);
}

function isSame(endpoint: string, other: string | undefined): boolean {
  return other !== undefined && other.replace(/\/+$/, '') === endpoint;
}
