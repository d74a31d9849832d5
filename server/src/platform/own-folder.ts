import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { FailureError } from './failure.ts';

/** The folder of a workspace that holds what the workbench keeps for itself; nobody wants it in Git. */
export const ownFolder = '.mlops';

/** Makes a folder; where it is `.mlops`, Git is told to pass it over. Fails with `permission`, with that remedy. */
export function makeFolder(folder: string, remedy: string): void {
  try {
    mkdirSync(folder, { recursive: true });
    const ignore = join(folder, '.gitignore');
    if (basename(folder) === ownFolder && !existsSync(ignore)) writeFileSync(ignore, '*\n');
  } catch (error) {
    throw new FailureError('permission', `The folder ${folder} can’t be made.`, { remedy, cause: error });
  }
}
