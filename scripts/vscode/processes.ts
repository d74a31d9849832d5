import { type ChildProcess, spawn } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';

const GRACE_MS = 5_000;
const windows = process.platform === 'win32';

/** What a started program has said, for messages and for waiting on a line of it. */
export interface Output {
  text(): string;
  /** The first match in what the program says; rejects when it ends before, or when the time is over. */
  match(pattern: RegExp, milliseconds: number): Promise<RegExpExecArray>;
}

/** Starts a program as the leader of a group, so that everything that it starts ends with it. */
export function startGroup(command: readonly [string, ...string[]], env: NodeJS.ProcessEnv): ChildProcess {
  const [program, ...args] = command;
  return spawn(program, args, { env, detached: !windows, stdio: ['ignore', 'pipe', 'pipe'] });
}

export function watchOutput(child: ChildProcess): Output {
  let text = '';
  const listeners = new Set<() => void>();
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (chunk: string) => {
      text = (text + chunk).slice(-200_000);
      for (const listener of listeners) listener();
    });
  }
  const match = (pattern: RegExp, milliseconds: number) =>
    new Promise<RegExpExecArray>((resolve, reject) => {
      const finish = (settle: () => void) => {
        clearTimeout(timer);
        listeners.delete(look);
        child.off('exit', ended).off('error', ended);
        settle();
      };
      const look = () => {
        const found = pattern.exec(text);
        if (found) finish(() => resolve(found));
      };
      const fail = (reason: string) => finish(() => reject(new Error(`${reason}\n${text.slice(-4_000)}`)));
      const ended = () => fail(`${child.spawnfile} ended before it said ${pattern}.`);
      const timer = setTimeout(
        () => fail(`${child.spawnfile} did not say ${pattern} in ${milliseconds} ms.`),
        milliseconds,
      );
      listeners.add(look);
      child.once('exit', ended).once('error', ended);
      look();
    });
  return { text: () => text, match };
}

/** Ends a group and waits until none of it is left: first by asking, then by force. */
export async function endGroup(child: ChildProcess): Promise<void> {
  const { pid } = child;
  if (pid === undefined) return;
  if (windows) {
    const killer = spawn('taskkill', ['/pid', String(pid), '/T', '/F'], { stdio: 'ignore' });
    await new Promise((resolve) => killer.once('close', resolve).once('error', resolve));
    return;
  }
  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    if (!sendToGroup(pid, signal)) return;
    const deadline = Date.now() + GRACE_MS;
    while (Date.now() < deadline) {
      if (!sendToGroup(pid, 0)) return;
      await delay(50);
    }
  }
}

/** Says whether the group still has a member. */
function sendToGroup(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    process.kill(-pid, signal);
    return true;
  } catch {
    return false;
  }
}
