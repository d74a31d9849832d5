/** One difference between two signatures, in a sentence. */
export interface Finding {
  readonly type: 'compatible' | 'unknown' | 'breaking';
  readonly text: string;
}

const RANK = { none: 0, compatible: 1, unknown: 2, breaking: 3 } as const;

/** A single breaking difference breaks; what is unknown might. */
export function worstOf(findings: readonly Pick<Finding, 'type'>[]): keyof typeof RANK {
  let worst: keyof typeof RANK = 'none';
  for (const { type } of findings) if (RANK[type] > RANK[worst]) worst = type;
  return worst;
}
