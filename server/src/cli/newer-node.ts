import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The first Node whose SQLite needs no flag. */
const oldest = 24;

/** Whether this Node can run the program. */
export function isNewEnough(version: string): boolean {
  return Number.parseInt(version, 10) >= oldest;
}

/**
 * Runs the program again with the Node that the checkout has from npm; where there is none, says what is needed.
 * Answers the exit code.
 */
export function runWithNewerNode(script: string, args: readonly string[]): number {
  const node = findNode(dirname(fileURLToPath(script)));
  if (node === null) {
    process.stderr.write(
      `mlops needs Node ${oldest} or newer; this is ${process.version}. Install it, or put it first on PATH.\n`,
    );
    return 2;
  }
  const { status, signal } = spawnSync(node, [fileURLToPath(script), ...args], { stdio: 'inherit' });
  return status ?? (signal === 'SIGINT' ? 130 : 1);
}

function findNode(from: string): string | null {
  const name = process.platform === 'win32' ? 'node.exe' : 'node';
  for (let folder = from; folder !== dirname(folder); folder = dirname(folder)) {
    const candidate = join(folder, 'node_modules', 'node', 'bin', name);
    if (existsSync(candidate) && candidate !== process.execPath) return candidate;
  }
  return null;
}
