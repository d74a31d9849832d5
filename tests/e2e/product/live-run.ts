import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { testPython } from '../../testbeds/python.ts';

const SCRIPT = join(import.meta.dirname, '..', '..', 'testbeds', 'python', 'live-run.py');

/** A run that real MLflow keeps going. */
export interface LiveRun {
  readonly id: string;
  log(metric: string, value: number, step: number): Promise<void>;
  end(status: 'FINISHED' | 'FAILED'): Promise<void>;
  /** Ends the process; the run is left as it is. */
  stop(): Promise<void>;
}

export async function startLiveRun(uri: string, experiment: string, name: string): Promise<LiveRun> {
  const child = spawn(await testPython(), [SCRIPT, uri, experiment, name], { stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = once(child, 'exit');
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async (): Promise<string> => {
    const { value, done } = await lines.next();
    if (done) throw new Error('The training ended too early.');
    return value;
  };
  const tell = async (command: string) => {
    child.stdin.write(`${command}\n`);
    await next();
  };
  return {
    id: await next(),
    log: (metric, value, step) => tell(`${metric} ${value} ${step}`),
    end: (status) => tell(`end ${status}`),
    async stop() {
      child.stdin.end();
      await ended;
    },
  };
}
