import { createHash } from 'node:crypto';
import type { DriftDetails, DriftOverTime } from '#schemas/domain/drift-details.ts';
import type { DriftColumn } from '#schemas/domain/drift-report.ts';
import {
  classifierSentence,
  compareDrift,
  driftScore,
  driftSentence,
  verdictText,
} from '#schemas/domain/drift-score.ts';
import type { DriftSummary } from '#schemas/protocol/drift.ts';
import { counted, percent, shown, shownValue } from './figures.ts';
import { type Markup, markup } from './markup.ts';
import { pageStyle } from './page-style.ts';
import { categoriesSvg, coursesSvg, histogramSvg } from './svg.ts';

export interface DriftPage {
  readonly title: string;
  readonly summary: DriftSummary;
  readonly columns: readonly DriftColumn[];
  /** Of the columns that get charts. */
  readonly details: readonly DriftDetails[];
}

/**
 * A check as one page that needs nothing else: no script, no file, no address. Its policy forbids whatever a name or value
 * in the data could smuggle in, were it not text already.
 */
export function driftPage({ title, summary, columns, details }: DriftPage): string {
  const hash = createHash('sha256').update(pageStyle).digest('base64');
  const policy = `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'`;
  const ordered = columns.toSorted(compareDrift);
  const body = markup`
<header>
<h1>${title}</h1>
<p class="verdict ${summary.verdict}">${driftSentence({ ...summary, drifted: summary.driftedColumns })}</p>
${summary.domainClassifier ? markup`<p>${classifierSentence(summary.domainClassifier)}</p>` : null}
<dl>
<dt>Reference</dt><dd>${summary.names.reference}, ${counted(summary.rows.reference)} rows</dd>
<dt>Current</dt><dd>${summary.names.current}, ${counted(summary.rows.current)} rows</dd>
<dt>Checked</dt><dd>${new Date(summary.at).toISOString()}</dd>
</dl>
</header>
<main>
${segments(summary)}
<section><h2>Columns</h2>${columnTable(ordered)}${leftOut(summary)}</section>
${
  details.length === 0
    ? null
    : markup`<section><h2>Distributions</h2>
<p class="legend"><span class="key reference"></span> Reference <span class="key current"></span> Current</p>
${chosen(details.length, new Set(columns.map(({ column }) => column)).size)}
${details.map((one) => detailsOf(one, ordered))}</section>`
}
</main>`;
  // The policy and the style are ours; the style has to stand as it was hashed.
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${markup`${title}`.text}</title>
<style>${pageStyle}</style>
</head>
<body>${body.text}
</body>
</html>
`;
}

function chosen(shown: number, all: number): Markup | null {
  if (shown >= all) return null;
  return markup`<p>Of the ${shown === 1 ? 'column that needs' : `${shown} columns that need`} a look most.</p>`;
}

function segments({ segments: found = [] }: DriftSummary): Markup | null {
  if (found.length === 0) return null;
  const rows = found.map(({ column, predicate, explained, rows: shares, reason }) => [
    column ?? 'all that drifted',
    predicate ?? reason ?? '',
    explained === null ? '' : percent(explained),
    shares === null ? '' : `${percent(shares.reference)} → ${percent(shares.current)}`,
  ]);
  const heads = ['Column', 'Segment', 'Explains', 'Share of the rows'];
  return markup`<section><h2>Where it comes from</h2>${table(heads, rows)}</section>`;
}

function columnTable(columns: readonly DriftColumn[]): Markup {
  const heads = ['Column', 'Verdict', 'Score', 'Method', 'Statistic', 'p', 'Threshold', 'Missing', 'Reason'];
  return table(
    heads,
    columns.map((one) => [
      one.column,
      markup`<span class="verdict ${one.verdict}">${verdictText[one.verdict]}</span>`,
      scoreText(one),
      one.method ?? '',
      statisticText(one),
      shown(one.adjustedPValue ?? one.pValue),
      shown(one.threshold),
      one.missing ? `${percent(one.missing.reference)} → ${percent(one.missing.current)}` : '',
      one.reason ?? '',
    ]),
  );
}

function scoreText(column: DriftColumn): string {
  const score = driftScore(column);
  if (score === null) return '';
  return Number.isFinite(score) ? String(Number(score.toPrecision(3))) : '∞';
}

function statisticText({ statistic, errorBound }: DriftColumn): string {
  return errorBound ? `${shown(statistic)} ± ${shown(errorBound)}` : shown(statistic);
}

function leftOut({ leftOut: columns, leftOutTotal }: DriftSummary): Markup | null {
  if (columns.length === 0) return null;
  const more = leftOutTotal - columns.length;
  return markup`<h3>Not compared</h3><ul>${columns.map(({ column, reason }) => markup`<li>${column}: ${reason}</li>`)}
${more > 0 ? markup`<li>${counted(more)} more</li>` : null}</ul>`;
}

function detailsOf(details: DriftDetails, columns: readonly DriftColumn[]): Markup {
  const { column, type, present, rows, histogram, categories, figures, estimated, overTime } = details;
  const verdicts = columns.filter((one) => one.column === column);
  const [first] = verdicts;
  const lacking = (side: 'reference' | 'current') => counted(rows[side] - present[side]);
  return markup`
<details ${first?.verdict === 'drift' ? markup`open` : null}>
<summary>${column} <span class="verdict ${first?.verdict ?? ''}">${first ? verdictText[first.verdict] : ''}</span></summary>
${histogram ? histogramSvg(histogram, present, type) : null}
${histogram ? outsideText(histogram.outside) : null}
${categories ? categoriesSvg(categories, present) : null}
${
  categories
    ? table(
        ['Value', 'Reference', 'Current'],
        [
          ...categories.entries.map((entry) => [entry.name, counted(entry.reference), counted(entry.current)]),
          ...(categories.rest
            ? [
                [
                  `${counted(categories.rest.values)} more`,
                  counted(categories.rest.reference),
                  counted(categories.rest.current),
                ],
              ]
            : []),
        ],
      )
    : null
}
${
  figures.length === 0
    ? null
    : table(
        ['Figure', 'Reference', 'Current'],
        figures.map((figure) => [figure.name, shownValue(figure.reference, type), shownValue(figure.current, type)]),
      )
}
${estimated ? markup`<p>The quantiles are estimates.</p>` : null}
<p>Missing values: ${lacking('reference')} in the reference, ${lacking('current')} in the current data.</p>
${
  histogram
    ? markup`<details><summary>Bins</summary>${table(
        ['From', 'To', 'Reference', 'Current'],
        histogram.reference.map((count, bin) => [
          shownValue(histogram.edges[bin] ?? 0, type),
          shownValue(histogram.edges[bin + 1] ?? 0, type),
          counted(count),
          counted(histogram.current[bin] ?? 0),
        ]),
      )}</details>`
    : null
}
${overTime ? course(overTime, type) : null}
</details>`;
}

function course(overTime: DriftOverTime, type: DriftDetails['type']): Markup {
  const names = [...new Set(overTime.courses.map(({ name }) => name))];
  const isShare = overTime.measure === 'share';
  const textOf = (value: number) => (isShare ? percent(value) : shownValue(value, type));
  const rows = overTime.courses.flatMap(({ name, side, x, y }) =>
    x.map((time, index) => [
      shownValue(time, 'time'),
      side,
      ...(isShare ? [name] : []),
      textOf(y[index] ?? Number.NaN),
    ]),
  );
  return markup`<h3>Over ${overTime.column}</h3>
${isShare ? markup`<p class="legend">${names.map((name, index) => markup`<span class="dot c${index}"></span> ${name} `)}(dashed: reference, solid: current)</p>` : null}
${coursesSvg(overTime, textOf)}
<details><summary>As a table</summary>${table(['Time', 'Side', ...(isShare ? ['Value', 'Share'] : ['Median'])], rows)}</details>`;
}

function outsideText({ reference, current }: { readonly reference: number; readonly current: number }): Markup | null {
  if (reference + current === 0) return null;
  return markup`<p>Farther away: ${counted(reference)} values of the reference, ${counted(current)} of the current data.</p>`;
}

function table(heads: readonly string[], rows: readonly (readonly (string | Markup)[])[]): Markup {
  return markup`<div class="scroll" role="group" tabindex="0" aria-label="${heads.join(', ')}"><table><thead><tr>${heads.map((head) => markup`<th scope="col">${head}</th>`)}</tr></thead>
<tbody>${rows.map(([name = '', ...cells]) => markup`<tr><th scope="row">${name}</th>${cells.map((cell) => markup`<td>${cell}</td>`)}</tr>\n`)}</tbody></table></div>`;
}
