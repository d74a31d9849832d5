import { nearest } from './chart-data.ts';
import { drawHighlighted } from './curve-lines.ts';
import type { Drawing, LineChart } from './drawing.ts';

/** The points at one place of the axis, largest value first. */
export interface HoverPoint {
  /** Position in the drawing's series. */
  readonly series: number;
  readonly position: number;
  readonly value: number;
  /** Pixels in the canvas. */
  readonly left: number;
  readonly top: number;
}

export interface Hover {
  /** The series nearest to the pointer: position in {@link points}. */
  readonly nearest: number;
  readonly points: readonly HoverPoint[];
}

/** What is under the pointer; null outside of the plot and where nothing is drawn. */
export function hoverAt(chart: LineChart, drawing: Drawing, pointer: { x: number; y: number }): Hover | null {
  const scaleX = chart.scales.x;
  const scaleY = chart.scales.y;
  const { chartArea: area } = chart;
  if (!scaleX || !scaleY || !area) return null;
  if (pointer.x < area.left || pointer.x > area.right || pointer.y < area.top || pointer.y > area.bottom) return null;
  const place = scaleX.getValueForPixel(pointer.x) ?? 0;
  const points = drawing.series.flatMap(({ x }, series): HoverPoint[] => {
    const position = nearest(x, place);
    const value = drawing.values[series]?.[position];
    if (value === undefined || Number.isNaN(value)) return [];
    const left = scaleX.getPixelForValue(x[position] ?? 0);
    // A run that ended long before the pointer is not what is meant.
    if (Math.abs(left - pointer.x) > Math.max(24, area.width / 12)) return [];
    return [{ series, position, value, left, top: scaleY.getPixelForValue(value) }];
  });
  if (points.length === 0) return null;
  points.sort((a, b) => b.value - a.value);
  const isRuns = drawing.data.axis === 'run';
  const distances = points.map(
    ({ left, top }) => Math.abs(top - pointer.y) + (isRuns ? Math.abs(left - pointer.x) * 8 : 0),
  );
  return { nearest: distances.indexOf(Math.min(...distances)), points };
}

interface Overlay {
  readonly canvas: HTMLCanvasElement;
  readonly chart: LineChart;
  readonly drawing: Drawing;
  readonly hover: Hover | null;
  /** The series to bring out: a run's id. */
  readonly highlighted: string | null;
}

/** Draws what changes with the pointer on a canvas of its own: the chart below is not drawn again. */
export function drawOverlay({ canvas, chart, drawing, hover, highlighted }: Overlay): void {
  const context = canvas.getContext('2d');
  if (!context) return;
  const ratio = window.devicePixelRatio;
  const { width, height } = chart;
  if (canvas.width !== Math.round(width * ratio) || canvas.height !== Math.round(height * ratio)) {
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round(height * ratio);
    canvas.style.width = `${width}px`;
    canvas.style.height = `${height}px`;
  }
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, width, height);
  const { chartArea: area } = chart;
  context.save();
  context.beginPath();
  context.rect(area.left, area.top - 6, area.width + 6, area.height + 12);
  context.clip();
  const index = drawing.series.findIndex(({ id }) => id === highlighted);
  if (index >= 0) drawHighlighted(context, chart, drawing, index);
  if (hover) drawCross(context, chart, drawing, hover);
  context.restore();
}

function drawCross(context: CanvasRenderingContext2D, chart: LineChart, drawing: Drawing, hover: Hover): void {
  const meant = hover.points[hover.nearest];
  if (!meant) return;
  context.strokeStyle = drawing.theme.muted;
  context.lineWidth = 1;
  context.beginPath();
  context.moveTo(Math.round(meant.left) + 0.5, chart.chartArea.top);
  context.lineTo(Math.round(meant.left) + 0.5, chart.chartArea.bottom);
  context.stroke();
  for (const [order, { left, top, series }] of hover.points.entries()) {
    context.fillStyle = drawing.series[series]?.style.color ?? drawing.theme.foreground;
    context.beginPath();
    context.arc(left, top, order === hover.nearest ? 5 : 2.5, 0, 7);
    context.fill();
  }
}
