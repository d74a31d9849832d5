import type { AskPassphrase } from '../models/signing/keys.ts';
import { readPem } from '../models/signing/read-pem.ts';
import type { Invocation } from './invocation.ts';
import { askSecret } from './prompt.ts';

/** Text of a PEM file that an option names. Fails with `input`. */
export function readKeyFile(file: string): Promise<string> {
  return readPem(file, { remedy: 'Name a PEM file.' });
}

/** The passphrase of the environment; a person at a terminal is asked where there is none. */
export function signingPassphrase(invocation: Invocation, file: string): AskPassphrase {
  return async () =>
    invocation.terminal.env.MLOPS_SIGNING_PASSPHRASE ?? (await askSecret(invocation, `Passphrase of ${file}: `));
}
