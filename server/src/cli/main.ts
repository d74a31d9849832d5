import { CommanderError } from 'commander';
import { errorCode } from '../platform/error-code.ts';
import { exitCodes, reportFailure } from './exit.ts';
import { createProgram } from './program.ts';
import type { Terminal, TerminalStream } from './terminal.ts';

/** Runs one command and ends the process with its exit code. */
export async function main(terminal: Terminal): Promise<void> {
  const interrupted = new AbortController();
  const interrupt = (code: number) => () => {
    // A second time, nothing is waited for.
    if (interrupted.signal.aborted) terminal.exit(code);
    interrupted.abort();
  };
  terminal.on('SIGINT', interrupt(exitCodes.interrupted));
  terminal.on('SIGTERM', interrupt(exitCodes.interrupted));
  // Whoever reads (`head`, a pager) may have seen enough: the write that fails ends the command, this keeps it quiet.
  for (const stream of [terminal.stdout, terminal.stderr]) stream.on('error', () => undefined);
  const code = await run(terminal, interrupted.signal);
  await Promise.all([flush(terminal.stdout), flush(terminal.stderr)]);
  terminal.exit(code);
}

function flush(stream: TerminalStream): Promise<void> {
  return new Promise((resolve) => {
    stream.write('', () => resolve());
  });
}

/** Runs one command; gives its exit code. Never throws. */
export async function run(terminal: Terminal, signal: AbortSignal): Promise<number> {
  const program = createProgram(terminal, signal);
  let code: number = exitCodes.done;
  program.setResult((result) => {
    code = result;
  });
  try {
    await program.command.parseAsync(terminal.argv.slice(2), { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.done : exitCodes.input;
    if (isBrokenPipe(error)) return exitCodes.done;
    const report = reportFailure(error, { verbose: terminal.argv.includes('--verbose') });
    terminal.stderr.write(`${report.line}\n`);
    return report.code;
  }
}

function isBrokenPipe(error: unknown): boolean {
  return errorCode(error) === 'EPIPE';
}
