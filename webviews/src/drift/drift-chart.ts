import {
  BarController,
  BarElement,
  CategoryScale,
  Chart,
  Filler,
  LinearScale,
  LineController,
  LineElement,
  PointElement,
  Tooltip,
} from 'chart.js';
import { html, type PropertyValues, type TemplateResult } from 'lit';
import { PageElement } from '../shared/element.ts';
import { place } from '../shared/place.ts';
import { byContents } from '../shared/same.ts';
import { onThemeChange, readTheme } from '../shared/theme.ts';
import { chartConfiguration } from './chart-config.ts';
import type { Picture } from './pictures.ts';

Chart.register(
  ...[BarController, BarElement, LineController, LineElement, PointElement],
  ...[CategoryScale, LinearScale, Filler, Tooltip],
);

const height = 240;
const [barHeight, aroundBars] = [34, 40];

/** Draws both samples of a column. What it shows is in tables beside it too, for those who can't see it. */
class DriftChart extends PageElement {
  static override properties = { picture: byContents, label: { attribute: false } };

  picture: Picture | null = null;
  label = '';
  #chart: Chart<'line' | 'bar'> | null = null;
  #stopWatching: (() => void) | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    this.#stopWatching = onThemeChange(() => this.requestUpdate('picture'));
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#stopWatching?.();
    this.#chart?.destroy();
    this.#chart = null;
  }

  protected override updated(changed: PropertyValues): void {
    const canvas = this.querySelector('canvas');
    if (!canvas || !this.picture || !changed.has('picture')) return;
    this.#chart?.destroy();
    this.#chart = new Chart(canvas, chartConfiguration(this.picture, readTheme()));
  }

  protected override render(): TemplateResult {
    const { picture } = this;
    const size = picture?.kind === 'categories' ? picture.bars.length * barHeight + aroundBars : height;
    return html`<div class="drift-chart-area" ${place({ height: `${size}px` })}>
      <canvas role="img" aria-label=${this.label}></canvas>
    </div>`;
  }
}

customElements.define('drift-chart', DriftChart);
