import type { ModelContext } from '../models/model-context.ts';
import { readPrivateKey } from '../models/signing/keys.ts';
import { readPem } from '../models/signing/read-pem.ts';
import type { BackendContext } from './context.ts';

/** What handlers of `models/…` share. */
export interface ModelParts {
  readonly open: (folder: string, signal: AbortSignal) => Promise<ModelContext>;
  /** The registry of a folder may answer something else now. */
  readonly tell: (folder: string) => void;
}

/** Files of keys are chosen in a dialog. */
export const chosenFile = { remedy: 'Choose a PEM file.' };

/** A private key in a file, opened by the passphrase that the client sent, else by the environment's. */
export async function keyOf(
  { env }: Pick<BackendContext, 'env'>,
  { file, passphrase }: { readonly file: string; readonly passphrase: string | null },
) {
  return readPrivateKey(
    await readPem(file, chosenFile),
    file,
    async () => passphrase ?? env.MLOPS_SIGNING_PASSPHRASE ?? null,
  );
}
