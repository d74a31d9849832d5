import type { DriftMethod } from '#schemas/config/drift-methods.ts';
import type { DriftColumn, DriftReport, DriftVerdict } from '#schemas/domain/drift-report.ts';
import { toJsonNumber } from '#schemas/domain/number.ts';
import { adjusted } from './correction.ts';
import type { Both } from './drift-data.ts';
import type { DriftRequest } from './drift-request.ts';
import type { ColumnEvidence, Measured } from './measure.ts';
import { exceeds, methodOf } from './methods.ts';
import type { ColumnPlan, PlannedColumn, RefusedColumn } from './plan-columns.ts';
import { type Vocabulary, type WordFigures, wordFigures, wordsDrifted } from './vocabulary.ts';

interface Result {
  readonly method: DriftMethod;
  readonly threshold: number;
  readonly measured: Measured | null;
}

/** What was found of one column; without results, a side has no values. */
export type Outcome =
  | RefusedColumn
  /** Judged by a detector of one's own. */
  | { readonly row: DriftColumn }
  | { readonly plan: PlannedColumn; readonly evidence: ColumnEvidence; readonly results: readonly Result[] };

interface Context {
  readonly rows: Both<number>;
  readonly leftOut: ColumnPlan['leftOut'];
  readonly request: DriftRequest;
}

/** How far the share of missing values may move: it is the total variation distance of “missing” and “there”. */
const MISSING_SHIFT = 0.1;

/** Makes the report of what was found, each column's verdict and that of all together. */
export function judge(outcomes: readonly Outcome[], { rows, leftOut, request }: Context): DriftReport {
  const pValues = outcomes.flatMap((outcome) => ('plan' in outcome ? outcome.results.flatMap(pValueOf) : []));
  const corrected = adjusted(pValues, request.correction).values();
  const next = () => corrected.next().value ?? Number.NaN;
  const columns = outcomes.flatMap((outcome) => {
    if ('row' in outcome) return [outcome.row];
    if (!('plan' in outcome)) return [refusedRow(outcome)];
    if (outcome.results.length === 0) return [rowWithoutValues(outcome.plan, outcome.evidence, rows)];
    return outcome.results.map((result) => {
      const [p] = pValueOf(result);
      const adjustedPValue = p === undefined || request.correction === 'none' ? null : next();
      return measuredRow({ ...outcome, result, adjustedPValue }, rows, request);
    });
  });
  return { rows, columns, leftOut: [...leftOut], ...overall(columns, request.share) };
}

function pValueOf({ measured }: Result): readonly number[] {
  return measured && 'statistic' in measured && measured.pValue !== null ? [measured.pValue] : [];
}

const nothing = {
  method: null,
  statistic: null,
  pValue: null,
  adjustedPValue: null,
  threshold: null,
  drifted: null,
  errorBound: null,
} as const;

function refusedRow({ name, type, verdict, reason }: RefusedColumn): DriftColumn {
  return { ...nothing, column: name, type, verdict, reason, missing: null };
}

function rowWithoutValues(
  { column, settings }: PlannedColumn,
  evidence: ColumnEvidence,
  rows: Both<number>,
): DriftColumn {
  const missing = missingShares(evidence, rows);
  const { reference, current } = evidence.summary;
  const row = { ...nothing, column: column.name, type: column.type, missing };
  const tooMany = rows.current > 0 ? missingDrift(settings.maxMissing, missing) : null;
  if (settings.maxMissing !== undefined && tooMany !== null) {
    return { ...row, drifted: true, verdict: 'drift', reason: tooMany };
  }
  const where = reference.present > 0 ? 'the current data' : current.present > 0 ? 'the reference' : 'either side';
  return { ...row, verdict: 'no-data', reason: `There is no value in ${where} that could be compared.` };
}

function measuredRow(
  {
    plan,
    evidence,
    result,
    adjustedPValue,
  }: { plan: PlannedColumn; evidence: ColumnEvidence; result: Result; adjustedPValue: number | null },
  rows: Both<number>,
  request: DriftRequest,
): DriftColumn {
  const { method, threshold, measured } = result;
  const missing = missingShares(evidence, rows);
  const row = { ...nothing, column: plan.column.name, type: plan.column.type, method, threshold, missing };
  if (measured === null || 'problem' in measured) {
    return { ...row, verdict: 'could-not-check', reason: measured?.problem ?? 'It was not measured.' };
  }
  const { statistic, pValue, errorBound } = measured;
  const figures = { ...row, statistic: toJsonNumber(statistic), pValue, adjustedPValue, errorBound };
  const score = methodOf(method).verdictBy === 'pValue' ? (adjustedPValue ?? pValue) : statistic;
  if (score === null || Number.isNaN(score)) {
    return { ...figures, verdict: 'could-not-check', reason: 'The figures can’t be computed from these values.' };
  }
  const fewest = Math.min(evidence.summary.reference.present, evidence.summary.current.present);
  if (fewest < request.minimumRows) {
    const reason = `There are only ${fewest} values to compare; a verdict needs ${request.minimumRows}.`;
    return { ...figures, verdict: 'no-data', reason };
  }
  const values = exceeds(method, score, threshold);
  const gaps = missingDrift(plan.settings.maxMissing, missing);
  const { vocabulary } = evidence;
  const words = vocabulary && wordFigures(vocabulary);
  const unknown = vocabulary && words ? unknownWords(vocabulary, words) : null;
  const reasons = [plan.note, textNote(evidence), gaps, freshValues(evidence), unknown].filter((text) => text !== null);
  const drifted = values || gaps !== null || (words !== null && wordsDrifted(words));
  return {
    ...figures,
    ...(words ? { words } : {}),
    drifted,
    verdict: drifted ? 'drift' : 'no-drift',
    reason: reasons.length > 0 ? reasons.join(' ') : null,
  };
}

function missingShares({ summary }: ColumnEvidence, rows: Both<number>): Both<number> {
  const share = (present: number, all: number) => (all === 0 ? 0 : (all - present) / all);
  return {
    reference: share(summary.reference.present, rows.reference),
    current: share(summary.current.present, rows.current),
  };
}

/** Whether the missing values alone are drift, in words. */
function missingDrift(most: number | undefined, { reference, current }: Both<number>): string | null {
  if (most !== undefined) {
    return current > most ? `${percent(current)} of the values are missing, of which ${percent(most)} may be.` : null;
  }
  if (Math.abs(current - reference) < MISSING_SHIFT) return null;
  return `Missing values went from ${percent(reference)} to ${percent(current)}.`;
}

function freshValues({ counts, separate, summary }: ColumnEvidence): string | null {
  if (!counts || !separate || counts.fresh.values === 0) return null;
  const { names, values, rows } = counts.fresh;
  const shown = names.map((name) => `“${name}”`).join(', ') + (values > names.length ? ', …' : '');
  const noun = values === 1 ? 'value that is new' : 'values that are new';
  return `${values.toLocaleString('en')} ${noun} (${shown}) in ${percent(rows / summary.current.present)} of the rows.`;
}

function textNote({ column, vocabulary }: ColumnEvidence): string | null {
  if (column.type !== 'text') return null;
  return `Texts are compared by their length${vocabulary ? ' and their words' : ''}.`;
}

function unknownWords({ unknown }: Vocabulary, words: WordFigures): string | null {
  if (words.outOfVocabulary === 0) return null;
  const shown = unknown.names.map((name) => `“${name}”`).join(', ');
  const expected = words.expected < 0.001 ? 'next to none' : percent(words.expected);
  return `${percent(words.outOfVocabulary)} of the words are new (such as ${shown}); ${expected} were to be expected.`;
}

function percent(share: number): string {
  const value = share * 100;
  return `${Number(value.toPrecision(value < 10 ? 2 : 3))} %`;
}

/**
 * The verdict of all columns: drift where the share of drifted columns is large enough, among those with a verdict. What could
 * not be checked is never “no drift”, and neither is missing data that could have turned the scale.
 */
function overall(
  columns: readonly DriftColumn[],
  threshold: number,
): { share: number | null; drifted: boolean | null; verdict: DriftVerdict } {
  const names = [...new Set(columns.map(({ column }) => column))];
  const having = (verdict: DriftVerdict) =>
    new Set(columns.filter((one) => one.verdict === verdict).map(({ column }) => column));
  const [drifted, calm, withoutData, unchecked] = [
    having('drift'),
    having('no-drift'),
    having('no-data'),
    having('could-not-check'),
  ];
  const decided = drifted.union(calm).size;
  const share = decided === 0 ? null : drifted.size / decided;
  if (share !== null && drifted.size > 0 && share >= threshold) return { share, drifted: true, verdict: 'drift' };
  if (unchecked.size > 0) return { share, drifted: null, verdict: 'could-not-check' };
  if (share === null || (withoutData.size > 0 && (drifted.size + withoutData.size) / names.length >= threshold)) {
    return { share, drifted: null, verdict: 'no-data' };
  }
  return { share, drifted: false, verdict: 'no-drift' };
}
