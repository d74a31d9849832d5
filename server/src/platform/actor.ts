import { execFile } from 'node:child_process';
import { userInfo } from 'node:os';
import { promisify } from 'node:util';

const run = promisify(execFile);
const patienceMs = 3_000;

/**
 * The name of the person at work: `MLOPS_ACTOR`, else `user.name` of Git's configuration for the folder, else the
 * account's. Whoever can set these can be anybody: it says who, it does not prove it.
 */
export async function actorName(folder: string, env: Readonly<Record<string, string | undefined>>): Promise<string> {
  const named = env.MLOPS_ACTOR?.trim();
  if (named) return named.normalize('NFC');
  const name = (await gitName(folder, env)) || accountName(env);
  return name.normalize('NFC');
}

async function gitName(folder: string, env: Readonly<Record<string, string | undefined>>): Promise<string> {
  try {
    const options = { cwd: folder, env: { ...env }, timeout: patienceMs, windowsHide: true };
    const { stdout } = await run('git', ['config', '--get', 'user.name'], options);
    return stdout.trim();
  } catch {
    // No Git, or no name.
    return '';
  }
}

function accountName(env: Readonly<Record<string, string | undefined>>): string {
  try {
    return userInfo().username;
  } catch {
    // Containers run under numbers that have no account.
    return env.USER ?? env.USERNAME ?? 'unknown';
  }
}
