import { createInterface } from 'node:readline/promises';
import { type Readable, Writable } from 'node:stream';
import type { Invocation } from './invocation.ts';

/** Asks a person at a terminal; where nobody sits at one, or JSON is wanted, what was asked for is done. */
export async function confirm({ terminal, output, signal }: Invocation, question: string): Promise<boolean> {
  const { stdin, stderr } = terminal;
  if (stdin === undefined || !isPerson(stdin) || !output.interactive || output.json) return true;
  const lines = createInterface({ input: stdin, output: stderr });
  try {
    const answer = await lines.question(`${question} [y/N] `, { signal });
    return /^y(?:es)?$/i.test(answer.trim());
  } finally {
    lines.close();
  }
}

/** Asks a person at a terminal for what nobody else should see; null where nobody sits at one. */
export async function askSecret({ terminal, signal }: Invocation, question: string): Promise<string | null> {
  const { stdin, stderr } = terminal;
  if (stdin === undefined || !isPerson(stdin)) return null;
  stderr.write(question);
  // What is typed is echoed into nothing.
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: stdin, output: nowhere, terminal: true });
  try {
    return await lines.question('', { signal });
  } finally {
    lines.close();
    stderr.write('\n');
  }
}

function isPerson(stdin: Readable): boolean {
  return 'isTTY' in stdin && stdin.isTTY === true;
}
