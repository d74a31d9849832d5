import type { AuditFilter } from './view.ts';

const day = 86_400_000;
const lengths = { day, week: 7 * day, month: 30 * day } as const;

/** Unix milliseconds from and to which a filter's entries are; null is open. Days are those of this place, whole. */
export function rangeOf(
  { period, from, to }: Pick<AuditFilter, 'period' | 'from' | 'to'>,
  now: number,
): { since: number | null; until: number | null } {
  if (period === 'any') return { since: null, until: null };
  if (period !== 'between') return { since: now - lengths[period], until: null };
  return { since: startOf(from, 0), until: before(startOf(to, 1)) };
}

/** When a day begins, or one so many days after it. */
function startOf(text: string, days: number): number | null {
  const parts = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
  if (!parts) return null;
  const time = new Date(Number(parts[1]), Number(parts[2]) - 1, Number(parts[3]) + days).getTime();
  return Number.isNaN(time) ? null : time;
}

function before(time: number | null): number | null {
  return time === null ? null : time - 1;
}
