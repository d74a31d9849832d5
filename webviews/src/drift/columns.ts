import { html, nothing, svg, type TemplateResult } from 'lit';
import type { DriftVerdict } from '#schemas/domain/drift-report.ts';
import { driftScore, verdictText } from '#schemas/domain/drift-score.ts';
import { fromJsonNumber } from '#schemas/domain/number.ts';
import type { ShownDriftColumn } from '#schemas/protocol/drift.ts';
import { format } from '../shared/format.ts';
import type { GridColumn } from '../shared/grid-layout.ts';
import { icon } from '../shared/icons.ts';
import { sparkHeight, sparkPath, sparkWidth } from '../shared/spark-path.ts';

const columns: readonly GridColumn[] = [
  { id: 'column', label: 'Column', width: 160, sortable: true, frozen: true, names: true },
  { id: 'verdict', label: 'Verdict', width: 150, sortable: true },
  {
    id: 'score',
    label: 'Score',
    title: 'How far it is from the threshold: 1 is right at it',
    width: 70,
    align: 'end',
    sortable: true,
  },
  { id: 'trend', label: 'Trend', title: 'The statistic of earlier checks', width: 134 },
  { id: 'method', label: 'Method', width: 120, sortable: true },
  { id: 'statistic', label: 'Statistic', width: 90, align: 'end', sortable: true },
  { id: 'p', label: 'p', title: 'p-value, corrected where a monitor says so', width: 90, align: 'end', sortable: true },
  { id: 'threshold', label: 'Threshold', width: 85, align: 'end', sortable: true },
  {
    id: 'missing',
    label: 'Missing',
    title: 'Missing values: reference → current',
    width: 120,
    align: 'end',
    sortable: true,
  },
  { id: 'type', label: 'Type', width: 95, sortable: true },
  { id: 'reason', label: 'Reason', width: 420 },
];

/** Measures are sorted with the largest first. */
export const descendingFirst: ReadonlySet<string> = new Set(['score', 'statistic', 'missing']);

export function columnsOf(widths: Readonly<Record<string, number>>, hasTrend: boolean): readonly GridColumn[] {
  return columns
    .filter(({ id }) => hasTrend || id !== 'trend')
    .map((column) => ({ ...column, width: widths[column.id] ?? column.width }));
}

const icons: Readonly<Record<DriftVerdict, string>> = {
  drift: 'warning',
  'no-drift': 'pass',
  'no-data': 'circle-slash',
  'could-not-check': 'question',
};

export function verdictIcon(verdict: DriftVerdict): TemplateResult {
  return html`<span class="drift-verdict-icon ${verdict}">${icon(icons[verdict])}</span>`;
}

export function verdictLabel(verdict: DriftVerdict): TemplateResult {
  return html`<span class="drift-verdict-label">${verdictIcon(verdict)}<span>${verdictText[verdict]}</span></span>`;
}

export function columnCell(one: ShownDriftColumn, column: string): unknown {
  switch (column) {
    case 'column':
      return titled(one.column);
    case 'verdict':
      return verdictLabel(one.verdict);
    case 'score':
      return scoreText(one);
    case 'trend':
      return trend(one);
    case 'method':
      return one.method ?? '';
    case 'statistic':
      return statisticText(one);
    case 'p':
      return number(one.adjustedPValue ?? one.pValue);
    case 'threshold':
      return number(one.threshold);
    case 'missing':
      return one.missing ? `${percent(one.missing.reference)} → ${percent(one.missing.current)}` : '';
    case 'type':
      return one.type ?? '';
    default:
      return titled(one.reason ?? '');
  }
}

export function scoreText(one: ShownDriftColumn): string {
  const score = driftScore(one);
  if (score === null) return '';
  return Number.isFinite(score) ? format.number(Number(score.toPrecision(3))) : '∞';
}

export function statisticText({ statistic, errorBound }: ShownDriftColumn): string {
  if (statistic === null) return '';
  return errorBound ? `${format.number(statistic)} ± ${format.number(errorBound)}` : format.number(statistic);
}

export function number(value: number | null): string {
  return value === null ? '' : format.number(value);
}

export function percent(share: number): string {
  return `${format.number(Number((share * 100).toPrecision(3)))} %`;
}

/** Earlier checks at a glance; nothing where there are not two of them. */
function trend({ history = [] }: ShownDriftColumn): TemplateResult | typeof nothing {
  if (history.length < 2) return nothing;
  const path = sparkPath(
    history.map(({ at }) => at),
    history.map(({ statistic }) => (statistic === null ? Number.NaN : fromJsonNumber(statistic))),
  );
  const drifted = history.filter((point) => point.drifted).length;
  const label = `${history.length} earlier checks, ${drifted} with drift`;
  return html`<svg class="spark" viewBox="0 0 ${sparkWidth} ${sparkHeight}" role="img" aria-label=${label}>
    ${svg`<path d=${path} fill="none"></path>`}
  </svg>`;
}

function titled(text: string): TemplateResult {
  return html`<span title=${text}>${text}</span>`;
}
