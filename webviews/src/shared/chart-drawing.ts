import {
  Chart,
  type ChartConfiguration,
  LinearScale,
  LineController,
  LineElement,
  LogarithmicScale,
  type Plugin,
  type Point,
  PointElement,
} from 'chart.js';
import zoomPlugin from 'chartjs-plugin-zoom';
import { formatTick, localOffset, timeTicks } from './chart-axis.ts';
import { type ChartAxis, type ChartData, type ChartSeries, drawable } from './chart-data.ts';
import { drawCurves, valueBounds } from './curve-lines.ts';
import type { ChartRange, Drawing, LineChart } from './drawing.ts';
import { format } from './format.ts';
import { smooth } from './smoothing.ts';

/** The values to draw: smoothed where asked for, with gaps where the scale can't show them. */
export function drawnValues(series: readonly ChartSeries[], smoothing: number, logScale: boolean): number[][] {
  return series.map(({ y }) => smooth(y, smoothing).map((value) => drawable(value, logScale)));
}

const mostNamedRuns = 6;
const longestName = 16;

function shortName(name: string): string {
  return name.length > longestName ? `${name.slice(0, longestName - 1)}…` : name;
}

const drawings = new WeakMap<object, Drawing>();

/** Curves are drawn by us, where Chart.js draws its own. */
const curvesPlugin: Plugin<'line'> = {
  id: 'curves',
  beforeDatasetsDraw(chart) {
    const drawing = drawings.get(chart.canvas);
    if (drawing) drawCurves(chart.ctx, chart, drawing);
  },
};

Chart.register(LineController, LineElement, PointElement, LinearScale, LogarithmicScale, zoomPlugin, curvesPlugin);

/** What Chart.js is told of the curves: their corners, from which it makes the scales. */
function corners(drawing: Drawing, shown: ChartRange | null): Point[] {
  const values = valueBounds(drawing, drawing.data.axis === 'run' ? null : shown);
  if (!values || !shown) return [];
  return [
    { x: shown.from, y: values.from },
    { x: shown.to, y: values.to },
  ];
}

interface Callbacks {
  readonly onZoom: (range: ChartRange) => void;
}

export function createChart(canvas: HTMLCanvasElement, drawing: Drawing, callbacks: Callbacks): LineChart {
  drawings.set(canvas, drawing);
  return new Chart(canvas, configuration(drawing, callbacks));
}

/** Draws other data or another look into a chart that is there. */
export function updateChart(chart: LineChart, drawing: Drawing, callbacks: Callbacks): void {
  const { data, options } = configuration(drawing, callbacks);
  drawings.set(chart.canvas, drawing);
  chart.data = data;
  if (options) chart.options = options;
  chart.update('none');
}

function configuration(drawing: Drawing, { onZoom }: Callbacks): ChartConfiguration<'line'> {
  const { data, range, theme, logScale } = drawing;
  const font = { family: theme.fontFamily, size: Math.max(10, theme.fontSize - 2) };
  const border = { color: theme.grid };
  const grid = { color: `color-mix(in srgb, ${theme.grid} 30%, transparent)`, tickColor: theme.grid };
  const whole = drawing.bounds ?? axisBounds(drawing.data);
  const bounds = range ?? whole;
  const named = data.series.length <= mostNamedRuns;
  return {
    type: 'line',
    data: { datasets: [{ data: corners(drawing, bounds), showLine: false, pointRadius: 0, pointHitRadius: 0 }] },
    options: {
      animation: false,
      responsive: true,
      maintainAspectRatio: false,
      parsing: false,
      normalized: true,
      // Which point is meant is found by ChartHover, faster than by hit tests on every point.
      events: [],
      layout: { padding: { top: 6, right: 10 } },
      scales: {
        x: {
          type: 'linear',
          ...(bounds ? { min: bounds.from, max: bounds.to } : {}),
          grid: { ...grid, display: data.axis !== 'run' },
          border,
          ticks: {
            color: theme.foreground,
            font,
            maxRotation: 0,
            autoSkipPadding: 12,
            display: data.axis !== 'run' || named,
            callback(value) {
              if (data.axis === 'run') return shortName(data.series[Number(value)]?.name ?? '');
              return formatTick(Number(value), data.axis, this.max - this.min);
            },
          },
          afterBuildTicks(scale) {
            if (data.axis === 'run') scale.ticks = data.series.map((_, value) => ({ value }));
            const places = placesOfTime(data.axis, scale.min, scale.max, scale.width);
            if (places) scale.ticks = places.map((value) => ({ value }));
          },
        },
        y: {
          type: logScale ? 'logarithmic' : 'linear',
          grid,
          border,
          ticks: {
            color: theme.foreground,
            font,
            maxTicksLimit: 7,
            callback: (value) => format.number(Number(value)),
          },
        },
      },
      plugins: {
        zoom: {
          ...(whole ? { limits: { x: { min: whole.from, max: whole.to } } } : {}),
          zoom: {
            mode: 'x',
            drag: {
              enabled: data.axis !== 'run',
              backgroundColor: `color-mix(in srgb, ${theme.foreground} 15%, transparent)`,
              borderColor: theme.foreground,
              borderWidth: 1,
              threshold: 6,
            },
            // A plain wheel scrolls the page of charts.
            wheel: { enabled: data.axis !== 'run', modifierKey: 'ctrl' },
            onZoomComplete: ({ chart }) => {
              const scale = chart.scales.x;
              if (scale) onZoom({ from: scale.min, to: scale.max });
            },
          },
        },
      },
    },
  };
}

/** Bounds of the x axis where all of it is in view: right at the data. */
export function axisBounds({ axis, series }: ChartData): ChartRange | null {
  if (axis === 'run') return { from: -0.5, to: Math.max(0.5, series.length - 0.5) };
  let from = Number.POSITIVE_INFINITY;
  let to = Number.NEGATIVE_INFINITY;
  for (const { x } of series) {
    from = Math.min(from, x[0] ?? from);
    to = Math.max(to, x[x.length - 1] ?? to);
  }
  if (from > to) return null;
  return from < to ? { from, to } : { from: from - 0.5, to: to + 0.5 };
}

function placesOfTime(axis: ChartAxis, from: number, to: number, width: number): number[] | null {
  if (axis !== 'time' && axis !== 'relative') return null;
  const count = Math.max(2, Math.floor(width / 90));
  return timeTicks(from, to, { count, offset: axis === 'time' ? localOffset(from) : 0 });
}
