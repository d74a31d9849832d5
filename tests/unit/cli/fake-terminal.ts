import { Writable } from 'node:stream';
import type { Terminal, TerminalStream } from '#server/cli/terminal.ts';

class Recorder extends Writable implements TerminalStream {
  text = '';
  readonly isTTY: boolean;
  readonly columns: number;

  constructor(columns: number | null) {
    super({ decodeStrings: false });
    this.isTTY = columns !== null;
    this.columns = columns ?? 80;
  }

  hasColors = () => true;

  override _write(chunk: unknown, _encoding: string, done: () => void): void {
    this.text += String(chunk);
    done();
  }
}

/** A terminal that remembers what was written; `columns` null is a pipe. */
export function fakeTerminal(args: readonly string[], options: { columns?: number | null; cwd?: string } = {}) {
  const stdout = new Recorder(options.columns ?? null);
  const stderr = new Recorder(options.columns ?? null);
  const terminal: Terminal = {
    argv: ['node', 'mlops', ...args],
    env: {},
    stdout,
    stderr,
    cwd: () => options.cwd ?? '/',
    exit: () => undefined,
    on: () => undefined,
  };
  return { terminal, stdout, stderr };
}
