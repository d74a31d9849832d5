import type { KeyObject } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { FailureError } from '../platform/failure.ts';
import type { People } from './model-context.ts';
import { readPublicKey } from './signing/keys.ts';

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
      const pem = await readFile(file, 'utf8').catch((cause: unknown) => {
        throw new FailureError('input', `The public key of ${name}, ${file}, can’t be read.`, { cause });
      });
      return { name, role, key: readPublicKey(pem, file) };
    }),
  );
}
