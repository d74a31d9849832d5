const number = /^\s*[+-]?(?:(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?|inf(?:inity)?|nan)\s*$/i;

/** Whether a param's text is a number as Python writes it (`1e-05`, `nan`, `-inf`). */
export function isNumberText(text: string): boolean {
  return number.test(text);
}

/** The number that such a text is; null where it is none. */
export function parseNumber(text: string): number | null {
  if (!isNumberText(text)) return null;
  const plain = text.trim().toLowerCase();
  if (plain.endsWith('nan')) return Number.NaN;
  if (plain.includes('inf')) return plain.startsWith('-') ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  return Number(plain);
}
