/**
 * SQL's LIKE: `%` stands for any characters (line breaks too), `_` for one character (a code point), all else for
 * itself; there is no escape. Compiled once, in time linear in the text for usual patterns.
 */
export function likeMatcher(pattern: string, options: { ignoreCase: boolean }): (text: string) => boolean {
  const fold = (text: string): string => (options.ignoreCase ? text.toLowerCase() : text);
  const folded = fold(pattern);
  return (text) => glob(fold(text), folded);
}

function glob(text: string, pattern: string): boolean {
  let at = 0;
  let inPattern = 0;
  let lastStar = -1;
  let resumeAt = 0;
  while (at < text.length) {
    const wanted = pattern.charCodeAt(inPattern);
    if (wanted === PERCENT) {
      lastStar = inPattern;
      resumeAt = at;
      inPattern += 1;
    } else if (wanted === UNDERSCORE) {
      at += isPair(text, at) ? 2 : 1;
      inPattern += 1;
    } else if (wanted === text.charCodeAt(at)) {
      at += 1;
      inPattern += 1;
    } else if (lastStar >= 0) {
      resumeAt += 1;
      at = resumeAt;
      inPattern = lastStar + 1;
    } else {
      return false;
    }
  }
  while (pattern.charCodeAt(inPattern) === PERCENT) inPattern += 1;
  return inPattern === pattern.length;
}

const PERCENT = 0x25;
const UNDERSCORE = 0x5f;

function isPair(text: string, at: number): boolean {
  return (text.codePointAt(at) ?? 0) > 0xffff;
}
