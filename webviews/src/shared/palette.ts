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

/**
 * A colour without its transparency. Some themes lend a translucent highlight to their charts: a thin line of it would
 * fade into the background. What is not written as hex or rgb() stays as it is.
 */
export function opaque(color: string): string {
  const long = /^(#[0-9a-f]{6})[0-9a-f]{2}$/i.exec(color);
  const short = /^(#[0-9a-f]{3})[0-9a-f]$/i.exec(color);
  const channels = /^rgba?\(\s*([\d.]+)[\s,]+([\d.]+)[\s,]+([\d.]+)\s*[,/]/i.exec(color);
  if (channels) return `rgb(${channels[1]}, ${channels[2]}, ${channels[3]})`;
  return long?.[1] ?? short?.[1] ?? color;
}
