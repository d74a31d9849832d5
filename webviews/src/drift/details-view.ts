import { html, nothing, svg, type TemplateResult } from 'lit';
import type { DriftDetails } from '#schemas/domain/drift-details.ts';
import type { ShownDriftColumn } from '#schemas/protocol/drift.ts';
import { format } from '../shared/format.ts';
import { errorNotice, loadingBar } from '../shared/notices.ts';
import { lineStyle } from '../shared/palette.ts';
import { readTheme } from '../shared/theme.ts';
import { sideColors } from './chart-config.ts';
import './drift-chart.ts';
import { valueText } from './column-type.ts';
import { number, percent, scoreText, statisticText, verdictLabel } from './columns.ts';
import type { DriftModel } from './drift-model.ts';
import { type Picture, perCent, picturesOf } from './pictures.ts';

export interface DetailsView {
  readonly name: string;
  /** One for each method that it was compared by. */
  readonly results: readonly ShownDriftColumn[];
  readonly outcome: DriftModel['outcome'];
  readonly timeColumn: string | null;
  readonly whole: boolean;
  readonly onTimeColumn: (column: string | null) => void;
  readonly onWhole: (whole: boolean) => void;
  readonly retry: () => void;
}

/** All of one column: what was found, and what both samples look like. */
export function detailsView(view: DetailsView): TemplateResult {
  const { name, results, outcome } = view;
  return html`<section class="drift-details" aria-labelledby="drift-details-title" tabindex="0">
    <h2 id="drift-details-title">${name}</h2>
    ${results.map(resultLines)} ${outcome === null ? nothing : samples(view, outcome)}
  </section>`;
}

function resultLines(one: ShownDriftColumn): TemplateResult {
  const facts: readonly (readonly [string, string])[] = [
    ['Method', one.method ?? ''],
    ['Statistic', statisticText(one)],
    ['p', number(one.pValue)],
    ['p, corrected', number(one.adjustedPValue)],
    ['Threshold', number(one.threshold)],
    ['Score', scoreText(one)],
    ['Missing', one.missing ? `${percent(one.missing.reference)} → ${percent(one.missing.current)}` : ''],
    [
      'Unknown words',
      one.words ? `${percent(one.words.outOfVocabulary)} (${percent(one.words.expected)} expected)` : '',
    ],
    [
      'Vocabulary',
      one.words
        ? `${format.count(one.words.vocabulary.reference)} → ${format.count(one.words.vocabulary.current)}`
        : '',
    ],
    ['Type', one.type ?? ''],
  ];
  return html`<div class="drift-result">
    <p>${verdictLabel(one.verdict)}</p>
    ${one.reason ? html`<p class="drift-reason">${one.reason}</p>` : nothing}
    <dl>
      ${facts.map(([label, text]) => (text === '' ? nothing : html`<div><dt>${label}</dt><dd>${text}</dd></div>`))}
    </dl>
  </div>`;
}

function samples(view: DetailsView, outcome: NonNullable<DriftModel['outcome']>): TemplateResult {
  if (outcome === 'loading') return loadingBar(`Reading ${view.name}`);
  if ('error' in outcome) return errorNotice(`${view.name} can’t be shown`, outcome.error, view.retry);
  const { details } = outcome;
  const pictures = picturesOf(details);
  const picture = <K extends Picture['kind']>(kind: K) =>
    pictures.find((one): one is Extract<Picture, { kind: K }> => one.kind === kind);
  const [histogram, categories, courses] = [picture('histogram'), picture('categories'), picture('courses')];
  return html`${details.present.reference + details.present.current === 0 ? html`<p class="muted">There is no value to show on either side.</p>` : nothing}
    ${histogram ? histogramPart(view, details, histogram) : nothing}
    ${categories ? categoriesPart(view, details, categories) : nothing}
    ${details.figures.length > 0 ? figuresPart(details) : nothing} ${timePart(view, details, courses)}`;
}

/** Which is which; the shapes are those of the charts. */
function legend(): TemplateResult {
  return html`<p class="drift-legend">
    <span>${swatch('reference')} Reference</span> <span>${swatch('current')} Current</span>
  </p>`;
}

function swatch(side: 'reference' | 'current'): TemplateResult {
  const color = sideColors(readTheme())[side];
  return html`<svg class="swatch" viewBox="0 0 22 8" aria-hidden="true">
    ${
      side === 'reference'
        ? svg`<path d="M0 4H22" fill="none" stroke=${color} stroke-width="2" stroke-dasharray="6 3"></path>`
        : svg`<rect width="22" height="8" fill=${color}></rect>`
    }
  </svg>`;
}

function histogramPart(
  { name, whole, onWhole }: DetailsView,
  { present, type }: DriftDetails,
  picture: Extract<Picture, { kind: 'histogram' }>,
): TemplateResult {
  const { histogram } = picture;
  const { reference, current } = histogram.outside;
  const bins = histogram.reference.map((count, bin) => [
    `${valueText(histogram.edges[bin] ?? 0, type)} – ${valueText(histogram.edges[bin + 1] ?? 0, type)}`,
    shareText(count, present.reference),
    shareText(histogram.current[bin] ?? 0, present.current),
  ]);
  return html`<h3>Distribution</h3>
    ${legend()}
    <drift-chart .picture=${picture} .label=${`Distribution of ${name}: reference and current`}></drift-chart>
    ${
      reference + current > 0
        ? html`<p class="drift-note">
            ${`${format.count(reference)} values of the reference and ${format.count(current)} of the current data lie farther away.`}
            <button type="button" class="link-button" @click=${() => onWhole(true)}>Show all</button>
          </p>`
        : whole
          ? html`<p class="drift-note">
              All values are shown.
              <button type="button" class="link-button" @click=${() => onWhole(false)}>Show where nearly all are</button>
            </p>`
          : nothing
    }
    ${folded('Distribution as a table', table(`Distribution of ${name}`, ['Values', 'Reference', 'Current'], bins))}`;
}

function categoriesPart(
  { name }: DetailsView,
  { categories, present }: DriftDetails,
  picture: Extract<Picture, { kind: 'categories' }>,
): TemplateResult {
  const { entries = [], rest = null } = categories ?? {};
  const rows = [...entries, ...(rest ? [{ ...rest, name: `${format.count(rest.values)} more values` }] : [])];
  return html`<h3>Categories</h3>
    ${legend()}
    <drift-chart .picture=${picture} .label=${`Categories of ${name}: reference and current`}></drift-chart>
    ${folded(
      'Categories as a table',
      table(
        `Categories of ${name}`,
        ['Value', 'Reference', 'Current'],
        rows.map((one) => [
          one.name,
          shareText(one.reference, present.reference),
          shareText(one.current, present.current),
        ]),
      ),
    )}`;
}

function figuresPart({ column, figures, type, estimated }: DriftDetails): TemplateResult {
  const rows = figures.map(({ name, reference, current }) => [
    name,
    valueText(reference, type),
    valueText(current, type),
  ]);
  return html`<h3>Quantiles</h3>
    ${table(`Quantiles of ${column}`, ['', 'Reference', 'Current'], rows)}
    ${estimated ? html`<p class="drift-note">There are so many values that quantiles are estimates.</p>` : nothing}`;
}

function timePart(
  { name, timeColumn, onTimeColumn }: DetailsView,
  { timeColumns, overTime }: DriftDetails,
  picture: Extract<Picture, { kind: 'courses' }> | undefined,
): TemplateResult | typeof nothing {
  if (timeColumns.length === 0) return nothing;
  return html`<div class="drift-time-head">
      <h3>Over time</h3>
      <label
        >Time is in
        <select
          @change=${({ target }: Event) => {
            // The first stands for none, whatever a name may be.
            if (target instanceof HTMLSelectElement) onTimeColumn(timeColumns[target.selectedIndex - 1] ?? null);
          }}
        >
          <option .selected=${timeColumn === null}>no column</option>
          ${timeColumns.map((one) => html`<option .selected=${one === timeColumn}>${one}</option>`)}
        </select></label
      >
    </div>
    ${
      picture
        ? html`${overTime?.measure === 'share' ? courseLegend(picture) : legend()}
            <drift-chart
              .picture=${picture}
              .label=${`${name} over ${picture.overTime.column}: reference and current`}
            ></drift-chart>
            <p class="drift-note">
              ${overTime?.measure === 'share' ? 'Shares of the most frequent values.' : 'The median of each span of time.'}
            </p>`
        : timeColumns.includes(timeColumn ?? '')
          ? html`<p class="muted">There is no time beside these values.</p>`
          : nothing
    }`;
}

function courseLegend({ overTime }: Extract<Picture, { kind: 'courses' }>): TemplateResult {
  const names = [...new Set(overTime.courses.map((course) => course.name))];
  const theme = readTheme();
  return html`<p class="drift-legend">
    ${names.map(
      (one, index) => html`<span
        ><svg class="drift-dot" viewBox="0 0 10 10" aria-hidden="true">
          ${svg`<circle cx="5" cy="5" r="5" fill=${lineStyle(index, theme).color}></circle>`}
        </svg>
        ${one}</span
      >`,
    )}
    <span class="muted">dashed: reference, solid: current</span>
  </p>`;
}

function shareText(count: number, all: number): string {
  return `${format.count(count)} (${format.number(Number(perCent(count, all).toPrecision(3)))} %)`;
}

function folded(label: string, content: TemplateResult): TemplateResult {
  return html`<details class="drift-folded">
    <summary>${label}</summary>
    ${content}
  </details>`;
}

function table(label: string, heads: readonly string[], rows: readonly (readonly string[])[]): TemplateResult {
  return html`<div class="drift-table-scroll" tabindex="0" role="group" aria-label=${label}>
    <table class="drift-table">
      <thead>
        <tr>
          ${heads.map((head) => (head === '' ? html`<td></td>` : html`<th scope="col">${head}</th>`))}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          ([first, ...cells]) => html`<tr>
            <th scope="row">${first}</th>
            ${cells.map((cell) => html`<td>${cell}</td>`)}
          </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}
