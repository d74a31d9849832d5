import { FailureError } from '../../platform/failure.ts';

/** Compares texts by code points, which is the order of their UTF-8 bytes; `<` compares UTF-16 units. */
export function compareCodePoints(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let index = 0; index < length; index += 1) {
    const [left, right] = [a.charCodeAt(index), b.charCodeAt(index)];
    if (left !== right) return rank(left) - rank(right);
  }
  return a.length - b.length;
}

/** Surrogates stand for code points above all others, though U+E000 to U+FFFF are larger as units. */
function rank(unit: number): number {
  if (unit < 0xd800) return unit;
  return unit < 0xe000 ? unit + 0x2000 : unit - 0x800;
}

/**
 * Refuses paths of a version that Linux, macOS and Windows could not all hold side by side. Paths are relative, with
 * `/`. Fails with `input`, naming the first path and why.
 */
export function requirePortablePaths(paths: readonly string[]): void {
  for (const path of paths) requirePortablePath(path);
  requireDistinctPaths(paths);
}

/**
 * Refuses a path that one of the systems could not hold, or that does not say what it seems to: a version registered
 * here would not be the same elsewhere. Fails with `input`.
 */
export function requirePortablePath(path: string): void {
  for (const name of path.split('/')) {
    const problem = nameProblem(name);
    if (problem === null) continue;
    throw new FailureError('input', `${JSON.stringify(path)} can’t be part of a model: ${problem}.`, {
      remedy: 'Rename it, and what refers to it.',
    });
  }
}

const CONTROL = /\p{Cc}/u;
/** Embeddings, overrides and isolates show a name in another order than it is written. */
const DIRECTION = /[\u202A-\u202E\u2066-\u2069]/u;
const RESERVED_CHARACTER = /[<>:"|?*]/;
const DEVICE = /^(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$)(?:\.|$)/i;

function nameProblem(name: string): string | null {
  if (name === '') return 'a part of its path is empty';
  if (name === '.' || name === '..') return `“${name}” in a path leads elsewhere`;
  // Node puts U+FFFD where bytes of a name are no text.
  if (!name.isWellFormed() || name.includes('\uFFFD')) return 'its name is no valid Unicode';
  if (CONTROL.test(name)) return 'its name has a control character';
  if (DIRECTION.test(name))
    return 'its name has a character that turns the direction of text, and so hides what it says';
  if (name.includes('\\')) return 'its name has a backslash, which Windows takes for the end of a folder’s name';
  const reserved = RESERVED_CHARACTER.exec(name);
  if (reserved) return `its name has “${reserved[0]}”, which no file may have on Windows`;
  if (DEVICE.test(name)) return `“${name}” is a device on Windows`;
  if (/[. ]$/.test(name)) return 'a name that ends with a dot or a space loses it on Windows';
  return null;
}

/** What file systems that ignore case and normalisation take for one name. */
function folded(name: string): string {
  // Lower case first: both forms of the Greek sigma have one upper case.
  return name.normalize('NFC').toLowerCase().toUpperCase().normalize('NFC');
}

/**
 * Refuses paths that are one and the same where upper and lower case, or Unicode normalisations, are not told apart.
 * Fails with `input`, naming both.
 */
export function requireDistinctPaths(paths: readonly string[]): void {
  const known = new Map<string, Place>();
  for (const path of paths) {
    for (let end = path.indexOf('/'); end >= 0; end = path.indexOf('/', end + 1)) {
      register(known, { path: path.slice(0, end), isFile: false });
    }
    register(known, { path, isFile: true });
  }
}

interface Place {
  readonly path: string;
  readonly isFile: boolean;
}

function register(known: Map<string, Place>, place: Place): void {
  const key = folded(place.path);
  const other = known.get(key);
  if (!other) known.set(key, place);
  else if (other.path !== place.path) throw collision(other.path, place.path);
  else if (other.isFile || place.isFile) {
    const twice = other.isFile && place.isFile ? 'twice' : 'as a file and as a folder';
    throw new FailureError('input', `“${place.path}” is listed ${twice}.`);
  }
}

function collision(first: string, second: string): FailureError {
  const difference =
    first.normalize('NFC') === second.normalize('NFC')
      ? 'differ in the Unicode normalisation of their letters alone: they look the same'
      : 'differ in upper and lower case alone: Windows and macOS can’t hold both';
  return new FailureError('input', `${JSON.stringify(first)} and ${JSON.stringify(second)} ${difference}.`, {
    remedy: 'Rename one of them, or remove the one that isn’t needed.',
  });
}
