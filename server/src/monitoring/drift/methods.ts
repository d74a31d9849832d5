import type { DriftMethod } from '#schemas/config/drift-methods.ts';

/** What a column is compared as. Text is compared by its length, time by its moment: both are numbers then. */
export type ColumnType = 'numeric' | 'categorical' | 'boolean' | 'time' | 'text';

interface Method {
  /** Where drift begins unless told otherwise: Evidently 0.7's defaults. */
  readonly threshold: number;
  /** A p-value tells drift when it is small, a distance when it is large. */
  readonly verdictBy: 'pValue' | 'distance';
  /** Whether the threshold itself is drift; Evidently does it differently by method. */
  readonly inclusive: boolean;
  /** `numbers` need an order, `categories` none. */
  readonly of: 'numbers' | 'categories' | 'both';
}

const p = (threshold: number, of: Method['of'], inclusive = false): Method => ({
  threshold,
  verdictBy: 'pValue',
  inclusive,
  of,
});
const distance = (of: Method['of'], inclusive = true): Method => ({
  threshold: 0.1,
  verdictBy: 'distance',
  inclusive,
  of,
});

const methods: Readonly<Record<DriftMethod, Method>> = {
  ks: p(0.05, 'numbers', true),
  psi: distance('both'),
  jensenshannon: distance('both'),
  wasserstein: distance('numbers'),
  wasserstein_plain: distance('numbers'),
  chisquare: p(0.05, 'categories'),
  z: p(0.05, 'categories'),
  kl_div: distance('both'),
  hellinger: distance('both'),
  TVD: distance('categories'),
  anderson: p(0.1, 'numbers'),
  cramer_von_mises: p(0.1, 'numbers', true),
  mannw: p(0.05, 'numbers'),
  t_test: p(0.05, 'numbers'),
  ed: distance('numbers', false),
};

export function methodOf(name: DriftMethod): Method {
  return methods[name];
}

/** Whether columns of a type can be compared by a method. */
export function isFor(name: DriftMethod, type: ColumnType): boolean {
  const { of } = methods[name];
  return of === 'both' || (of === 'numbers') === isOrdered(type);
}

/** Columns that are numbers once they are read. */
export function isOrdered(type: ColumnType): boolean {
  return type === 'numeric' || type === 'time' || type === 'text';
}

/** Whether a p-value or a distance tells of drift. */
export function exceeds(name: DriftMethod, value: number, threshold: number): boolean {
  const { verdictBy, inclusive } = methods[name];
  if (value === threshold) return inclusive;
  return verdictBy === 'pValue' ? value < threshold : value > threshold;
}

const SMALL_REFERENCE = 1_000;
const FEW_VALUES = 5;

/**
 * The method that Evidently 0.7 takes: tests for small references, distances for larger ones, where a test would find any
 * difference. `rows` are those of the reference that have a finite value, `distinct` the different values of both samples.
 */
export function chooseMethod(type: ColumnType, rows: number, distinct: number): DriftMethod {
  const asCategories = !isOrdered(type) || distinct <= FEW_VALUES;
  if (rows > SMALL_REFERENCE) return asCategories ? 'jensenshannon' : 'wasserstein';
  if (!asCategories) return 'ks';
  return distinct > 2 ? 'chisquare' : 'z';
}

/** Numbers of a reference with at most so many different ones are compared value by value instead of by bins. */
export const MOST_SEPARATE_VALUES = 20;
