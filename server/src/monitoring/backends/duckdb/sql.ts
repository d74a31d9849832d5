/** A string literal. */
export function text(value: string): string {
  return `'${value.replaceAll("'", "''")}'`;
}

/** A name of a column or table. */
export function name(value: string): string {
  return `"${value.replaceAll('"', '""')}"`;
}

/** A finite double, with all its digits. */
export function double(value: number): string {
  if (!Number.isFinite(value)) throw new RangeError(`${value} is no finite number.`);
  return `${value.toExponential()}::DOUBLE`;
}
