import { distance } from 'fastest-levenshtein';

/** The candidates that someone may have meant by `text`, the likeliest first; none where nothing is close. */
export function didYouMean(text: string, candidates: Iterable<string>): string[] {
  const typed = text.toLowerCase();
  const bound = Math.max(1, Math.floor(typed.length / 3));
  const found: { candidate: string; cost: number }[] = [];
  for (const candidate of candidates) {
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
