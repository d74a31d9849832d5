import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { repository } from '../../testbeds/vscode.ts';

/** Whether processes can be looked through here: Linux tells of them in files. */
export const seesProcesses = process.platform === 'linux';

/** The environment by which the processes of one VS Code are told from those of others. */
export function marked(marker: string): NodeJS.ProcessEnv {
  return { MLOPS_TEST_MARKER: marker };
}

/** Ids of the processes below a marked VS Code that run a script of the extension, such as `backend.js`. */
export async function processesOf(marker: string, script: string): Promise<number[]> {
  const path = join(repository, 'dist', script);
  const ids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const found = await Promise.all(
    ids.map(async (id) => {
      const read = (name: string) => readFile(`/proc/${id}/${name}`, 'utf8').catch(() => '');
      const [command, environment] = await Promise.all([read('cmdline'), read('environ')]);
      const isOurs = environment.split('\0').includes(`MLOPS_TEST_MARKER=${marker}`);
      return isOurs && command.split('\0').includes(path) ? [Number(id)] : [];
    }),
  );
  return found.flat();
}
