import { distance } from 'fastest-levenshtein';

/** The candidates that someone may have meant by `text`, the likeliest first; none where nothing is close. */
export function didYouMean(text: string, candidates: Iterable<string>): string[] {
  const typed = text.toLowerCase();
  const bound = Math.max(1, Math.floor(typed.length / 3));
  return [...candidates]
    .map((candidate) => ({ candidate, cost: cost(typed, candidate.toLowerCase()) }))
    .filter(({ cost }) => cost <= bound)
    .sort((a, b) => a.cost - b.cost || a.candidate.localeCompare(b.candidate))
    .slice(0, 3)
    .map(({ candidate }) => candidate);
}

function cost(typed: string, candidate: string): number {
  const plain = (text: string) => text.replace(/[-_\s]/g, '');
  // Another spelling of the same words (snake or kebab case) is the likeliest mistake.
  if (plain(typed) === plain(candidate)) return 0;
  return distance(typed, candidate);
}
