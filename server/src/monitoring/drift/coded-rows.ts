import type { Both, Side, TypedColumn } from './drift-data.ts';
import { isOrdered } from './methods.ts';

/** A column of sampled rows as small whole numbers: 0 for what is missing, then ranges in their order, or values. */
export interface CodedColumn {
  readonly column: TypedColumn;
  /** How many codes there are, 0 among them. */
  readonly size: number;
  /** Of columns with an order: where the ranges from the second on (code 2) begin. */
  readonly cuts: readonly number[];
  /** Of others: what the codes from 1 on stand for, frequent ones first; all values beyond are the last code. */
  readonly values: readonly string[];
  readonly codes: Both<Uint8Array>;
}

/** Rows of both sides, chosen by their place in the data: always the same ones. */
export interface CodedRows {
  readonly rows: Both<number>;
  readonly columns: readonly CodedColumn[];
  /** 0 or 1 for each row, by chance but always the same: what is found in one half is held against the other. */
  readonly half: Both<Uint8Array>;
}

/** Where sampled rows come from. */
export interface RowSampler {
  /** About so many rows a side at most, all where there are no more. One scan of each side for all columns. */
  sampleRows(columns: readonly TypedColumn[], most: number): Promise<CodedRows>;
}

const sides: readonly Side[] = ['reference', 'current'];

/** The rows of one half. */
export function halfOf(all: CodedRows, half: 0 | 1): CodedRows {
  const places = {
    reference: placesWhere(all.half.reference, half),
    current: placesWhere(all.half.current, half),
  };
  const take = (from: Both<Uint8Array>): Both<Uint8Array> => ({
    reference:
      places.reference.length === from.reference.length ? from.reference : at(from.reference, places.reference),
    current: places.current.length === from.current.length ? from.current : at(from.current, places.current),
  });
  return {
    rows: { reference: places.reference.length, current: places.current.length },
    columns: all.columns.map((column) => ({ ...column, codes: take(column.codes) })),
    half: take(all.half),
  };
}

function placesWhere(values: Uint8Array, value: number): Uint32Array {
  const found = new Uint32Array(values.length);
  let count = 0;
  for (let place = 0; place < values.length; place += 1) {
    if (values[place] !== value) continue;
    found[count] = place;
    count += 1;
  }
  return found.subarray(0, count);
}

function at(values: Uint8Array, places: Uint32Array): Uint8Array {
  const found = new Uint8Array(places.length);
  for (let index = 0; index < places.length; index += 1) found[index] = values[places[index] ?? 0] ?? 0;
  return found;
}

const MOST_BINS = 10;

/** A drifted column in the bins by which its drift is measured: about ten, what is missing in one of its own. */
export interface Binned {
  readonly name: string;
  readonly bins: number;
  readonly codes: Both<Uint8Array>;
}

export function toBins(coded: CodedColumn): Binned {
  const binOf = isOrdered(coded.column.type) ? evenBins(coded) : frequentBins(coded);
  const recode = (codes: Uint8Array) => codes.map((code) => binOf[code] ?? 0);
  return {
    name: coded.column.name,
    bins: Math.max(...binOf) + 1,
    codes: { reference: recode(coded.codes.reference), current: recode(coded.codes.current) },
  };
}

/** Neighbouring codes together until they hold a tenth of the rows, both sides weighing the same. */
function evenBins({ size, codes }: CodedColumn): Uint8Array {
  const weights = new Float64Array(size);
  for (const side of sides) {
    const one = 0.5 / Math.max(1, codes[side].length);
    for (const code of codes[side]) weights[code] = (weights[code] ?? 0) + one;
  }
  const binOf = new Uint8Array(size);
  let [bin, filled] = [1, 0];
  for (let code = 1; code < size; code += 1) {
    const weight = weights[code] ?? 0;
    if (filled > 0 && filled + weight / 2 > 1 / MOST_BINS) [bin, filled] = [bin + 1, 0];
    binOf[code] = bin;
    filled += weight;
  }
  return binOf;
}

function frequentBins({ size }: CodedColumn): Uint8Array {
  return Uint8Array.from({ length: size }, (_, code) => Math.min(code, MOST_BINS + 1));
}
