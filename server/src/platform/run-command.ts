import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

export interface RunCommandOptions {
  /** Absolute folder. */
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}

export interface RanCommand {
  /** Null where it took too long, or was ended by a signal. */
  readonly exitCode: number | null;
  /** The last lines of what it wrote, on both streams. */
  readonly tail: string;
  /** The last megabyte of its standard output. */
  readonly stdout: string;
  readonly durationMs: number;
}

const tailLength = 2_000;
const outputLength = 1_000_000;
const gracePeriodMs = 2_000;

/**
 * Runs a command by the system's shell and waits for its end. After the time limit, or when the caller gives up, it is
 * ended with all that it started. Fails with the signal's reason then, else never.
 */
export async function runCommand(command: string, options: RunCommandOptions): Promise<RanCommand> {
  const { cwd, env, timeoutMs, signal } = options;
  signal?.throwIfAborted();
  const started = performance.now();
  const child = spawn(command, {
    cwd,
    env: { ...env },
    shell: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    // A group of its own, so that what the shell starts can be ended with it.
    detached: process.platform !== 'win32',
    windowsHide: true,
  });
  let tail = '';
  let stdout = '';
  const keep = (chunk: unknown) => {
    tail = (tail + String(chunk)).slice(-tailLength);
  };
  child.stdout.setEncoding('utf8').on('data', (chunk) => {
    keep(chunk);
    stdout = (stdout + String(chunk)).slice(-outputLength);
  });
  child.stderr.setEncoding('utf8').on('data', keep);
  let tookTooLong = false;
  const limit = setTimeout(() => {
    tookTooLong = true;
    endTree(child);
  }, timeoutMs);
  const abort = () => endTree(child);
  signal?.addEventListener('abort', abort, { once: true });
  try {
    const exitCode = await ended(child);
    signal?.throwIfAborted();
    const durationMs = performance.now() - started;
    return { exitCode: tookTooLong ? null : exitCode, tail: tail.trim(), stdout, durationMs };
  } finally {
    clearTimeout(limit);
    signal?.removeEventListener('abort', abort);
  }
}

/** The exit code; null after a signal; 127, as shells have it, where there was no shell to start. */
async function ended(child: ChildProcess): Promise<number | null> {
  try {
    const [code]: unknown[] = await once(child, 'close');
    return typeof code === 'number' ? code : null;
  } catch {
    return 127;
  }
}

/** Asks a process and all that it started to end, and after a while makes them. */
function endTree(child: ChildProcess): void {
  const { pid } = child;
  if (pid === undefined || child.exitCode !== null) return;
  if (process.platform === 'win32') {
    spawn('taskkill', ['/pid', String(pid), '/t', '/f'], { stdio: 'ignore', windowsHide: true });
    return;
  }
  signalGroup(pid, 'SIGTERM');
  const force = setTimeout(() => signalGroup(pid, 'SIGKILL'), gracePeriodMs);
  child.once('close', () => clearTimeout(force));
}

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch {
    // It ended by itself.
  }
}
