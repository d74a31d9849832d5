import type { Invocation } from './invocation.ts';

const patienceMs = 400;
const everyMs = 100;
const cells = 24;
const clearLine = '\r\x1b[2K';

/** Shows on a terminal how far long work is; elsewhere nothing. `show` may be called as often as one likes. */
export async function withProgress<T>(
  { terminal, output }: Invocation,
  work: (show: (what: string, done: number, total: number) => void) => Promise<T>,
): Promise<T> {
  if (terminal.stderr.isTTY !== true || output.json) return work(() => undefined);
  const started = performance.now();
  let last = 0;
  const show = (what: string, done: number, total: number) => {
    const now = performance.now();
    if (now - started < patienceMs || now - last < everyMs) return;
    last = now;
    terminal.stderr.write(`${clearLine}${what} ${bar(total > 0 ? Math.min(1, done / total) : 1)}`);
  };
  try {
    return await work(show);
  } finally {
    if (last > 0) terminal.stderr.write(clearLine);
  }
}

function bar(share: number): string {
  const full = Math.round(share * cells);
  return `${'█'.repeat(full)}${'░'.repeat(cells - full)} ${String(Math.floor(share * 100)).padStart(3)} %`;
}
