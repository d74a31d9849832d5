const NULL = /^(?:~|null|Null|NULL)?$/;
const BOOLEAN = /^(?:true|True|TRUE|false|False|FALSE)$/;
const INTEGER = /^[-+]?[0-9]+$/;
const OCTAL = /^0o[0-7]+$/;
const HEX = /^0x[0-9a-fA-F]+$/;
const FLOAT = /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/;
const INFINITY = /^[-+]?\.(?:inf|Inf|INF)$/;
const NAN = /^\.(?:nan|NaN|NAN)$/;

/** Resolves a plain scalar by the core schema of YAML 1.2, section 10.3.2. */
export function resolvePlain(text: string): string | number | boolean | null {
  const first = text.charCodeAt(0);
  // Most plain scalars begin with a letter that no other type begins with.
  const mayBeNumber = first === 43 || first === 45 || first === 46 || (first >= 48 && first <= 57);
  if (mayBeNumber) {
    if (INTEGER.test(text) || FLOAT.test(text)) return Number(text);
    if (OCTAL.test(text)) return Number.parseInt(text.slice(2), 8);
    if (HEX.test(text)) return Number.parseInt(text.slice(2), 16);
    if (INFINITY.test(text)) return first === 45 ? -Infinity : Infinity;
    if (NAN.test(text)) return Number.NaN;
    return text;
  }
  if (NULL.test(text)) return null;
  if (BOOLEAN.test(text)) return text.charCodeAt(0) === 116 || text.charCodeAt(0) === 84;
  return text;
}
