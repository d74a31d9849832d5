import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { unwritable, writeFileWhole } from '../platform/write-file.ts';

/** A file of signed statements has some 2 kB. */
const largestFile = 100_000;

/** Names of files of a folder, in order. */
export async function smallFileNames(directory: string, pattern: RegExp): Promise<string[]> {
  const entries = await readdir(directory, { withFileTypes: true }).catch(() => []);
  const names = entries.filter((entry) => entry.isFile() && pattern.test(entry.name)).map(({ name }) => name);
  return names.sort();
}

/** Small files of a folder, in the order of their names. What can’t be read is there with an empty text. */
export async function readSmallFiles(
  directory: string,
  pattern: RegExp,
): Promise<{ readonly file: string; readonly text: string }[]> {
  const names = await smallFileNames(directory, pattern);
  return Promise.all(names.map(async (file) => ({ file, text: await textOf(join(directory, file)) })));
}

/** Writes a file, and its folder where there is none; answers its absolute path. Fails with `permission` and `input`. */
export async function writeSmallFile(directory: string, name: string, text: string): Promise<string> {
  await mkdir(directory, { recursive: true }).catch((error: unknown) => {
    throw unwritable(directory, error);
  });
  const file = join(directory, name);
  await writeFileWhole(file, text);
  return file;
}

async function textOf(file: string): Promise<string> {
  try {
    const bytes = await readFile(file);
    return bytes.length > largestFile ? '' : bytes.toString('utf8');
  } catch {
    return '';
  }
}
