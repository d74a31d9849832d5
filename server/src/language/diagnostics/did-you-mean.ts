import { distance } from 'fastest-levenshtein';

/** The candidates that someone may have meant by `text`, the likeliest first; none where nothing is close. */
export function didYouMean(text: string, candidates: Iterable<string>): string[] {
  const all = [...candidates];
  if (all.length > MANY) return nearOf(text, all);
  const typed = text.toLowerCase();
  const bound = Math.max(1, Math.floor(typed.length / 3));
  const found: { candidate: string; cost: number }[] = [];
  for (const candidate of all) {
    // There may be thousands; no edit within the bound, and no other spelling, changes the length by more.
    if (Math.abs(candidate.length - typed.length) > Math.max(bound, MOST_SEPARATORS)) continue;
    const distance = cost(typed, candidate.toLowerCase());
    if (distance <= bound) found.push({ candidate, cost: distance });
  }
  return found
    .sort((a, b) => a.cost - b.cost || a.candidate.localeCompare(b.candidate))
    .slice(0, 3)
    .map(({ candidate }) => candidate);
}

/** Of more names than this only those with one slip of the hand are looked for: each look has to be cheap. */
const MANY = 400;
/** Characters of such a slip, on either side: two that changed places. */
const SLIP = 2;

function nearOf(text: string, candidates: readonly string[]): string[] {
  const found: string[] = [];
  for (const candidate of candidates) {
    if (Math.abs(candidate.length - text.length) > SLIP || !isSlip(text, candidate)) continue;
    if (found.push(candidate) >= 3) break;
  }
  return found;
}

/** Whether two texts are the same but for a few characters in one place. */
function isSlip(a: string, b: string): boolean {
  const shorter = Math.min(a.length, b.length);
  let start = 0;
  while (start < shorter && a.charCodeAt(start) === b.charCodeAt(start)) start++;
  let end = 0;
  while (end < shorter - start && a.charCodeAt(a.length - 1 - end) === b.charCodeAt(b.length - 1 - end)) end++;
  const differs = Math.max(a.length, b.length) - start - end;
  return differs <= SLIP && differs < a.length;
}

/** More underscores and dashes than this tell two names apart. */
const MOST_SEPARATORS = 4;

function cost(typed: string, candidate: string): number {
  // Another spelling of the same words (snake or kebab case) is the likeliest mistake.
  if (typed === candidate || plain(typed) === plain(candidate)) return 0;
  return distance(typed, candidate);
}

function plain(text: string): string {
  return /[-_\s]/.test(text) ? text.replace(/[-_\s]/g, '') : text;
}
