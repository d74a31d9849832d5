import type { Invocation } from './invocation.ts';

const patienceMs = 400;
const clearLine = '\r\x1b[2K';

/**
 * Says on a terminal what takes long, for as long as it does; elsewhere nothing. The work may say more exactly what it is
 * at, in one line.
 */
export async function whileWaiting<T>(
  { terminal, output }: Invocation,
  what: string,
  work: (say: (line: string) => void) => Promise<T>,
): Promise<T> {
  if (terminal.stderr.isTTY !== true || output.json) return work(() => undefined);
  let line = `${what}…`;
  let shown = false;
  const show = () => {
    shown = true;
    terminal.stderr.write(`${clearLine}${line}`);
  };
  const timer = setTimeout(show, patienceMs);
  try {
    return await work((text) => {
      line = text;
      if (shown) show();
    });
  } finally {
    clearTimeout(timer);
    if (shown) terminal.stderr.write(clearLine);
  }
}
