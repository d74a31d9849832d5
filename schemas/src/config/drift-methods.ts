/** Drift methods, named as Evidently names them. */
export const driftMethods = [
  'ks',
  'psi',
  'jensenshannon',
  'wasserstein',
  'wasserstein_plain',
  'chisquare',
  'z',
  'kl_div',
  'hellinger',
  'TVD',
  'anderson',
  'cramer_von_mises',
  'mannw',
  't_test',
  'ed',
] as const;
export type DriftMethod = (typeof driftMethods)[number];
