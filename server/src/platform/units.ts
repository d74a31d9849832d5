const millisecondsIn: Readonly<Record<string, number>> = {
  w: 604_800_000,
  d: 86_400_000,
  h: 3_600_000,
  m: 60_000,
  s: 1_000,
  ms: 1,
};

/** Milliseconds of a duration as our documents have it: `500ms`, `30s`, `1h30m`. */
export function durationMs(text: string): number {
  const parts = [...text.matchAll(/(\d+)(ms|[wdhms])/g)];
  if (parts.map(([part]) => part).join('') !== text || text === '') throw new RangeError(`“${text}” is no duration.`);
  return parts.reduce((sum, [, count, unit]) => sum + Number(count) * (millisecondsIn[unit ?? ''] ?? 0), 0);
}

const bytesIn: Readonly<Record<string, number>> = {
  B: 1,
  kB: 1e3,
  MB: 1e6,
  GB: 1e9,
  KiB: 2 ** 10,
  MiB: 2 ** 20,
  GiB: 2 ** 30,
};

/** Bytes of a size as our documents have it: `500MB` (powers of 10), `2GiB` (powers of 2). */
export function bytesOf(text: string): number {
  const [, count, unit = ''] = /^(\d+(?:\.\d+)?)([A-Za-z]+)$/.exec(text) ?? [];
  const factor = bytesIn[unit];
  if (count === undefined || factor === undefined) throw new RangeError(`“${text}” is no size.`);
  return Number(count) * factor;
}
