import type { ChartConfiguration } from 'chart.js';
import { fromJsonNumber } from '#schemas/domain/number.ts';
import type { DashboardChart, DashboardChartData } from '#schemas/protocol/dashboards.ts';
import { formatTick, localOffset, timeTicks } from '../shared/chart-axis.ts';
import { format } from '../shared/format.ts';
import { lineStyle } from '../shared/palette.ts';
import type { Theme } from '../shared/theme.ts';
import { withUnit } from './units.ts';

export interface DrawnChart {
  readonly chart: DashboardChart;
  readonly data: DashboardChartData;
  readonly from: number;
  readonly to: number;
}

type Dataset = ChartConfiguration<'line'>['data']['datasets'][number];

const boundDash = [4, 4];
const fewPoints = 30;

/** A chart over time with its bounds as dashed lines; gaps stay gaps. */
export function chartConfiguration({ chart, data, from, to }: DrawnChart, theme: Theme): ChartConfiguration<'line'> {
  const font = { family: theme.fontFamily, size: Math.max(10, theme.fontSize - 2) };
  const grid = { color: `color-mix(in srgb, ${theme.grid} 30%, transparent)`, tickColor: theme.grid };
  const border = { color: theme.grid };
  return {
    type: 'line',
    data: { datasets: [...linesOf(data, theme), ...boundsOf(chart, { from, to }, theme)] },
    options: {
      animation: false,
      responsive: true,
      maintainAspectRatio: false,
      spanGaps: false,
      interaction: { mode: 'nearest', axis: 'x', intersect: false },
      layout: { padding: { top: 6, right: 10 } },
      scales: {
        x: {
          type: 'linear',
          min: from,
          max: to,
          grid: { ...grid, display: false },
          border,
          ticks: {
            color: theme.foreground,
            font,
            maxRotation: 0,
            autoSkipPadding: 16,
            callback: (value) => formatTick(Number(value), 'time', to - from),
          },
          afterBuildTicks(scale) {
            const count = Math.max(2, Math.floor(scale.width / 100));
            const places = timeTicks(scale.min, scale.max, { count, offset: localOffset(scale.min) });
            scale.ticks = places.map((value) => ({ value }));
          },
        },
        y: {
          type: 'linear',
          grid,
          border,
          grace: '5%',
          ticks: {
            color: theme.foreground,
            font,
            maxTicksLimit: 6,
            callback: (value) => withUnit(Number(value), chart.unit),
          },
        },
      },
      plugins: {
        legend: { display: false },
        tooltip: {
          backgroundColor: theme.background,
          borderColor: theme.foreground,
          borderWidth: 1,
          titleColor: theme.foreground,
          bodyColor: theme.foreground,
          titleFont: font,
          bodyFont: font,
          callbacks: {
            title: (items) => format.dateTime(items[0]?.parsed.x ?? 0),
            label: ({ dataset, parsed }) => `${dataset.label ?? ''}: ${withUnit(parsed.y ?? Number.NaN, chart.unit)}`,
          },
        },
      },
    },
  };
}

function linesOf({ series }: DashboardChartData, theme: Theme): Dataset[] {
  return series.map(({ name, x, y }, index) => {
    const { color, dash } = lineStyle(index, theme);
    return {
      label: name,
      data: x.map((at, position) => ({ x: at, y: drawable(fromJsonNumber(y[position] ?? 'NaN')) })),
      borderColor: color,
      backgroundColor: color,
      borderDash: [...dash],
      borderWidth: 2,
      pointRadius: x.length <= fewPoints ? 2 : 0,
      pointHitRadius: 6,
    };
  });
}

function boundsOf({ minimum, maximum }: DashboardChart, range: { from: number; to: number }, theme: Theme): Dataset[] {
  const red = theme.charts[3] ?? theme.foreground;
  const bounds = [
    { label: 'Minimum', value: minimum },
    { label: 'Maximum', value: maximum },
  ];
  return bounds.flatMap(({ label, value }): Dataset[] =>
    value === null
      ? []
      : [
          {
            label,
            data: [
              { x: range.from, y: value },
              { x: range.to, y: value },
            ],
            borderColor: red,
            borderDash: boundDash,
            borderWidth: 1.5,
            pointRadius: 0,
            pointHitRadius: 0,
          },
        ],
  );
}

/** A scale can't show infinities: they are in the table alone. */
function drawable(value: number): number {
  return Number.isFinite(value) ? value : Number.NaN;
}
