import { readFile } from 'node:fs/promises';
import type { AskPassphrase } from '../models/signing/keys.ts';
import { FailureError } from '../platform/failure.ts';
import type { Invocation } from './invocation.ts';
import { askSecret } from './prompt.ts';

/** Text of a PEM file. Fails with `input`. */
export async function readKeyFile(file: string): Promise<string> {
  return readFile(file, 'utf8').catch((cause: unknown) => {
    throw new FailureError('input', `${file} can’t be read.`, { remedy: 'Name a PEM file.', cause });
  });
}

/** The passphrase of the environment; a person at a terminal is asked where there is none. */
export function signingPassphrase(invocation: Invocation, file: string): AskPassphrase {
  return async () =>
    invocation.terminal.env.MLOPS_SIGNING_PASSPHRASE ?? (await askSecret(invocation, `Passphrase of ${file}: `));
}
