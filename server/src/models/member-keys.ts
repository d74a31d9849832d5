import type { KeyObject } from 'node:crypto';
import { resolve } from 'node:path';
import type { People } from './model-context.ts';
import { readPublicKey } from './signing/keys.ts';
import { readPem } from './signing/read-pem.ts';

/** A member with the key that what they sign is verified by. */
export interface MemberKey {
  readonly name: string;
  readonly role: string;
  readonly key: KeyObject;
}

/** Members with a public key. Fails with `input` where one can’t be read: nobody’s signature must silently count nothing. */
export async function memberKeys({ members, folder }: Pick<People, 'members' | 'folder'>): Promise<MemberKey[]> {
  const named = members.flatMap(({ name, role, publicKey }) =>
    publicKey === undefined ? [] : [{ name, role, publicKey }],
  );
  return Promise.all(
    named.map(async ({ name, role, publicKey }) => {
      const file = resolve(folder, publicKey);
      const pem = await readPem(file, { message: `The public key of ${name}, ${file}, can’t be read.` });
      return { name, role, key: readPublicKey(pem, file) };
    }),
  );
}
