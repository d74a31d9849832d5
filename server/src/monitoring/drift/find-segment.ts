import { type Binned, type CodedColumn, type CodedRows, halfOf, toBins } from './coded-rows.ts';
import type { Both } from './drift-data.ts';
import { type CrossCounts, crossCount, RemainingDrift, type Removal } from './remaining-drift.ts';
import { type Bounds, bestCondition, type Candidate, type Condition } from './segment-conditions.ts';

/** A segment, and what is gone without it. */
export interface Segment extends Removal {
  readonly conditions: readonly Condition[];
}

/** Most of the drift, in no more than half of each side: anything larger is the data themselves. */
const segmentBounds: Bounds = { explained: 0.5, share: 0.5 };
/** What a second condition may make a segment of. */
const seedBounds: Bounds = { explained: 0.3, share: 0.8 };
const SEEDS = 3;
const PARTNERS = 8;
/** By how much a second condition has to be better than none. */
const WORTH_A_CONDITION = 1.2;

type Part = 'all' | 'searched' | 'held';

/**
 * Looks for the smallest segment of one or two columns that explains the drift of some columns: the rows without which, on both
 * sides, most of it is gone. What explains it is an intervention, as Roy and Suciu define it in “A formal approach to finding
 * explanations for database queries” (SIGMOD 2014); which one is best, Scorpion’s influence says. It is looked for in one half of
 * the rows and has to hold in the other: among thousands of candidates, some fit by chance.
 */
export class SegmentSearch {
  readonly #all: CodedRows;
  readonly #searched: CodedRows;
  readonly #held: CodedRows;
  readonly #crosses = new Map<string, CrossCounts>();
  readonly #bins = new Map<string, Readonly<Record<Part, Binned>>>();

  constructor(rows: CodedRows) {
    this.#all = rows;
    this.#searched = halfOf(rows, 0);
    this.#held = halfOf(rows, 1);
  }

  /** `axes`: the columns that conditions may be about. Null where no segment explains the drift. */
  find(drifted: readonly string[], axes: readonly string[]): Segment | null {
    const drift = new RemainingDrift(this.#targets(drifted, 'searched'), this.#searched.rows);
    const held = new RemainingDrift(this.#targets(drifted, 'held'), this.#held.rows);
    if (!drift.measurable || !held.measurable) return null;
    const columns = this.#searched.columns.filter(({ column }) => axes.includes(column.name));
    const single = this.#best(columns, drift, segmentBounds)[0];
    for (const candidate of [this.#bestPair(columns, drift), single]) {
      if (!candidate) continue;
      const confirmed = removalOf(candidate.conditions, held, this.#held);
      if (confirmed.explained < segmentBounds.explained) continue;
      const whole = new RemainingDrift(this.#targets(drifted, 'all'), this.#all.rows);
      const removal = removalOf(candidate.conditions, whole, this.#all);
      if (removal.explained >= segmentBounds.explained) return { ...removal, conditions: candidate.conditions };
    }
    return null;
  }

  #targets(names: readonly string[], part: Part): readonly Binned[] {
    return names.flatMap((name) => (this.#bins.get(name) ?? this.#binned(name))?.[part] ?? []);
  }

  #binned(name: string) {
    const coded = this.#all.columns.find(({ column }) => column.name === name);
    if (!coded) return null;
    const all = toBins(coded);
    const part = (half: 0 | 1): Binned => {
      const take = halfOf({ ...this.#all, columns: [{ ...coded, codes: all.codes }] }, half);
      return { ...all, codes: take.columns[0]?.codes ?? all.codes };
    };
    const found = { all, searched: part(0), held: part(1) };
    this.#bins.set(name, found);
    return found;
  }

  #best(axes: readonly CodedColumn[], drift: RemainingDrift, bounds: Bounds): readonly Candidate[] {
    return axes
      .flatMap((axis) => {
        const cross = drift.targets.map(({ target }) => this.#cross(axis, target));
        return bestCondition(axis, { drift, cross, about: [], bounds }) ?? [];
      })
      .sort((one, other) => other.score - one.score);
  }

  #cross(axis: CodedColumn, target: Binned): CrossCounts {
    const key = JSON.stringify([axis.column.name, target.name]);
    const known = this.#crosses.get(key);
    if (known) return known;
    const counted = crossCount(axis, target, null);
    this.#crosses.set(key, counted);
    return counted;
  }

  #bestPair(axes: readonly CodedColumn[], drift: RemainingDrift): Candidate | null {
    const seeds = this.#best(axes, drift, seedBounds);
    // One condition alone is better even if it is true of too many rows to be told.
    const bar = (seeds[0]?.score ?? 0) * WORTH_A_CONDITION;
    let best: Candidate | null = null;
    for (const seed of seeds.slice(0, SEEDS)) {
      const [first] = seed.conditions;
      if (!first) continue;
      const partners = axes.filter((axis) => axis !== first.axis).sort((a, b) => rank(seeds, a) - rank(seeds, b));
      for (const partner of partners.slice(0, PARTNERS)) {
        const found = this.#refine(first, partner, drift);
        if (found && found.score > (best?.score ?? bar)) best = found;
      }
    }
    return best;
  }

  /** The best condition on a second column within the first one’s rows, then the first one’s anew, and the second one’s. */
  #refine(first: Condition, partner: CodedColumn, drift: RemainingDrift): Candidate | null {
    let [fixed, moved] = [first, partner];
    let best: Candidate | null = null;
    for (let turn = 0; turn < 3; turn += 1) {
      const within = rowsOf([fixed], this.#searched);
      const cross = drift.targets.map(({ target }) => crossCount(moved, target, within));
      const found = bestCondition(moved, { drift, cross, about: [fixed.axis.column.name], bounds: segmentBounds });
      const [condition] = found?.conditions ?? [];
      if (!found || !condition) return best;
      const pair: Candidate = { ...found, conditions: [fixed, condition] };
      if (best === null || pair.score > best.score) best = pair;
      [fixed, moved] = [condition, fixed.axis];
    }
    return best;
  }
}

function rank(seeds: readonly Candidate[], axis: CodedColumn): number {
  const place = seeds.findIndex(({ conditions }) => conditions[0]?.axis === axis);
  return place < 0 ? seeds.length : place;
}

function rowsOf(conditions: readonly Condition[], rows: CodedRows): Both<Uint32Array> {
  const columns = conditions.map(({ axis, codes }) => ({
    codes,
    of: rows.columns.find(({ column }) => column.name === axis.column.name)?.codes ?? axis.codes,
  }));
  const places = (side: 'reference' | 'current') => {
    const found = new Uint32Array(rows.rows[side]);
    let count = 0;
    for (let row = 0; row < found.length; row += 1) {
      if (!columns.every(({ codes, of }) => codes[of[side][row] ?? 0])) continue;
      found[count] = row;
      count += 1;
    }
    return found.subarray(0, count);
  };
  return { reference: places('reference'), current: places('current') };
}

function removalOf(conditions: readonly Condition[], drift: RemainingDrift, rows: CodedRows): Removal {
  const within = rowsOf(conditions, rows);
  const names = conditions.map(({ axis }) => axis.column.name);
  const inside = drift.targets.map(({ target }) => {
    const count = (side: 'reference' | 'current') => {
      const counts = new Float64Array(target.bins);
      for (const row of within[side]) {
        const bin = target.codes[side][row] ?? 0;
        counts[bin] = (counts[bin] ?? 0) + 1;
      }
      return counts;
    };
    return { reference: count('reference'), current: count('current') };
  });
  return drift.without(inside, names);
}
