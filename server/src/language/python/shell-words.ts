/** One word of a command, as the shell would hand it on. Offsets are those of the whole text. */
export interface ShellWord {
  /** Without quotes; what the shell would fill in stands as it was written. */
  readonly text: string;
  readonly start: number;
  readonly end: number;
  /** A variable, expression or pattern makes it something else, or several words, or none. */
  readonly dynamic: boolean;
}

const line = /(?:\\\r?\n|[^\n])+/g;

/** The commands of a shell text, one a line; null where what a line does depends on another. */
export function commandLines(text: string): ShellWord[][] | null {
  if (text.includes('<<') || /^\s*(?:cd|pushd|popd|alias|function|exec|eval|source|\.)\s/m.test(text)) return null;
  return [...text.matchAll(line)].flatMap((found) => {
    const words = wordsOf(text, found.index, found.index + found[0].length);
    return words && words.length > 0 ? [words] : [];
  });
}

const piece =
  /\$\{\{[\s\S]*?\}\}|'([^']*)'|"((?:\$\{\{[\s\S]*?\}\}|\\[\s\S]|[^"\\])*)"|\\\r?\n|\\([\s\S])|[^\s'"\\|&;<>()]/y;

/** The words of one command; null where it is more than one, or goes beyond words (pipes, redirections, quotes left open). */
function wordsOf(text: string, from: number, to: number): ShellWord[] | null {
  const words: ShellWord[] = [];
  let word: { text: string; start: number; end: number; dynamic: boolean } | null = null;
  let at = from;
  while (at < to) {
    const character = text[at] ?? '';
    if (/\s/.test(character)) {
      if (word) words.push(word);
      word = null;
      at++;
      continue;
    }
    if (character === '#' && word === null) break;
    piece.lastIndex = at;
    const found = piece.exec(text);
    if (!found || at + found[0].length > to) return null;
    const [whole, single, double, escaped] = found;
    at += whole.length;
    if (/^\\\r?\n/.test(whole)) continue;
    word ??= { text: '', start: at - whole.length, end: at, dynamic: false };
    word.text += single ?? double ?? escaped ?? whole;
    word.end = at;
    if (escaped === undefined && single === undefined)
      word.dynamic ||= isDynamic(double ?? whole, double === undefined);
    if (single?.includes('${{')) word.dynamic = true;
  }
  if (word) words.push(word);
  return words;
}

function isDynamic(text: string, bare: boolean): boolean {
  return /[$`\\]/.test(text) || (bare && /[*?[{~!]/.test(text));
}
