/** How a run is drawn in every chart. */
export interface LineStyle {
  readonly color: string;
  /** Canvas line dash; empty is a solid line. */
  readonly dash: readonly number[];
}

const dashes: readonly (readonly number[])[] = [[], [7, 3], [2, 3], [9, 3, 2, 3]];
const goldenAngle = 137.508;

/**
 * The style of the n-th run: the theme's own chart colours first, then hues as far from each other as can be, in two
 * lightnesses; every dozen runs another dash tells apart what colour alone would not.
 */
export function lineStyle(
  index: number,
  { charts, kind }: { charts: readonly string[]; kind: 'light' | 'dark' },
): LineStyle {
  const dash = dashes[Math.floor(index / 12) % dashes.length] ?? [];
  const own = charts[index];
  if (own !== undefined) return { color: own, dash };
  const hue = ((index - charts.length) * goldenAngle + 20) % 360;
  const lightness = (kind === 'dark' ? [68, 56] : [40, 52])[index % 2] ?? 50;
  return { color: `hsl(${hue.toFixed(0)} 65% ${lightness}%)`, dash };
}
