import { readFile } from 'node:fs/promises';
import { FailureError } from '../../platform/failure.ts';

/** Text of a PEM file. Fails with `input`, in the words of who named the file, where it can’t be read. */
export async function readPem(
  file: string,
  { message = `${file} can’t be read.`, remedy }: { readonly message?: string; readonly remedy?: string },
): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw new FailureError('input', message, { ...(remedy === undefined ? {} : { remedy }), cause });
  }
}
