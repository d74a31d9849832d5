import { formatBytes } from '#schemas/domain/bytes.ts';
import type { Invocation } from './invocation.ts';
import { whileWaiting } from './waiting.ts';

const everyMs = 100;
const cells = 24;

/**
 * Shows on a terminal how far long work is, and `what` it is before it knows; elsewhere nothing. `show` takes bytes, and
 * may be called as often as one likes.
 */
export function withProgress<T>(
  invocation: Invocation,
  what: string,
  work: (show: (phase: string, done: number, total: number) => void) => Promise<T>,
): Promise<T> {
  return whileWaiting(invocation, what, (say) => {
    let last = Number.NEGATIVE_INFINITY;
    return work((phase, done, total) => {
      const now = performance.now();
      if (now - last < everyMs) return;
      last = now;
      say(`${phase} ${bar(total > 0 ? Math.min(1, done / total) : 1)}  ${formatBytes(done)} of ${formatBytes(total)}`);
    });
  });
}

function bar(share: number): string {
  const full = Math.round(share * cells);
  return `${'█'.repeat(full)}${'░'.repeat(cells - full)} ${String(Math.floor(share * 100)).padStart(3)} %`;
}
