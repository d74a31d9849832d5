import { html, nothing, type PropertyValues, svg, type TemplateResult } from 'lit';
import { fromJsonInteger, fromJsonNumber } from '#schemas/domain/number.ts';
import { formatRunRef, type RunRef } from '#schemas/domain/run.ts';
import { metricCurves } from '#schemas/protocol/experiments.ts';
import { PageElement } from '../shared/element.ts';
import type { Host } from '../shared/host.ts';
import { LoadQueue } from '../shared/load-queue.ts';
import { byContents } from '../shared/same.ts';
import { sparkHeight, sparkPath, sparkWidth } from '../shared/spark-path.ts';

const points = 60;
const most = 400;
const queue = new LoadQueue(4);
const paths = new Map<string, string>();

/** A metric's course at a glance; read when it comes into the page. */
class SparkLine extends PageElement {
  static override properties = {
    host: { attribute: false },
    folder: { attribute: false },
    run: byContents,
    metric: { attribute: false },
    revision: { attribute: false },
    path: { state: true },
  };

  host: Host | null = null;
  folder = '';
  run: RunRef | null = null;
  metric = '';
  revision = 0;
  path = '';
  #load: AbortController | null = null;

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#load?.abort();
  }

  protected override willUpdate(changed: PropertyValues): void {
    // The row may be of another metric now; what was drawn of this one stays until it is read anew.
    if (changed.has('metric') || changed.has('run')) this.path = '';
    if (changed.has('metric') || changed.has('revision') || changed.has('run')) void this.#read();
  }

  async #read(): Promise<void> {
    this.#load?.abort();
    const { host, folder, run, metric } = this;
    if (!host || !run) return;
    const name = [formatRunRef(run), metric, this.revision].join('\n');
    const known = paths.get(name);
    if (known !== undefined) {
      this.path = known;
      return;
    }
    const aborter = new AbortController();
    this.#load = aborter;
    try {
      const params = { folder, runs: [run], key: metric, maxPoints: points };
      const { curves } = await queue.run(aborter.signal, () => host.request(metricCurves, params, aborter.signal));
      const [curve] = curves;
      if (!curve || aborter.signal.aborted) return;
      this.path = sparkPath(
        curve.x.map((x) => Number(fromJsonInteger(x))),
        curve.y.map(fromJsonNumber),
      );
      remember(name, this.path);
    } catch {
      // A decoration: the numbers beside it and the large chart say what is wrong.
      if (!aborter.signal.aborted) this.path = '';
    }
  }

  protected override render(): TemplateResult {
    return html`<svg class="spark" viewBox="0 0 ${sparkWidth} ${sparkHeight}" aria-hidden="true">
      ${this.path ? svg`<path d=${this.path} fill="none"></path>` : nothing}
    </svg>`;
  }
}

function remember(name: string, path: string): void {
  paths.set(name, path);
  const oldest = paths.keys().next().value;
  if (paths.size > most && oldest !== undefined) paths.delete(oldest);
}

customElements.define('spark-line', SparkLine);
