import { spawn } from 'node:child_process';
import { once } from 'node:events';

/**
 * Another process that opens a SQLite database, runs `script` (JavaScript, with `db` in scope) and then holds still with
 * what it opened and locked. `stop` kills it, without a chance to tidy up.
 */
export async function sqliteProcess(path: string, script: string): Promise<{ stop(): Promise<void> }> {
  const program = `
    const { DatabaseSync } = require('node:sqlite');
    const db = new DatabaseSync(${JSON.stringify(path)});
    ${script};
    console.log('ready');
    setInterval(() => db.isOpen, 60_000);`;
  const child = spawn(process.execPath, ['-e', program], { stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = once(child, 'exit');
  const [outcome] = await Promise.race([once(child.stdout, 'data'), exited]);
  if (!String(outcome).startsWith('ready')) throw new Error(`The other process ended: ${outcome}`);
  return {
    stop: async () => {
      child.kill('SIGKILL');
      await exited;
    },
  };
}
