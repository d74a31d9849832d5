import { FailureError } from '../failure.ts';

/**
 * The token of the page after the one that `asked` brought; undefined after the last. A server that gives the same token
 * again would keep its reader for ever: that is a `remote` failure.
 */
export function tokenAfter(
  asked: string | undefined,
  page: { readonly next_page_token?: string | null | undefined },
): string | undefined {
  const next = page.next_page_token || undefined;
  if (next !== undefined && next === asked) {
    throw new FailureError('remote', 'The server gives the same page of its list again and again.', {
      remedy: 'Look for a proxy before it that answers from a cache.',
    });
  }
  return next;
}
