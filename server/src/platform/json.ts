type Reviver = (key: string, value: unknown, context?: { readonly source?: string }) => unknown;
const parse: (text: string, reviver?: Reviver) => unknown = JSON.parse;

const mayHoldBigInteger = /[:[,\s]-?\d{16,}/;

/**
 * Parses JSON. Integers under `bigIntKeys` that a double can't hold become bigints with every digit; all else is as
 * `JSON.parse` has it. Throws SyntaxError.
 */
export function parseJson(text: string, options: { bigIntKeys?: ReadonlySet<string> } = {}): unknown {
  const keys = options.bigIntKeys;
  // A reviver makes parsing several times slower: most answers hold no such number.
  if (keys === undefined || keys.size === 0 || !mayHoldBigInteger.test(text)) return parse(text);
  return parse(text, (key, value, context) => {
    if (typeof value !== 'number' || Number.isSafeInteger(value) || !keys.has(key)) return value;
    const source = context?.source ?? '';
    return /^-?\d+$/.test(source) ? BigInt(source) : value;
  });
}
