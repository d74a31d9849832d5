/** Whether two values are the same one level down: arrays, plain objects and sets by what they hold. */
export function isSame(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (a instanceof Set && b instanceof Set) return a.size === b.size && [...a].every((item) => b.has(item));
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b) || a instanceof Set || b instanceof Set) return false;
  const [left, right] = [Object.entries(a), new Map(Object.entries(b))];
  return left.length === right.size && left.every(([key, value]) => right.has(key) && Object.is(value, right.get(key)));
}

/** For properties that are made anew at every rendering: what is drawn from them is drawn again only after a change. */
export const byContents = {
  attribute: false,
  hasChanged: (value: unknown, old: unknown) => !isSame(value, old),
} as const;
