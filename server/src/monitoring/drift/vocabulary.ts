import type { DriftColumn } from '#schemas/domain/drift-report.ts';
import type { Both } from './drift-data.ts';

/** The words of a column of texts: runs of letters, marks and digits, in lower case. */
export interface Vocabulary {
  /** How many words there are, each as often as it occurs. */
  readonly words: Both<number>;
  /** How many different ones. */
  readonly distinct: Both<number>;
  /** Words that occur a single time in the reference. */
  readonly onceInReference: number;
  /** What only the current data have: how many words, and the most frequent of them. */
  readonly unknown: { readonly words: number; readonly names: readonly string[] };
}

export type WordFigures = NonNullable<DriftColumn['words']>;

/** How far the share of unknown words may go beyond what was to be expected. */
const UNKNOWN_WORDS = 0.1;

/**
 * The share of the current words that the reference does not have, and how large it were if nothing had changed: the share of
 * words that occur once in the reference, which is how likely the next word is to be a new one (I. J. Good, “The population
 * frequencies of species and the estimation of population parameters”, Biometrika 40, 1953).
 *
 * @returns null where a side has no word
 */
export function wordFigures({ words, distinct, onceInReference, unknown }: Vocabulary): WordFigures | null {
  if (words.reference === 0 || words.current === 0) return null;
  return {
    vocabulary: distinct,
    outOfVocabulary: unknown.words / words.current,
    expected: onceInReference / words.reference,
  };
}

/** Whether the words alone are drift. */
export function wordsDrifted({ outOfVocabulary, expected }: WordFigures): boolean {
  return outOfVocabulary - expected > UNKNOWN_WORDS;
}
