import { FailureError } from './failure.ts';

interface Explanation {
  readonly says: (host: string, hostname: string) => string;
  readonly remedy: string;
}

const refused: Explanation = {
  says: (host) => `Nothing answers at ${host}: the connection was refused.`,
  remedy: 'Start the server, or correct the address and port.',
};
const unknownHost: Explanation = {
  says: (_, hostname) => `The host ${hostname} is not known.`,
  remedy: 'Check its name, your network and VPN.',
};
const noRoute: Explanation = {
  says: (host) => `${host} can’t be reached from this machine.`,
  remedy: 'Check your network, VPN and proxy.',
};
const silent: Explanation = {
  says: (host) => `${host} did not answer in time.`,
  remedy: 'Check that the server runs, or raise the setting mlops.http.timeoutSeconds.',
};
const hungUp: Explanation = {
  says: (host) => `${host} closed the connection before it had answered.`,
  remedy: 'Try again; if it stays so, the server’s log says why.',
};
const unknownAuthority: Explanation = {
  says: (host) => `The certificate of ${host} is not signed by an authority that this machine trusts.`,
  remedy:
    'Add its authority to the system’s certificates, or name it in MLFLOW_TRACKING_SERVER_CERT_PATH or NODE_EXTRA_CA_CERTS.',
};
const expired: Explanation = {
  says: (host) => `The certificate of ${host} has expired.`,
  remedy: 'Whoever runs the server must renew it. Check this machine’s clock as well.',
};
const otherName: Explanation = {
  says: (host) => `The certificate of ${host} is for another name.`,
  remedy: 'Use the name that the certificate is for.',
};
const noTls: Explanation = {
  says: (host) => `${host} does not speak TLS on that port.`,
  remedy: 'Check the port, or write http:// instead of https://.',
};

const byCode: ReadonlyMap<string, Explanation> = new Map([
  ['ECONNREFUSED', refused],
  ['ENOTFOUND', unknownHost],
  ['EAI_AGAIN', unknownHost],
  ['EHOSTUNREACH', noRoute],
  ['ENETUNREACH', noRoute],
  ['EADDRNOTAVAIL', noRoute],
  ['ETIMEDOUT', silent],
  ['UND_ERR_CONNECT_TIMEOUT', silent],
  ['UND_ERR_HEADERS_TIMEOUT', silent],
  ['UND_ERR_BODY_TIMEOUT', silent],
  ['ECONNRESET', hungUp],
  ['EPIPE', hungUp],
  ['UND_ERR_SOCKET', hungUp],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', unknownAuthority],
  ['SELF_SIGNED_CERT_IN_CHAIN', unknownAuthority],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', unknownAuthority],
  ['UNABLE_TO_GET_ISSUER_CERT', unknownAuthority],
  ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', unknownAuthority],
  ['CERT_HAS_EXPIRED', expired],
  ['ERR_TLS_CERT_ALTNAME_INVALID', otherName],
  ['ERR_SSL_WRONG_VERSION_NUMBER', noTls],
  ['ERR_SSL_PACKET_LENGTH_TOO_LONG', noTls],
  ['EPROTO', noTls],
]);

const worthAnotherTry: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'EAI_AGAIN',
  'ECONNRESET',
  'EPIPE',
  'UND_ERR_SOCKET',
]);

/** A network error in the user's words: which host, what went wrong, what to do. */
export function networkFailure(error: unknown, url: URL): FailureError {
  if (error instanceof FailureError) return error;
  const code = errorCode(error);
  const known = byCode.get(code);
  if (known !== undefined) {
    return new FailureError('unreachable', known.says(url.host, url.hostname), { remedy: known.remedy, cause: error });
  }
  if (code.startsWith('HPE_') || (error instanceof Error && error.name === 'HTTPParserError')) {
    return new FailureError('remote', `${url.host} answered something that is no HTTP.`, {
      remedy: 'Check the port: another service may listen there.',
      cause: error,
    });
  }
  if (code.startsWith('Z_') || code.startsWith('ERR_BROTLI')) {
    return new FailureError('remote', `${url.host} sent an answer whose compression is broken.`, { cause: error });
  }
  const detail = error instanceof Error ? error.message : String(error);
  return new FailureError('unreachable', `${url.host} can’t be reached: ${detail}`, {
    remedy: 'Check the address, your network and proxy.',
    cause: error,
  });
}

/** Whether the same request may well succeed a moment later. */
export function isTransient(error: unknown): boolean {
  return error instanceof FailureError && worthAnotherTry.has(errorCode(error.cause));
}

function errorCode(error: unknown): string {
  if (typeof error !== 'object' || error === null) return '';
  if ('code' in error && typeof error.code === 'string') return error.code;
  return 'cause' in error ? errorCode(error.cause) : '';
}
