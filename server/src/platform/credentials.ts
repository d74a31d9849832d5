/** What proves to a server who asks. */
export type Credential =
  | { readonly type: 'basic'; readonly username: string; readonly password: string }
  | { readonly type: 'bearer'; readonly token: string };

/**
 * What may be sent to the origin of one connection; null where nothing may. Asked for each request, so that a sign-in
 * takes effect at once.
 */
export type CredentialSource = (signal?: AbortSignal) => Promise<Credential | null>;

/** The value of the `Authorization` header that carries a credential. */
export function authorizationHeader(credential: Credential): string {
  if (credential.type === 'bearer') return `Bearer ${credential.token}`;
  return `Basic ${Buffer.from(`${credential.username}:${credential.password}`, 'utf8').toString('base64')}`;
}
