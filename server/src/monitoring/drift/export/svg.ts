import type { DriftCategories, DriftHistogram, DriftOverTime } from '#schemas/domain/drift-details.ts';
import type { Both } from '../drift-data.ts';
import { percent, shownValue } from './figures.ts';
import { type Markup, markup } from './markup.ts';

const [width, height] = [640, 220];
const [left, right, top, bottom] = [52, 10, 10, 26];
const plot = { width: width - left - right, height: height - top - bottom };

/** Shares of the values that lie in each bin: the reference as a line, the current data as an area. */
export function histogramSvg(histogram: DriftHistogram, present: Both<number>, type: string | null): Markup {
  const { edges } = histogram;
  const shares = {
    reference: histogram.reference.map((count) => count / Math.max(1, present.reference)),
    current: histogram.current.map((count) => count / Math.max(1, present.current)),
  };
  const most = Math.max(...shares.reference, ...shares.current, Number.MIN_VALUE);
  const [from, to] = [edges[0] ?? 0, edges.at(-1) ?? 1];
  const x = (value: number) => left + ((value - from) / (to - from)) * plot.width;
  const y = (share: number) => top + plot.height * (1 - share / most);
  const steps = (values: readonly number[]) =>
    values.map((share, bin) => `${at(x(edges[bin] ?? 0), y(share))} ${at(x(edges[bin + 1] ?? 0), y(share))}`).join(' ');
  const base = y(0);
  return markup`<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="Distribution of both samples">
<polygon class="current" points="${at(x(from), base)} ${steps(shares.current)} ${at(x(to), base)}"/>
<polyline class="reference" points="${at(x(from), base)} ${steps(shares.reference)} ${at(x(to), base)}"/>
<line class="axis" x1="${left}" y1="${base}" x2="${width - right}" y2="${base}"/>
<text x="${left - 6}" y="${top + 10}" text-anchor="end">${percent(most)}</text>
<text x="${left - 6}" y="${base}" text-anchor="end">0 %</text>
<text x="${left}" y="${height - 8}">${shownValue(from, type)}</text>
<text x="${width - right}" y="${height - 8}" text-anchor="end">${shownValue(to, type)}</text>
</svg>`;
}

const [barHeight, rowHeight, nameWidth] = [8, 24, 190];
const LONGEST_LABEL = 28;

/** Shares of the most frequent values, two bars each. */
export function categoriesSvg({ entries, rest }: DriftCategories, present: Both<number>): Markup {
  const rows = [...entries, ...(rest ? [{ ...rest, name: `${rest.values} more` }] : [])].map(
    ({ name, reference, current }) => ({
      name,
      reference: reference / Math.max(1, present.reference),
      current: current / Math.max(1, present.current),
    }),
  );
  const most = Math.max(...rows.flatMap(({ reference, current }) => [reference, current]), Number.MIN_VALUE);
  const length = (share: number) => ((share / most) * (width - nameWidth - 60)).toFixed(1);
  return markup`<svg viewBox="0 0 ${width} ${rows.length * rowHeight + 6}" role="img" aria-label="Shares of values in both samples">${rows.map(
    ({ name, reference, current }, index) => {
      const y = index * rowHeight + 4;
      return markup`
<text x="${nameWidth - 8}" y="${y + 13}" text-anchor="end">${shortened(name)}</text>
<rect class="reference" x="${nameWidth}" y="${y}" width="${length(reference)}" height="${barHeight}"/>
<rect class="current" x="${nameWidth}" y="${y + barHeight + 1}" width="${length(current)}" height="${barHeight}"/>`;
    },
  )}
</svg>`;
}

/** Courses over time: of the reference dashed, of the current data solid. */
export function coursesSvg({ courses, measure }: DriftOverTime, textOf: (value: number) => string): Markup {
  const names = [...new Set(courses.map(({ name }) => name))];
  const times = courses.flatMap((one) => one.x);
  const values = courses.flatMap((one) => one.y).filter(Number.isFinite);
  const [from, to] = [Math.min(...times), Math.max(...times)];
  const [low, high] = [measure === 'share' ? 0 : Math.min(...values), Math.max(...values)];
  const x = (time: number) => left + (to > from ? (time - from) / (to - from) : 0.5) * plot.width;
  const y = (value: number) => top + plot.height * (1 - (high > low ? (value - low) / (high - low) : 0.5));
  const base = height - bottom;
  return markup`<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="Course of both samples over time">${courses.map(
    ({ name, side, x: along, y: found }) => {
      const points = found.flatMap((value, index) =>
        Number.isFinite(value) ? [at(x(along[index] ?? from), y(value))] : [],
      );
      const color = measure === 'share' ? `c${names.indexOf(name)}` : side;
      return markup`
<polyline class="course ${color}${side === 'reference' ? ' dashed' : ''}" points="${points.join(' ')}"/>`;
    },
  )}
<line class="axis" x1="${left}" y1="${base}" x2="${width - right}" y2="${base}"/>
<text x="${left - 6}" y="${top + 10}" text-anchor="end">${values.length > 0 ? textOf(high) : ''}</text>
<text x="${left - 6}" y="${base}" text-anchor="end">${values.length > 0 ? textOf(low) : ''}</text>
<text x="${left}" y="${height - 8}">${times.length > 0 ? shownValue(from, 'time') : ''}</text>
<text x="${width - right}" y="${height - 8}" text-anchor="end">${times.length > 0 ? shownValue(to, 'time') : ''}</text>
</svg>`;
}

function at(x: number, y: number): string {
  return `${x.toFixed(1)},${y.toFixed(1)}`;
}

function shortened(name: string): string {
  const characters = [...name];
  return characters.length > LONGEST_LABEL ? `${characters.slice(0, LONGEST_LABEL - 1).join('')}…` : name;
}
