import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';

const folder = join(import.meta.dirname, '../../../docs/examples/churn');

/** The documents of the example workspace. */
export const examples: readonly string[] = readdirSync(folder)
  .filter((name) => /(?:^|\.)mlops\.ya?ml$/.test(name))
  .map((name) => readFileSync(join(folder, name), 'utf8'));

const step = (index: number): string => `  step_${index}:
    run: python step.py --in \${{ steps.step_${index - 1}.outputs.data.path }} --n ${index}
    # a comment
    env: &e${index} {A: "x\\n", B: *e0}
    script: |
      a: b
       c

      - d
    list:
    - 1
    - a:
        - x
    multi: foo
      bar
    q: "a
      b"
    flow: {a: 1,
      b: 2
    }
`;

const long = `apiVersion: mlops/v1
meta: &e0 x
kind: Pipeline
steps:
${[1, 2, 3, 4, 5].map(step).join('')}`;

/** Comments, anchors, block scalars, flow collections, CRLF, directives and several documents. */
export const texts: readonly string[] = [
  ...examples,
  examples.join('---\n'),
  long,
  long.replaceAll('\n', '\r\n'),
  `%YAML 1.2\n---\n${long}...\n---\nfoo\n--- |\n x\n  y\n--- {a: 1}\n---\n`,
];

/** Milliseconds that a property may take: its many examples take a second, and a busy machine is no failure. */
export const patient = 30_000;

const fragments = [
  ...['\n', '  ', ' ', '- ', ': ', '#', ' #', "'", '"', '{', '}', '[', ']', ',', '|', '>', '|-\n', '>\n', 'a', '\t'],
  ...['key: ', '1', '~', 'true', '\r\n', '\r', '&a ', '*a', '!t ', '?', '? ', '%', '-', '---\n', '...\n', ':', '\n\n'],
  ...['\n  ', '\n    ', 'x: y\n', '- a\n', 'é', '😀', '\uFEFF', 'null', '""', '[]', '{}', '<<: ', '  steps:\n', '${{'],
];

export interface RandomEdit {
  /** Where, as a share of the text's length. */
  readonly at: number;
  readonly removed: number;
  readonly inserted: string;
}

export const randomEdit: fc.Arbitrary<RandomEdit> = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  removed: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, fc.nat({ max: 4 }), fc.nat({ max: 60 })),
  inserted: fc.oneof({ weight: 6, arbitrary: fc.constantFrom(...fragments) }, fc.constant('')),
});

export const randomText: fc.Arbitrary<string> = fc.constantFrom(...texts);

export function edited(text: string, { at, removed, inserted }: RandomEdit) {
  const start = Math.min(text.length, Math.floor(at * (text.length + 1)));
  const oldEnd = Math.min(text.length, start + removed);
  return {
    text: text.slice(0, start) + inserted + text.slice(oldEnd),
    edit: { start, oldEnd, newEnd: start + inserted.length },
  };
}
