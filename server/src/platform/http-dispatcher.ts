import { readFile } from 'node:fs/promises';
import * as tls from 'node:tls';
import { type Dispatcher, EnvHttpProxyAgent } from 'undici';
import { FailureError } from './failure.ts';

/** TLS of one origin, as MLflow's variables have it; other origins are met with the usual checks and no certificate. */
export interface HttpTls {
  readonly origin: string;
  /** MLFLOW_TRACKING_INSECURE_TLS. */
  readonly insecure: boolean;
  /** MLFLOW_TRACKING_SERVER_CERT_PATH: the authorities to trust instead of the system's, in PEM. */
  readonly serverCertPath: string | null;
  /** MLFLOW_TRACKING_CLIENT_CERT_PATH: our certificate and its key in one PEM file. */
  readonly clientCertPath: string | null;
}

export interface DispatcherOptions {
  /** Milliseconds. */
  readonly connectTimeoutMs: number;
  /** HTTP_PROXY, HTTPS_PROXY and NO_PROXY, in either case; loopback hosts are never proxied. */
  readonly proxyEnv: Readonly<Record<string, string | undefined>>;
}

let systemCertificatesTrusted = false;

interface SecureOptions {
  cert?: string;
  key?: string;
  ca?: string;
  rejectUnauthorized?: boolean;
}

/** Trusts what the operating system trusts, besides Node's own list; once for the process, before the first TLS. */
export function trustSystemCertificates(): void {
  if (systemCertificatesTrusted || typeof tls.setDefaultCACertificates !== 'function') return;
  systemCertificatesTrusted = true;
  const all = new Set([...tls.getCACertificates('default'), ...tls.getCACertificates('system')]);
  tls.setDefaultCACertificates([...all]);
}

export async function createDispatcher(options: DispatcherOptions, own: HttpTls | null): Promise<Dispatcher> {
  const { proxyEnv, connectTimeoutMs } = options;
  const secure = own === null ? {} : await tlsOptions(own);
  try {
    return new EnvHttpProxyAgent({
      httpProxy: proxyEnv.http_proxy ?? proxyEnv.HTTP_PROXY ?? '',
      httpsProxy: proxyEnv.https_proxy ?? proxyEnv.HTTPS_PROXY ?? '',
      noProxy: withLoopback(proxyEnv.no_proxy ?? proxyEnv.NO_PROXY ?? ''),
      connect: { ...secure, timeout: connectTimeoutMs },
      requestTls: { ...secure, timeout: connectTimeoutMs },
      proxyTls: { timeout: connectTimeoutMs },
    });
  } catch (cause) {
    throw new FailureError('input', 'The address of the HTTP proxy is not valid.', {
      remedy: 'Correct http.proxy in the settings, or HTTP_PROXY and HTTPS_PROXY in the environment.',
      cause,
    });
  }
}

function withLoopback(noProxy: string): string {
  if (noProxy.split(/[,\s]+/).includes('*')) return '*';
  return [noProxy, 'localhost', '127.0.0.1', '[::1]'].filter((entry) => entry !== '').join(',');
}

async function tlsOptions(own: HttpTls): Promise<SecureOptions> {
  const client = await pem(own.clientCertPath, 'MLFLOW_TRACKING_CLIENT_CERT_PATH');
  const authorities = await pem(own.serverCertPath, 'MLFLOW_TRACKING_SERVER_CERT_PATH');
  return {
    ...(client === null ? {} : { cert: client, key: client }),
    ...(authorities === null ? {} : { ca: authorities }),
    ...(own.insecure && authorities === null ? { rejectUnauthorized: false } : {}),
  };
}

async function pem(path: string | null, variable: string): Promise<string | null> {
  if (path === null) return null;
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    throw new FailureError('input', `${variable} names ${path}, which can’t be read.`, {
      remedy: `Correct ${variable}.`,
      cause,
    });
  }
}
