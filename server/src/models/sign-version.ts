import { FailureError } from '../platform/failure.ts';
import { findVersionOf } from './find-version.ts';
import type { ModelContext } from './model-context.ts';
import { formatVersion } from './model-reference.ts';
import { keyFingerprint } from './signing/keys.ts';
import { type Signer, signModel } from './signing/sign-model.ts';

/**
 * Signs a registered version by what the registry knows of its files, and keeps the signature with it. A version that
 * is signed already gets the new signature in place of the old one. Fails with `permission`, `not-found` and `input`.
 */
export async function signVersion(
  context: ModelContext,
  { model, selector, signer }: { readonly model: string; readonly selector: string; readonly signer: Signer },
  signal?: AbortSignal,
): Promise<{ readonly version: string; readonly signer: string }> {
  const actor = await context.people.authorize('sign');
  const { version, files } = await findVersionOf(context.registry, { model, selector }, signal);
  if (files.length === 0) {
    throw new FailureError(
      'input',
      `The registry does not know the files of ${formatVersion(version)}: nothing can be signed.`,
    );
  }
  const bundle = signModel({ name: version.model, files, ignorePaths: [] }, signer);
  const change = { type: 'bundle', version: version.version, bundle } as const;
  await context.registry.change(version.model, [change], { action: 'sign', actor, reason: null, nonces: [] }, signal);
  const [leaf] = signer.certificates;
  const who = leaf ? leaf.subject.replaceAll('\n', ', ') : `the key ${keyFingerprint(signer.key).slice(0, 16)}`;
  return { version: formatVersion(version), signer: who };
}
