/** What is known of a value that unpickling would make: enough to follow names and arrays, no more. */
export type Value =
  | { readonly type: 'mark' }
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'number'; readonly number: number }
  | { readonly type: 'none' }
  | { readonly type: 'global'; readonly module: string; readonly name: string }
  | { readonly type: 'tuple'; readonly items: readonly Value[] }
  | { readonly type: 'dict'; readonly entries: Map<string, Value> }
  /** Made by a class or function; `state` is what BUILD gave it. */
  | { readonly type: 'object'; readonly of: string; readonly args: readonly Value[]; state: Value | null }
  | { readonly type: 'other' };

export const other: Value = { type: 'other' };

/** An array that joblib wrote into the stream behind its wrapper. */
export interface InlineArray {
  /** Bytes; null where the elements are pickled objects, which follow as a pickle. */
  readonly bytes: number | null;
  /** One byte says how many bytes of padding follow it. */
  readonly isPadded: boolean;
}

export const arrayWrapper = 'joblib.numpy_pickle.NumpyArrayWrapper';

/** Reads the wrapper's state; null where it does not say what it has to. */
export function inlineArray(state: Value | null): InlineArray | null {
  if (state?.type !== 'dict') return null;
  const { entries } = state;
  const count = countOf(entries.get('shape'));
  const itemBytes = itemBytesOf(entries.get('dtype'));
  if (count === null || itemBytes === undefined) return null;
  const alignment = entries.get('numpy_array_alignment_bytes');
  const isPadded = alignment !== undefined && alignment.type !== 'none';
  if (itemBytes === null) return { bytes: null, isPadded: false };
  const bytes = count * itemBytes;
  return Number.isSafeInteger(bytes) ? { bytes, isPadded } : null;
}

function countOf(shape: Value | undefined): number | null {
  if (shape?.type !== 'tuple') return null;
  let count = 1;
  for (const item of shape.items) {
    if (item.type !== 'number' || item.number < 0) return null;
    count *= item.number;
  }
  return count;
}

/** Bytes of one element; null for objects; undefined for what is unknown, such as records. */
function itemBytesOf(dtype: Value | undefined): number | null | undefined {
  if (dtype?.type !== 'object' || !/^numpy\.(?:dtype|(?:_core|core)\.multiarray\.dtype)$/.test(dtype.of))
    return undefined;
  const [code] = dtype.args;
  if (code?.type !== 'text') return undefined;
  const [, kind, digits] = /^[<>|=]?([biufcmMOSUVa?])(\d*)$/.exec(code.text) ?? [];
  if (kind === undefined) return undefined;
  if (kind === 'O') return null;
  const size = digits === undefined || digits === '' ? 1 : Number(digits);
  return kind === 'U' ? size * 4 : size;
}
