/** A figure with at most six significant digits: `0.3`, `1234570`, `1.2e-9`. */
export function formatFigure(value: number): string {
  return String(Number(value.toPrecision(6)));
}
