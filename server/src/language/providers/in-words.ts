const units = [
  { ms: 86_400_000, name: 'day', brief: 'd' },
  { ms: 3_600_000, name: 'hour', brief: 'h' },
  { ms: 60_000, name: 'minute', brief: 'min' },
] as const;

/** How old something known is: `just now`, `5 minutes ago`, `3 days ago`. */
export function ageInWords(ageMs: number): string {
  const unit = units.find(({ ms }) => ageMs >= ms);
  if (!unit) return 'just now';
  const count = Math.floor(ageMs / unit.ms);
  return `${count} ${unit.name}${count === 1 ? '' : 's'} ago`;
}

/** The same where there is little room: `now`, `5 min`, `3 d`. */
export function ageInBrief(ageMs: number): string {
  const unit = units.find(({ ms }) => ageMs >= ms);
  return unit ? `${Math.floor(ageMs / unit.ms)} ${unit.brief}` : 'now';
}

export function countInWords(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** Four digits that matter: enough to recognise a value by. */
export function numberInWords(value: number): string {
  return String(Number(value.toPrecision(4)));
}
