import cronstrue from 'cronstrue';

/** A cron schedule in words; null for one that can't be read. */
export function scheduleInWords(schedule: string): string | null {
  try {
    return cronstrue.toString(schedule, { use24HourTimeFormat: true, verbose: true });
  } catch {
    return null;
  }
}

const durationKeys =
  /^(?:timeout|pause|initial|maximum|maxAge|for|repeat|duration|interval|minimumDuration|scaleDownDelay|keepFiringFor|period|initialDelay|terminationGracePeriod)$/;
const units = [
  ['week', 604_800_000],
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1000],
  ['millisecond', 1],
] as const;
const unitSizes: Readonly<Record<string, number>> = {
  w: 604_800_000,
  d: 86_400_000,
  h: 3_600_000,
  m: 60_000,
  s: 1000,
  ms: 1,
};

/** `90m` as `1 hour 30 minutes`; null where larger units say nothing more. */
export function durationInWords(text: string, key: string): string | null {
  if (!durationKeys.test(key) || !/^(?:\d+(?:ms|[wdhms]))+$/.test(text)) return null;
  const given = [...text.matchAll(/(\d+)(ms|[wdhms])/g)].map((found) => ({
    count: Number(found[1]),
    unit: found[2] ?? 's',
  }));
  let rest = given.reduce((sum, { count, unit }) => sum + count * (unitSizes[unit] ?? 0), 0);
  const parts: { count: number; name: string; size: number }[] = [];
  for (const [name, size] of units) {
    const count = Math.floor(rest / size);
    rest -= count * size;
    if (count > 0) parts.push({ count, name, size });
  }
  const largest = Math.max(...given.map(({ unit }) => unitSizes[unit] ?? 0));
  if (parts.length === 0 || (parts[0]?.size ?? 0) <= largest) return null;
  return parts.map(({ count, name }) => `${count} ${name}${count === 1 ? '' : 's'}`).join(' ');
}
