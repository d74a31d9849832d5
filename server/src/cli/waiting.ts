import type { Invocation } from './invocation.ts';

const patienceMs = 400;
const clearLine = '\r\x1b[2K';

/** Says on a terminal what takes long, for as long as it does; elsewhere nothing. */
export async function whileWaiting<T>(
  { terminal, output }: Invocation,
  what: string,
  work: () => Promise<T>,
): Promise<T> {
  if (terminal.stderr.isTTY !== true || output.json) return work();
  let shown = false;
  const timer = setTimeout(() => {
    shown = true;
    terminal.stderr.write(`${what}…`);
  }, patienceMs);
  try {
    return await work();
  } finally {
    clearTimeout(timer);
    if (shown) terminal.stderr.write(clearLine);
  }
}
