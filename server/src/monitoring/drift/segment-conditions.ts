import type { SegmentCondition } from '#schemas/domain/drift-report.ts';
import type { CodedColumn } from './coded-rows.ts';
import { isOrdered } from './methods.ts';
import type { BinCounts, CrossCounts, RemainingDrift, Removal } from './remaining-drift.ts';

/** Rows by the codes of one column. */
export interface Condition {
  readonly axis: CodedColumn;
  /** 1 for the codes that are meant. */
  readonly codes: Uint8Array;
}

export interface Candidate extends Removal {
  readonly conditions: readonly Condition[];
  readonly score: number;
}

/** What a candidate has to keep to. */
export interface Bounds {
  /** Largest share of the rows of a side. */
  readonly share: number;
  readonly explained: number;
}

/** How much a small segment is worth more than a large one: the exponent c of Scorpion’s influence. */
const FOR_SMALLNESS = 1 / 3;
const MOST_VALUES = 4;
const WORTH_A_VALUE = 1.02;
/** Ends of ranges that are tried together; the best ones are then moved finely. */
const COARSE_ENDS = 24;

/**
 * Influence of a predicate after Wu and Madden, “Scorpion: explaining away outliers in aggregate queries” (VLDB 2013): what
 * leaving its rows out takes from the measure, divided by their number to the power of c.
 */
function scoreOf({ explained, rows }: Removal): number {
  return explained / ((rows.reference + rows.current) / 2) ** FOR_SMALLNESS;
}

interface Given {
  readonly drift: RemainingDrift;
  /** How the column’s codes and the drifted columns’ bins go together. */
  readonly cross: readonly CrossCounts[];
  /** The columns of other conditions that hold as well. */
  readonly about: readonly string[];
  readonly bounds: Bounds;
}

/** The best condition on one column; null where none keeps to the bounds. */
export function bestCondition(axis: CodedColumn, { drift, cross, about, bounds }: Given): Candidate | null {
  const names = [axis.column.name, ...about];
  const judge = (inside: readonly BinCounts[]): Scored | null => {
    const removal = drift.without(inside, names);
    const { reference, current } = removal.rows;
    if (reference + current === 0 || Math.max(reference, current) > bounds.share) return null;
    return { ...removal, score: scoreOf(removal) };
  };
  const missing = judge(firstCode(cross));
  const best = isOrdered(axis.column.type) ? bestRange(axis, cross, judge) : bestValues(axis, cross, judge);
  const found = better(best, missing && { scored: missing, codes: range(axis.size, 0, 1) });
  if (!found || found.scored.explained < bounds.explained) return null;
  return { ...found.scored, conditions: [{ axis, codes: found.codes }] };
}

interface Scored extends Removal {
  readonly score: number;
}

type Judge = (inside: readonly BinCounts[]) => Scored | null;

interface Found {
  readonly scored: Scored;
  readonly codes: Uint8Array;
}

function better(one: Found | null, other: Found | null): Found | null {
  if (one === null || other === null) return one ?? other;
  return other.scored.score > one.scored.score ? other : one;
}

interface RangeFound {
  readonly scored: Scored;
  readonly from: number;
  readonly to: number;
}

function bestRange({ size }: CodedColumn, cross: readonly CrossCounts[], judge: Judge): Found | null {
  const sums = cross.map(cumulative);
  // Thousands of ranges are tried: they share these arrays.
  const shared = sums.map(({ bins }) => ({ reference: new Float64Array(bins), current: new Float64Array(bins) }));
  const attempt = (best: RangeFound | null, from: number, to: number): RangeFound | null => {
    if (from < 1 || to > size || from >= to || (from === 1 && to === size)) return best;
    const scored = judge(between(sums, from - 1, to - 1, shared));
    return scored && scored.score > (best?.scored.score ?? 0) ? { scored, from, to } : best;
  };
  const step = Math.max(1, Math.ceil((size - 1) / COARSE_ENDS));
  const ends = Array.from({ length: Math.ceil((size - 1) / step) }, (_, index) => 1 + index * step);
  let best: RangeFound | null = null;
  for (const from of ends) for (const to of [...ends, size]) best = attempt(best, from, to);
  if (best === null) return null;
  const { from, to } = best;
  for (let start = from - step + 1; start < from + step; start += 1) {
    for (let end = to - step + 1; end < to + step; end += 1) best = attempt(best, start, end);
  }
  return best && { scored: best.scored, codes: range(size, best.from, best.to) };
}

/** One value, then more as long as each makes it clearly better: one of several alone may explain little. */
function bestValues({ size, values }: CodedColumn, cross: readonly CrossCounts[], judge: Judge): Found | null {
  let best: Found | null = null;
  for (let count = 0; count < MOST_VALUES; count += 1) {
    let grown: Found | null = null;
    for (let code = 1; code <= values.length; code += 1) {
      const codes: Uint8Array = best?.codes.slice() ?? new Uint8Array(size);
      if (codes[code]) continue;
      codes[code] = 1;
      const scored = judge(selected(cross, codes));
      if (scored && scored.score > (grown?.scored.score ?? 0)) grown = { scored, codes };
    }
    const bar: number = (best?.scored.score ?? 0) * WORTH_A_VALUE;
    if (grown === null || grown.scored.score <= bar) break;
    best = grown;
  }
  return best;
}

function range(size: number, from: number, to: number): Uint8Array {
  return new Uint8Array(size).fill(1, from, to);
}

/** Counts of codes up to each one, 0 left out. */
function cumulative({ bins, counts }: CrossCounts): CrossCounts {
  const add = (given: Float64Array) => {
    const sums = given.slice();
    sums.fill(0, 0, bins);
    for (let place = bins; place < sums.length; place += 1)
      sums[place] = (sums[place] ?? 0) + (sums[place - bins] ?? 0);
    return sums;
  };
  return { bins, counts: { reference: add(counts.reference), current: add(counts.current) } };
}

/** The counts of what is missing. */
function firstCode(cross: readonly CrossCounts[]): readonly BinCounts[] {
  return cross.map(({ bins, counts: { reference, current } }) => ({
    reference: reference.slice(0, bins),
    current: current.slice(0, bins),
  }));
}

/** What lies between two sums: after the one code, up to the other. */
function between(
  sums: readonly CrossCounts[],
  after: number,
  upTo: number,
  into: readonly BinCounts[],
): readonly BinCounts[] {
  for (const [index, { bins, counts }] of sums.entries()) {
    const found = into[index];
    if (!found) continue;
    for (let bin = 0; bin < bins; bin += 1) {
      const [last, first] = [upTo * bins + bin, after * bins + bin];
      found.reference[bin] = (counts.reference[last] ?? 0) - (counts.reference[first] ?? 0);
      found.current[bin] = (counts.current[last] ?? 0) - (counts.current[first] ?? 0);
    }
  }
  return into;
}

function selected(cross: readonly CrossCounts[], codes: Uint8Array): readonly BinCounts[] {
  return cross.map(({ bins, counts }) => {
    const add = (given: Float64Array) => {
      const sums = new Float64Array(bins);
      for (let code = 0; code < codes.length; code += 1) {
        if (!codes[code]) continue;
        for (let bin = 0; bin < bins; bin += 1) sums[bin] = (sums[bin] ?? 0) + (given[code * bins + bin] ?? 0);
      }
      return sums;
    };
    return { reference: add(counts.reference), current: add(counts.current) };
  });
}

/** A condition in the report’s form. */
export function toReport({ axis, codes }: Condition): SegmentCondition {
  const column = axis.column.name;
  if (codes[0]) return { column, missing: true };
  if (!isOrdered(axis.column.type)) return { column, values: axis.values.filter((_, index) => codes[index + 1]) };
  const [first, last] = [codes.indexOf(1), codes.lastIndexOf(1)];
  return { column, from: axis.cuts[first - 2] ?? null, below: axis.cuts[last - 1] ?? null };
}

/** Conditions as SQL, of which all hold. */
export function toPredicate(conditions: readonly SegmentCondition[], isBoolean: (column: string) => boolean): string {
  return conditions.map((condition) => predicateOf(condition, isBoolean(condition.column))).join(' and ');
}

function predicateOf(condition: SegmentCondition, bare: boolean): string {
  const name = /^[a-z_]\w*$/i.test(condition.column) ? condition.column : `"${condition.column.replaceAll('"', '""')}"`;
  if ('missing' in condition) return `${name} is null`;
  if ('values' in condition) {
    const values = condition.values.map((value) => (bare ? value : `'${value.replaceAll("'", "''")}'`));
    return values.length === 1 ? `${name} = ${values[0]}` : `${name} in (${values.join(', ')})`;
  }
  const { from, below } = condition;
  return [from === null ? '' : `${name} >= ${from}`, below === null ? '' : `${name} < ${below}`]
    .filter((part) => part !== '')
    .join(' and ');
}
