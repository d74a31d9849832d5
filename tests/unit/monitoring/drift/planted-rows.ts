import type { CodedColumn, CodedRows } from '#server/monitoring/drift/coded-rows.ts';
import type { Side } from '#server/monitoring/drift/drift-data.ts';

/** A row of the planted tables. */
export interface PlantedRow {
  readonly age: number;
  readonly plan: string;
  readonly region: string;
  readonly noise: number;
}

const plans = ['free', 'pro', 'trial', 'team', 'edu'];
const regions = ['EU', 'US', 'APAC'];

/** mulberry32: the same numbers for the same seed. */
export function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Two samples of independent columns; `shift` is what a row’s score moves by in the current one. */
export function plantedRows(count: number, seed: number, shift: (row: PlantedRow) => number): CodedRows {
  const random = randomNumbers(seed);
  const make = (side: Side) =>
    Array.from({ length: count }, () => {
      const row = {
        age: 18 + Math.floor(random() * 60),
        plan: plans[Math.floor(random() * 5)] ?? '',
        region: regions[Math.floor(random() * 3)] ?? '',
        noise: random() * 100,
      };
      return { ...row, score: random() + (side === 'current' ? shift(row) : 0), half: random() < 0.5 ? 1 : 0 };
    });
  const rows = { reference: make('reference'), current: make('current') };
  /** Ranges of one width. */
  const numbers = (name: 'age' | 'noise' | 'score', first: number, width: number, count: number): CodedColumn => {
    const code = (value: number) => Math.max(1, Math.min(count + 1, 2 + Math.floor((value - first) / width)));
    const codes = (side: Side) => Uint8Array.from(rows[side], (row) => code(row[name]));
    const coded = { reference: codes('reference'), current: codes('current') };
    const cuts = Array.from({ length: count }, (_, index) => first + width * index);
    return { column: { name, type: 'numeric' }, size: count + 2, cuts, values: [], codes: coded };
  };
  const names = (name: 'plan' | 'region', values: readonly string[]): CodedColumn => {
    const codes = (side: Side) => Uint8Array.from(rows[side], (row) => 1 + values.indexOf(row[name]));
    const coded = { reference: codes('reference'), current: codes('current') };
    return { column: { name, type: 'categorical' }, size: values.length + 2, cuts: [], values, codes: coded };
  };
  return {
    rows: { reference: count, current: count },
    columns: [
      numbers('age', 19, 1, 59),
      names('plan', plans),
      names('region', regions),
      numbers('noise', 2.5, 2.5, 39),
      numbers('score', 0.05, 0.05, 39),
    ],
    half: {
      reference: Uint8Array.from(rows.reference, ({ half }) => half),
      current: Uint8Array.from(rows.current, ({ half }) => half),
    },
  };
}
