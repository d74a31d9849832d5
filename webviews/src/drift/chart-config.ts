import type { ChartConfiguration, ChartOptions, TooltipItem } from 'chart.js';
import { formatTick, localOffset, timeTicks } from '../shared/chart-axis.ts';
import { format } from '../shared/format.ts';
import { lineStyle } from '../shared/palette.ts';
import type { Theme } from '../shared/theme.ts';
import { type ColumnType, unitText, valueText } from './column-type.ts';
import { outline, type Picture } from './pictures.ts';

/** The reference is a dashed line or an empty bar, the current data an area or a full bar: the shape says it too. */
export interface SideColors {
  readonly reference: string;
  readonly current: string;
}

export type DriftChartConfiguration = ChartConfiguration<'line' | 'bar'>;

type Dataset = DriftChartConfiguration['data']['datasets'][number];

const dash = [6, 3];
const longestName = 24;

export function sideColors({ charts, foreground }: Theme): SideColors {
  return { reference: charts[0] ?? foreground, current: charts[1] ?? foreground };
}

export function chartConfiguration(picture: Picture, theme: Theme): DriftChartConfiguration {
  if (picture.kind === 'histogram') return histogramChart(picture, theme);
  return picture.kind === 'categories' ? categoriesChart(picture, theme) : coursesChart(picture, theme);
}

function histogramChart(
  { histogram, present, type }: Extract<Picture, { kind: 'histogram' }>,
  theme: Theme,
): DriftChartConfiguration {
  const { edges } = histogram;
  const colors = sideColors(theme);
  const line = (side: 'reference' | 'current'): Dataset => ({
    label: side === 'reference' ? 'Reference' : 'Current',
    data: outline(edges, histogram[side], present[side]),
    borderColor: colors[side],
    borderWidth: 2,
    pointRadius: 0,
    ...(side === 'reference'
      ? { borderDash: dash, fill: false }
      : { borderWidth: 1, fill: 'origin', backgroundColor: translucent(colors.current, 35) }),
  });
  const bin = (items: readonly TooltipItem<'line' | 'bar'>[]) => (items[0]?.dataIndex ?? 0) >> 1;
  return {
    type: 'line',
    data: { datasets: [line('reference'), line('current')] },
    options: {
      ...common(theme),
      interaction: { mode: 'index', intersect: false },
      scales: {
        x: valueAxis(theme, { type, min: edges[0] ?? 0, max: edges.at(-1) ?? 1 }),
        y: percentAxis(theme),
      },
      plugins: tooltip(theme, {
        title: (items) => {
          const at = bin(items);
          return `${valueText(edges[at] ?? 0, type)} – ${valueText(edges[at + 1] ?? 0, type)}`;
        },
        label: ({ dataset, parsed }) => `${dataset.label}: ${format.number(parsed.y ?? 0)} %`,
      }),
    },
  };
}

function categoriesChart({ bars }: Extract<Picture, { kind: 'categories' }>, theme: Theme): DriftChartConfiguration {
  const colors = sideColors(theme);
  const shared = { borderWidth: 1.5, barPercentage: 0.9, categoryPercentage: 0.8 };
  return {
    type: 'bar',
    data: {
      labels: bars.map(({ name }) => name),
      datasets: [
        {
          ...shared,
          label: 'Reference',
          data: bars.map(({ reference }) => reference),
          borderColor: colors.reference,
          backgroundColor: 'transparent',
        },
        {
          ...shared,
          label: 'Current',
          data: bars.map(({ current }) => current),
          borderColor: colors.current,
          backgroundColor: colors.current,
        },
      ],
    },
    options: {
      ...common(theme),
      indexAxis: 'y',
      scales: {
        x: percentAxis(theme),
        y: {
          type: 'category',
          grid: { display: false },
          border: { color: theme.grid },
          ticks: {
            color: theme.foreground,
            font: fontOf(theme),
            autoSkip: false,
            callback: (value) => shortened(bars[Number(value)]?.name ?? ''),
          },
        },
      },
      plugins: tooltip(theme, {
        title: (items) => bars[items[0]?.dataIndex ?? 0]?.name ?? '',
        label: ({ dataset, parsed }) => `${dataset.label}: ${format.number(parsed.x ?? 0)} %`,
      }),
    },
  };
}

function coursesChart(
  { overTime, type }: Extract<Picture, { kind: 'courses' }>,
  theme: Theme,
): DriftChartConfiguration {
  const colors = sideColors(theme);
  const isShare = overTime.measure === 'share';
  const names = [...new Set(overTime.courses.map(({ name }) => name))];
  const times = overTime.courses.flatMap(({ x }) => [...x]);
  return {
    type: 'line',
    data: {
      datasets: overTime.courses.map(({ name, side, x, y }) => ({
        label: isShare ? `${name} (${side})` : side === 'reference' ? 'Reference' : 'Current',
        data: x.map((at, index) => ({ x: at, y: (y[index] ?? Number.NaN) * (isShare ? 100 : 1) })),
        borderColor: isShare ? lineStyle(names.indexOf(name), theme).color : colors[side],
        borderWidth: 2,
        borderDash: side === 'reference' ? dash : [],
        pointRadius: x.length === 1 ? 3 : 0,
        pointHitRadius: 6,
      })),
    },
    options: {
      ...common(theme),
      interaction: { mode: 'nearest', axis: 'x', intersect: false },
      scales: {
        x: valueAxis(theme, { type: 'time', min: Math.min(...times), max: Math.max(...times) }),
        y: isShare
          ? percentAxis(theme)
          : {
              type: 'linear',
              grid: gridOf(theme),
              border: { color: theme.grid },
              ticks: {
                color: theme.foreground,
                font: fontOf(theme),
                maxTicksLimit: 7,
                callback: (value) => valueText(Number(value), type),
              },
            },
      },
      plugins: tooltip(theme, {
        title: (items) => format.dateTime(items[0]?.parsed.x ?? 0),
        label: ({ dataset, parsed }) =>
          `${dataset.label}: ${isShare ? `${format.number(parsed.y ?? 0)} %` : valueText(parsed.y ?? 0, type)}`,
      }),
    },
  };
}

type Options = NonNullable<DriftChartConfiguration['options']>;
type Scale = NonNullable<ChartOptions<'line' | 'bar'>['scales']>[string];

function common({ foreground }: Theme): Options {
  return {
    animation: false,
    responsive: true,
    maintainAspectRatio: false,
    color: foreground,
    layout: { padding: { top: 6, right: 10 } },
  };
}

function valueAxis(
  theme: Theme,
  { type, min, max }: { readonly type: ColumnType; readonly min: number; readonly max: number },
): Scale {
  const title = unitText(type);
  return {
    type: 'linear',
    // A single moment is a place on the axis too.
    ...(min < max ? { min, max } : {}),
    grid: { ...gridOf(theme), display: false },
    border: { color: theme.grid },
    title: { display: title !== null, text: title ?? '', color: theme.foreground, font: fontOf(theme) },
    ticks: {
      color: theme.foreground,
      font: fontOf(theme),
      maxRotation: 0,
      autoSkipPadding: 16,
      maxTicksLimit: 9,
      callback(value) {
        return type === 'time' ? formatTick(Number(value), 'time', this.max - this.min) : format.number(Number(value));
      },
    },
    afterBuildTicks(scale) {
      if (type !== 'time') return;
      const count = Math.max(2, Math.floor(scale.width / 100));
      const options = { count, offset: localOffset(scale.min) };
      scale.ticks = timeTicks(scale.min, scale.max, options).map((value) => ({ value }));
    },
  };
}

function percentAxis(theme: Theme): Scale {
  return {
    type: 'linear',
    beginAtZero: true,
    grid: gridOf(theme),
    border: { color: theme.grid },
    ticks: {
      color: theme.foreground,
      font: fontOf(theme),
      maxTicksLimit: 6,
      callback: (value) => `${format.number(Number(value))} %`,
    },
  };
}

function fontOf({ fontFamily, fontSize }: Theme) {
  return { family: fontFamily, size: Math.max(10, fontSize - 2) };
}

function gridOf({ grid }: Theme) {
  return { color: translucent(grid, 30), tickColor: grid };
}

interface TooltipTexts {
  readonly title: (items: readonly TooltipItem<'line' | 'bar'>[]) => string;
  readonly label: (item: TooltipItem<'line' | 'bar'>) => string;
}

function tooltip(theme: Theme, texts: TooltipTexts): NonNullable<Options['plugins']> {
  return {
    legend: { display: false },
    tooltip: {
      backgroundColor: theme.background,
      borderColor: theme.foreground,
      borderWidth: 1,
      titleColor: theme.foreground,
      bodyColor: theme.foreground,
      titleFont: fontOf(theme),
      bodyFont: fontOf(theme),
      callbacks: { title: texts.title, label: texts.label },
    },
  };
}

function translucent(color: string, percent: number): string {
  return `color-mix(in srgb, ${color} ${percent}%, transparent)`;
}

function shortened(name: string): string {
  const characters = [...name];
  return characters.length > longestName ? `${characters.slice(0, longestName - 1).join('')}…` : name;
}
