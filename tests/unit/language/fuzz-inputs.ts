import { texts } from './fixtures.ts';

/** The same numbers for the same seed (mulberry32). */
export function randomOf(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const head = 'apiVersion: mlops/v1\nkind: Pipeline\nmetadata: {name: x}\nparams: {lr: {default: 1}}\nsteps:\n';

const tokens = [
  ...['\n', '\r\n', '\r', '\t', ' ', '  ', '\n  ', '\n    ', '\0', '\u0007', '\u0085', '\u2028', '\uFEFF', '\uD83D'],
  ...['- ', ': ', ':', '? ', '#', ' #', ',', '[', ']', '{', '}', '&a ', '*a', '<<: *a\n', '!t ', '!!int ', '|', '>-\n'],
  ...["'", '"', '\\', '%TAG ! x\n', '---\n', '...\n', '--- ', '@', '`', '~', 'null', 'true', '1e9', '0x1', '.inf'],
  ...['${{', '}}', '${{ params.lr }}', '${{ steps.a.outputs.b[0] }}', '(', ')', '&&', '!', "'a'", 'é', '😀', '名前'],
  ...[
    'kind: Pipeline\n',
    'steps:\n',
    '  a:\n',
    '    run: x\n',
    '    needs: [a]\n',
    'outputs:\n',
    'mlops-ignore',
    'a: b: c',
  ],
];

const pick = <T>(random: () => number, list: readonly T[], fallback: T): T =>
  list[Math.floor(random() * list.length)] ?? fallback;

function mutated(random: () => number): string {
  let text = pick(random, texts, '');
  const from = Math.floor(random() * text.length);
  if (random() < 0.3) text = text.slice(from, from + 2000);
  for (let count = 1 + Math.floor(random() * 12); count > 0; count--) {
    const at = Math.floor(random() * (text.length + 1));
    const removed = random() < 0.5 ? 0 : Math.floor(random() ** 3 * 200);
    const other = pick(random, texts, '');
    const part = Math.floor(random() * other.length);
    const added = random() < 0.8 ? pick(random, tokens, '') : other.slice(part, part + Math.floor(random() * 200));
    text =
      text.slice(0, at) + added.repeat(random() < 0.1 ? 1 + Math.floor(random() * 60) : 1) + text.slice(at + removed);
  }
  return random() < 0.1 ? text.replaceAll('\n', '\r\n') : text;
}

function ofTokens(random: () => number): string {
  let text = random() < 0.5 ? head : '';
  for (let count = Math.floor(random() * 200); count > 0; count--) text += pick(random, tokens, '');
  return text;
}

function ofCharacters(random: () => number): string {
  const highest = pick(random, [128, 256, 0x3000, 0xffff], 128);
  const codes = Array.from({ length: Math.floor(random() * 600) }, () => Math.floor(random() * highest));
  return String.fromCharCode(...codes);
}

/** One piece of text over and over: what a parser's loops and calls are tried by. */
function repeated(random: () => number): string {
  const piece = pick(random, tokens, '') + (random() < 0.5 ? pick(random, tokens, '') : '');
  return (random() < 0.5 ? head : '') + piece.repeat(1 + Math.floor(random() * 400)) + pick(random, tokens, '');
}

const makers = [mutated, mutated, mutated, ofTokens, ofCharacters, repeated] as const;

/** The input of one number: always the same. */
export function fuzzInput(number: number): { readonly text: string; readonly random: () => number } {
  const random = randomOf(number);
  const make = makers[number % makers.length] ?? mutated;
  return { text: make(random), random };
}

const bomb = (entry: (index: number) => string) => Array.from({ length: 24 }, (_, index) => entry(index)).join('');
const nine = (text: string) => Array.from({ length: 9 }, () => text).join(', ');
const steps = (count: number, step: (index: number) => string) =>
  head + Array.from({ length: count }, (_, index) => step(index)).join('');

/** What is made to hold a service up, by what it is. */
export const monsters: Readonly<Record<string, () => string>> = {
  'an alias bomb': () => `a0: &a0 [x]\n${bomb((index) => `a${index + 1}: &a${index + 1} [${nine(`*a${index}`)}]\n`)}`,
  'an alias bomb of steps': () =>
    `${head}  s0: &s0 {run: x}\n${bomb((index) => `  s${index + 1}: &s${index + 1} {with: {a: *s${index}, b: *s${index}}}\n`)}`,
  'merges of merges': () =>
    `${head}  s0: &s0 {run: x}\n${bomb((index) => `  s${index + 1}: &s${index + 1} {<<: [${nine(`*s${index}`)}]}\n`)}`,
  'an alias of itself': () => `${head}  a: &a {run: *a, with: {x: *a}}\n`,
  'brackets in brackets': () => '{a: '.repeat(8000),
  'dashes behind dashes': () => `${'- '.repeat(20_000)}x`,
  'stairs of keys': () => Array.from({ length: 1200 }, (_, index) => `${' '.repeat(index)}a:\n`).join(''),
  'a line of 5 MB': () => `${head}  a: ${'x y '.repeat(1_250_000)}`,
  'a line of 4 MB': () => `${head}  a: ${'x y '.repeat(1_000_000)}`,
  'an open quote of 4 MB': () => `${head}  a: "${'x y '.repeat(1_000_000)}`,
  'colons on a line': () => `${head}  a: ${'x: '.repeat(80_000)}`,
  'a list of a million': () => `${head}  a: [${'1, '.repeat(1_000_000)}1]\n`,
  'an open list of a million': () => `${head}  a: [${'1, '.repeat(1_000_000)}`,
  'a mapping of unknown keys': () =>
    `${head}  a: {${Array.from({ length: 40_000 }, (_, index) => `k${index}: 1`).join(', ')}}\n`,
  'a million documents': () => '---\n'.repeat(1_000_000),
  'dashes alone': () => '- \n'.repeat(300_000),
  'control characters': () => '\0'.repeat(4_000_000),
  'tags before tags': () => '!a '.repeat(80_000),
  'brackets of an expression': () => `${head}  a:\n    run: \${{ ${'('.repeat(100_000)} }}\n`,
  'members of members': () => `${head}  a:\n    run: \${{ a${'.b'.repeat(100_000)} }}\n`,
  'open expressions': () => `${head}  a:\n    run: "${'${{ a '.repeat(30_000)}"\n`,
  'quotes of expressions': () => `${head}  a:\n    run: |\n      ${"${{ ' }} ".repeat(30_000)}\n`,
  'steps that wait for each other': () =>
    steps(
      2000,
      (index) => `  s${index}:\n    run: x\n    needs: [s${(index * 31 + 7) % 2000}, s${(index * 17) % 2000}]\n`,
    ),
  'steps that are nowhere': () => steps(2000, (index) => `  s${index}: {run: x, needs: [zz${index}]}\n`),
  'anchors by the thousand': () => steps(4000, (index) => `  s${index}: &a${index} {run: x}\n`),
  'keys behind values': () => head + '  a: b: c\n'.repeat(1500),
};
