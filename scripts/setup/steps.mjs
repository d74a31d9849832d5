// The set-up runs before anything is installed, on the Node of the machine: plain JavaScript without dependencies.
import { spawn } from 'node:child_process';
import { accessSync, constants, createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cacheFolder } from './cache.mjs';

export const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
export const windows = process.platform === 'win32';

/** What went wrong, in one line for the person, and where the details are. */
export class SetupError extends Error {
  /** @param {string} message @param {{log?: string, cause?: unknown}} [details] */
  constructor(message, details = {}) {
    super(message, { cause: details.cause });
    this.log = details.log;
  }
}

/**
 * Runs one step and says in one line what came of it and how long it took.
 * @template T @param {string} title @param {() => Promise<T>} work @returns {Promise<T>}
 */
export async function step(title, work) {
  const start = Date.now();
  const seconds = () => `${((Date.now() - start) / 1000).toFixed(1)} s`;
  try {
    const result = await work();
    console.log(`✔ ${title} (${seconds()})`);
    return result;
  } catch (error) {
    console.error(`✘ ${title} (${seconds()})`);
    throw error;
  }
}

/** Prints why the set-up failed and sets the exit code; for the catch of an entry script. @param {unknown} error */
export function reportFailure(error) {
  if (error instanceof SetupError) {
    console.error(`\n${error.message}`);
    if (error.log) console.error(`Details: ${error.log}`);
  } else console.error(error);
  process.exitCode = 1;
}

/** The path of a program on PATH, or undefined. @param {...string} names */
export function which(...names) {
  const endings = windows ? ['.exe', '.cmd', '.bat'] : [''];
  for (const name of names) {
    for (const folder of (process.env.PATH ?? '').split(delimiter)) {
      for (const ending of endings) {
        const path = join(folder, name + ending);
        try {
          accessSync(path, constants.X_OK);
          return path;
        } catch {
          // Not in this folder.
        }
      }
    }
  }
  return undefined;
}

/**
 * Runs a program to its end with its output in a log file.
 * @param {readonly string[]} command
 * @param {{log: string, cwd?: string, env?: NodeJS.ProcessEnv, failure: string}} options log: the file's name
 */
export async function run(command, options) {
  const folder = join(cacheFolder(), 'logs');
  await mkdir(folder, { recursive: true });
  const log = join(folder, `${options.log}.log`);
  const stream = createWriteStream(log);
  stream.write(`$ ${command.join(' ')}\n`);
  const code = await ended(command, options, (chunk) => stream.write(chunk)).catch((error) => {
    stream.write(String(error));
    return -1;
  });
  await new Promise((resolve) => stream.end(resolve));
  if (code !== 0) throw new SetupError(options.failure, { log });
}

/** Runs a program to its end and answers its standard output, or undefined when it failed. @param {readonly string[]} command */
export async function output(command) {
  let text = '';
  const code = await ended(command, {}, (chunk, standard) => {
    if (standard) text += chunk;
  }).catch(() => -1);
  return code === 0 ? text.trim() : undefined;
}

function ended([program, ...args], { cwd = root, env = process.env }, write) {
  return new Promise((resolve, reject) => {
    // Batch files (npm.cmd) start by a shell alone.
    const shell = windows && /\.(cmd|bat)$/i.test(program);
    const child = spawn(shell ? `"${program}"` : program, args, { cwd, env, shell, stdio: ['ignore', 'pipe', 'pipe'] });
    const release = endWithUs(child);
    child.stdout.on('data', (chunk) => write(chunk, true));
    child.stderr.on('data', (chunk) => write(chunk, false));
    child.once('error', (error) => {
      release();
      reject(error);
    });
    child.once('close', release);
    child.once('close', (code) => resolve(code ?? -1));
  });
}

/** A signal to the set-up ends what it is running; answers what stops watching. */
function endWithUs(child) {
  const handlers = Object.entries({ SIGINT: 130, SIGTERM: 143, SIGHUP: 129 }).map(([signal, code]) => {
    const end = () => {
      child.kill(signal);
      process.exit(code);
    };
    process.on(signal, end);
    return [signal, end];
  });
  return () => {
    for (const [signal, end] of handlers) process.off(signal, end);
  };
}

/**
 * A signal to npm ends npm and its shell, but not always what the shell runs: whoever was started by npm calls this to end
 * with it.
 */
export function endWithNpm() {
  if (!process.env.npm_lifecycle_event || windows) return;
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    process.kill(process.pid, 'SIGTERM');
  }, 500);
  timer.unref();
}
