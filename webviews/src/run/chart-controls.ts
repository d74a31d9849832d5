import { html, type TemplateResult } from 'lit';
import { type CurveAxis, curveAxis } from '#schemas/domain/comparison.ts';
import type { RunPanelView } from './view.ts';

const axes: readonly (readonly [CurveAxis, string])[] = [
  ['step', 'Step'],
  ['time', 'Time'],
  ['relative', 'Relative time'],
];

/** How the chart of a metric is drawn. */
export function chartControls(
  { axis, smoothing, logScale }: Pick<RunPanelView, 'axis' | 'smoothing' | 'logScale'>,
  onChange: (change: Partial<RunPanelView>) => void,
): TemplateResult {
  return html`<div class="chart-controls">
    <label class="control"
      >Axis
      <select
        @change=${({ target }: Event) => {
          if (target instanceof HTMLSelectElement) onChange({ axis: curveAxis.parse(target.value), range: null });
        }}
      >
        ${axes.map(([id, label]) => html`<option value=${id} ?selected=${id === axis}>${label}</option>`)}
      </select>
    </label>
    <label class="control"
      >Smoothing
      <input
        type="range"
        min="0"
        max="0.99"
        step="0.01"
        .value=${String(smoothing)}
        @input=${({ target }: Event) => {
          if (target instanceof HTMLInputElement) onChange({ smoothing: target.valueAsNumber });
        }}
      /><span class="tabular control-value">${smoothing.toFixed(2)}</span>
    </label>
    <label class="check">
      <input type="checkbox" .checked=${logScale} @change=${() => onChange({ logScale: !logScale })} /> Log scale
    </label>
  </div>`;
}
