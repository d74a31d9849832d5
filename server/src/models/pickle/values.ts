/** What is known of a value that unpickling would make: enough to follow names and arrays, no more. */
export type Value =
  | { readonly type: 'mark' }
  | { readonly type: 'text'; readonly text: string }
  /** A text that was too much to keep. */
  | { readonly type: 'forgotten' }
  | { readonly type: 'number'; readonly number: number }
  | { readonly type: 'none' }
  | { readonly type: 'global'; readonly module: string; readonly name: string }
  | { readonly type: 'tuple'; readonly items: readonly Value[] }
  /** `isCertain`: the entries are all there are. */
  | { readonly type: 'dict'; readonly entries: Map<string, Value>; isCertain: boolean }
  /** Made by a class or function; `state` is what BUILD gave it. */
  | { readonly type: 'object'; readonly of: string; readonly args: readonly Value[]; state: Value | null }
  /** A list, set, float, … */
  | { readonly type: 'thing' }
  | { readonly type: 'other' };

/** Something that may be anything. */
export const other: Value = { type: 'other' };
/** Something of no interest that is no text. */
export const thing: Value = { type: 'thing' };

/** Classes, by their spelling, of which none is a text; functions may give one. */
const ofLibraries = /^(?:numpy|joblib|sklearn|scipy|pandas)\.(?:[\w.]*\.)?(?:_reconstruct|dtype|ndarray|_?[A-Z]\w*)$/;

/** Whether it can't be a text, whatever runs: Python would refuse it as a name. */
export function isNoText(value: Value): boolean {
  const { type } = value;
  if (type === 'object') return ofLibraries.test(value.of);
  return (
    type === 'thing' || type === 'number' || type === 'none' || type === 'global' || type === 'tuple' || type === 'dict'
  );
}

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
  if (state?.type !== 'dict' || !state.isCertain) return null;
  const { entries } = state;
  const count = countOf(entries.get('shape'));
  const itemBytes = itemBytesOf(entries.get('dtype'), 0);
  if (count === null || itemBytes === undefined) return null;
  if (itemBytes === null) return { bytes: null, isPadded: false };
  const alignment = entries.get('numpy_array_alignment_bytes') ?? { type: 'none' };
  if (alignment.type !== 'none' && alignment.type !== 'number') return null;
  const bytes = count * itemBytes;
  return Number.isSafeInteger(bytes) ? { bytes, isPadded: alignment.type === 'number' } : null;
}

function countOf(shape: Value | undefined): number | null {
  if (shape?.type !== 'tuple') return null;
  let count = 1;
  for (const item of shape.items) {
    if (item.type !== 'number' || !(item.number >= 0)) return null;
    count *= item.number;
  }
  return count;
}

/** Structures in structures are followed so far. */
const deepestDtype = 4;

/** Bytes of one element; null where there are objects in it; undefined for what can't be told. */
function itemBytesOf(dtype: Value | undefined, depth: number): number | null | undefined {
  if (dtype?.type !== 'object' || !/^numpy\.(?:dtype|(?:_core|core)\.multiarray\.dtype)$/.test(dtype.of))
    return undefined;
  const [code] = dtype.args;
  if (code?.type !== 'text') return undefined;
  if (/^\|?O\d*$/.test(code.text)) return null;
  const [, kind, digits] = /^[<>|=]?([biufcmMSUV])(\d+)$/.exec(code.text) ?? [];
  if (kind === undefined) return undefined;
  const size = kind === 'U' ? Number(digits) * 4 : Number(digits);
  if (!'SUV'.includes(kind)) return size;
  // What follows sets the size of these once more, and what is in them.
  return flexibleBytes(dtype.state, { size, depth });
}

function flexibleBytes(
  state: Value | null,
  { size, depth }: { readonly size: number; readonly depth: number },
): number | null | undefined {
  if (state?.type !== 'tuple') return undefined;
  const [, , subarray, , fields, itemSize] = state.items;
  if (subarray?.type !== 'none' || itemSize?.type !== 'number' || itemSize.number !== size) return undefined;
  if (fields?.type === 'none') return size;
  if (fields?.type !== 'dict' || !fields.isCertain || depth >= deepestDtype) return undefined;
  for (const field of fields.entries.values()) {
    const bytes = field.type === 'tuple' ? itemBytesOf(field.items[0], depth + 1) : undefined;
    if (bytes === null || bytes === undefined) return bytes;
  }
  return size;
}
