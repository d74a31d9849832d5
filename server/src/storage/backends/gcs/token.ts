import { FailureError } from '../../../platform/failure.ts';

/** The header's value for one request; null to go without. */
export type TokenSource = () => Promise<string | null>;

/**
 * Google's application default credentials: GOOGLE_APPLICATION_CREDENTIALS, what `gcloud auth application-default login`
 * left, or the machine's own.
 */
export function defaultCredentials(): TokenSource {
  let auth: Promise<{ getAccessToken(): Promise<string | null | undefined> }> | null = null;
  const open = async () => {
    const { GoogleAuth } = await import('./auth.ts');
    return new GoogleAuth({ scopes: ['https://www.googleapis.com/auth/devstorage.read_write'] });
  };
  return async () => {
    auth ??= open();
    try {
      const token = await (await auth).getAccessToken();
      if (typeof token === 'string') return token;
    } catch (cause) {
      throw noCredentials(cause);
    }
    throw noCredentials(undefined);
  };
}

function noCredentials(cause: unknown): FailureError {
  return new FailureError('permission', 'There are no valid Google credentials.', {
    remedy: 'Set GOOGLE_APPLICATION_CREDENTIALS, or sign in (gcloud auth application-default login).',
    cause,
  });
}
