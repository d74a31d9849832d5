import type { Chart } from 'chart.js';
import type { ChartData, ChartSeries } from './chart-data.ts';
import type { Theme } from './theme.ts';

export interface ChartRange {
  readonly from: number;
  readonly to: number;
}

export interface Drawing {
  readonly data: ChartData;
  /** `data` without the series that are hidden. */
  readonly series: readonly ChartSeries[];
  /** The values drawn, one array for each of `series`. */
  readonly values: readonly (readonly number[])[];
  readonly smoothing: number;
  readonly logScale: boolean;
  /** The part of the axis in view; null: all of it. */
  readonly range: ChartRange | null;
  /** All of the axis, where {@link data} is only a part of it. */
  readonly bounds: ChartRange | null;
  readonly theme: Theme;
}

export type LineChart = Chart<'line'>;
