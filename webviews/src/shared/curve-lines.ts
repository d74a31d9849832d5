import { drawable } from './chart-data.ts';
import type { ChartRange, Drawing, LineChart } from './drawing.ts';

const fewPoints = 30;

interface Stroke {
  readonly color: string;
  readonly width: number;
  readonly dash: readonly number[];
  /** Radius of the points; 0 draws none. */
  readonly radius: number;
}

/**
 * Draws all curves of a chart straight from their arrays. Chart.js would make an object of every point, which takes most
 * of the time at fifty thousand of them; it draws the axes and does the zooming.
 */
export function drawCurves(context: CanvasRenderingContext2D, chart: LineChart, drawing: Drawing): void {
  const { series, values, smoothing, logScale, data } = drawing;
  context.save();
  clipToPlot(context, chart);
  if (smoothing > 0 && data.axis !== 'run') {
    for (const { x, y, style } of series) {
      const raw = y.map((value) => drawable(value, logScale));
      const color = `color-mix(in srgb, ${style.color} 25%, transparent)`;
      strokeCurve(context, chart, { x, y: raw }, { color, width: 1, dash: [], radius: 0 });
    }
  }
  for (const [index, { x, style }] of series.entries()) {
    const radius = x.length === 1 ? 4 : x.length <= fewPoints ? 2 : 0;
    strokeCurve(context, chart, { x, y: values[index] ?? [] }, { ...style, width: 1.5, radius });
  }
  context.restore();
}

/** Draws one curve, thick, over the others. */
export function drawHighlighted(
  context: CanvasRenderingContext2D,
  chart: LineChart,
  drawing: Drawing,
  index: number,
): void {
  const series = drawing.series[index];
  const y = drawing.values[index];
  if (!series || !y) return;
  context.save();
  clipToPlot(context, chart);
  strokeCurve(
    context,
    chart,
    { x: series.x, y },
    { color: series.style.color, width: 3, dash: [], radius: y.length === 1 ? 6 : 0 },
  );
  context.restore();
}

function clipToPlot(context: CanvasRenderingContext2D, { chartArea: area }: LineChart): void {
  context.beginPath();
  // A little more to the sides: a dot at the edge is seen whole.
  context.rect(area.left - 1, area.top - 6, area.width + 7, area.height + 10);
  context.clip();
}

interface Curve {
  readonly x: readonly number[];
  readonly y: readonly number[];
}

function strokeCurve(context: CanvasRenderingContext2D, chart: LineChart, { x, y }: Curve, stroke: Stroke): void {
  const { x: scaleX, y: scaleY } = chart.scales;
  if (!scaleX || !scaleY) return;
  context.strokeStyle = stroke.color;
  context.fillStyle = stroke.color;
  context.lineWidth = stroke.width;
  context.lineJoin = 'round';
  context.setLineDash([...stroke.dash]);
  context.beginPath();
  let inGap = true;
  for (let position = 0; position < y.length; position += 1) {
    const value = y[position] ?? Number.NaN;
    if (Number.isNaN(value)) {
      inGap = true;
      continue;
    }
    const left = scaleX.getPixelForValue(x[position] ?? 0);
    const top = scaleY.getPixelForValue(value);
    if (inGap) context.moveTo(left, top);
    else context.lineTo(left, top);
    inGap = false;
  }
  context.stroke();
  if (stroke.radius > 0) drawDots(context, chart, { x, y }, stroke.radius);
}

function drawDots(context: CanvasRenderingContext2D, chart: LineChart, { x, y }: Curve, radius: number): void {
  const { x: scaleX, y: scaleY } = chart.scales;
  for (const [position, value] of y.entries()) {
    if (Number.isNaN(value) || !scaleX || !scaleY) continue;
    context.beginPath();
    context.arc(scaleX.getPixelForValue(x[position] ?? 0), scaleY.getPixelForValue(value), radius, 0, 2 * Math.PI);
    context.fill();
  }
}

/** The least and the largest value drawn, within a range of the axis; null where nothing is. */
export function valueBounds(
  { series, values, smoothing, logScale }: Drawing,
  range: ChartRange | null,
): ChartRange | null {
  let from = Number.POSITIVE_INFINITY;
  let to = Number.NEGATIVE_INFINITY;
  const take = (x: readonly number[], y: readonly number[]) => {
    for (let position = 0; position < y.length; position += 1) {
      const value = drawable(y[position] ?? Number.NaN, logScale);
      const place = x[position] ?? 0;
      if (Number.isNaN(value) || (range && (place < range.from || place > range.to))) continue;
      if (value < from) from = value;
      if (value > to) to = value;
    }
  };
  for (const [index, { x, y }] of series.entries()) {
    take(x, values[index] ?? []);
    if (smoothing > 0) take(x, y);
  }
  return from <= to ? { from, to } : null;
}
