import { html, nothing, type TemplateResult } from 'lit';
import { fromJsonNumber } from '#schemas/domain/number.ts';
import type { DashboardChart, DashboardChartData } from '#schemas/protocol/dashboards.ts';
import { swatch } from '../shared/chart-panel.ts';
import { format } from '../shared/format.ts';
import { icon } from '../shared/icons.ts';
import { lineStyle } from '../shared/palette.ts';
import { readTheme } from '../shared/theme.ts';
import type { CurrentValue, ValueState } from './current-values.ts';
import { withUnit } from './units.ts';

const states: Readonly<Record<ValueState, { icon: string; text: string }>> = {
  ok: { icon: 'pass-filled', text: 'within its bounds' },
  'out-of-bounds': { icon: 'error', text: 'out of bounds' },
  'no-data': { icon: 'question', text: 'no data' },
  unjudged: { icon: 'circle-outline', text: 'no bounds' },
};

const mostRows = 500;

interface ValueList {
  readonly chart: DashboardChart;
  readonly values: readonly CurrentValue[];
  readonly now: number;
  /** Series that are not there. */
  readonly left: number;
}

/** The newest value of each series with its state: the chart's legend. */
export function valueList({ chart, values, now, left }: ValueList & { readonly span: number }): TemplateResult {
  const theme = readTheme();
  return html`<ul class="tile-values" aria-label="Current values of ${chart.title}">
    ${values.map(({ name, value, at, state }, index) => {
      const { icon: name_, text } = states[state];
      const since = at === null ? 'no data' : `no data since ${format.ago(at, now)}`;
      return html`<li class="value-${state}">
        ${swatch(lineStyle(index, theme))}
        <span class="value-name" title=${name}>${name}</span>
        <span class="value-figure tabular">${state === 'no-data' ? since : withUnit(value, chart.unit)}</span>
        ${state === 'unjudged' || state === 'no-data' ? nothing : html`<span class="value-state">${icon(name_)}${text}</span>`}
      </li>`;
    })}
    ${left > 0 ? html`<li class="muted">${format.count(left)} more series are not shown: narrow the query.</li>` : nothing}
  </ul>`;
}

/** The values behind a chart, newest first. */
export function valueTable({ chart, data }: { chart: DashboardChart; data: DashboardChartData }): TemplateResult {
  const times = [...new Set(data.series.flatMap(({ x }) => x))].sort((a, b) => b - a);
  const columns = data.series.map(({ x, y }) => new Map(x.map((at, index) => [at, fromJsonNumber(y[index] ?? 'NaN')])));
  return html`<div class="tile-table" role="region" aria-label="Values of ${chart.title}" tabindex="0">
    <table>
      <thead>
        <tr>
          <th scope="col">Time</th>
          ${data.series.map(({ name }) => html`<th scope="col">${name}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${times.slice(0, mostRows).map(
          (at) => html`<tr>
            <th scope="row">${format.dateTime(at)}</th>
            ${columns.map((column) => html`<td>${cell(column.get(at), chart.unit)}</td>`)}
          </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

function cell(value: number | undefined, unit: string | null): string {
  return value === undefined || Number.isNaN(value) ? '–' : withUnit(value, unit);
}
