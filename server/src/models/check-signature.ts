import type { KeyObject } from 'node:crypto';
import { resolve } from 'node:path';
import type { ModelFile } from '#schemas/domain/model-version.ts';
import type { ModelContext } from './model-context.ts';
import type { ModelPolicy } from './model-documents.ts';
import { readPublicKey } from './signing/keys.ts';
import { readPem } from './signing/read-pem.ts';
import { verifyModel } from './signing/verify-model.ts';

export interface SignatureCheck {
  readonly valid: boolean;
  /** One line for a person. */
  readonly detail: string;
}

type Occasion = NonNullable<ModelPolicy['document']['signing']>['verifyOn'][number];

/** Whether the Model document wants signatures verified on an occasion. */
export function isSignatureAsked(policy: ModelPolicy | null, occasion: Occasion): boolean {
  return policy?.document.signing?.verifyOn.includes(occasion) ?? false;
}

/** Verifies a signature by the keys that the Model document names, or where it names none, those of the members. */
export async function checkSignature(
  { people }: Pick<ModelContext, 'people'>,
  { files, bundle }: { readonly files: readonly ModelFile[]; readonly bundle: string | null },
  policy: ModelPolicy | null,
): Promise<SignatureCheck> {
  if (bundle === null) return { valid: false, detail: 'It is not signed.' };
  const keys = await trustedKeys(people, policy);
  if (keys.length === 0) {
    return {
      valid: false,
      detail: 'No key is trusted: name some in signing.keys of the Model document, or as publicKey of members.',
    };
  }
  const verification = verifyModel(files, bundle, { type: 'keys', keys });
  if (verification.verified) return { valid: true, detail: `Signed by ${verification.signer}.` };
  return { valid: false, detail: verification.detail };
}

async function trustedKeys(people: ModelContext['people'], policy: ModelPolicy | null): Promise<KeyObject[]> {
  const named = policy?.document.signing?.keys;
  const files =
    policy !== null && named !== undefined
      ? named.map((path) => resolve(policy.folder, path))
      : people.members.flatMap(({ publicKey }) => (publicKey === undefined ? [] : [resolve(people.folder, publicKey)]));
  return Promise.all(files.map(readTrustedKey));
}

/** Fails with `input`: a key that the policy names and nobody can read must not silently count as none. */
async function readTrustedKey(file: string): Promise<KeyObject> {
  const message = `The public key ${file} can’t be read.`;
  return readPublicKey(await readPem(file, { message, remedy: 'mlops.yaml or a Model document names it.' }), file);
}
