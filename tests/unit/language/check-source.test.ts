import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { mlopsDocument } from '#schemas/config/document.ts';
import { checkSource } from '#server/language/diagnostics/check-source.ts';
import { parseSource, updateSource } from '#server/language/syntax/source.ts';
import { edited, examples, patient, randomEdit, randomText } from './fixtures.ts';

const pipeline = 'apiVersion: mlops/v1\nkind: Pipeline\nmetadata: {name: train}\n';
const deployment =
  'apiVersion: mlops/v1\nkind: Deployment\nmetadata: {name: churn}\nmodel: churn@champion\nenvironment: production\nserving: {image: churn}\n';
const workspace = 'apiVersion: mlops/v1\nkind: Workspace\nmetadata: {name: churn}\n';

const found = (text: string) => checkSource(parseSource(text));

/** `code “marked text”` of every diagnostic; what spans lines is cut at the first. */
function marked(text: string): string[] {
  const lines = text.split('\n');
  return found(text).map(({ code, range }) => {
    const end = range.endLine === range.startLine ? range.endCharacter : undefined;
    return `${code} “${lines[range.startLine]?.slice(range.startCharacter, end)}”`;
  });
}

const step = (lines: string) => `${pipeline}steps:\n  a:\n${lines.replace(/^(?=.)/gm, '    ')}`;

describe('a mistake is told once, at what is to blame', () => {
  it.each([
    ['a misspelt key', step('run: x\ntiemout: 5m\n'), 'schema-unknown-key “tiemout”'],
    ['a misspelt key of the document', `${pipeline}stepz: {a: {run: x}}\n`, 'schema-unknown-key “stepz”'],
    ['a step without an action', step('timeout: 5m\n'), 'step-action “a”'],
    ['a step with two', step('run: x\nuses: ./y\n'), 'step-action “uses”'],
    ['a duration in words', step('run: x\ntimeout: 5 minutes\n'), 'schema-value “5 minutes”'],
    ['a quantity with a wrong unit', step('run: x\nresources: {memory: 4GB}\n'), 'schema-value “4GB”'],
    ['a schedule in words', `${pipeline}schedule: often\nsteps: {a: {run: x}}\n`, 'schema-value “often”'],
    ['yes for true', step('run: x\ncontinueOnError: yes\n'), 'schema-type “yes”'],
    ['no value', step('run:\n'), 'schema-type “run”'],
    ['a list for a mapping', `${pipeline}steps: [{run: x}]\n`, 'schema-type “[{run: x}]”'],
    ['a weight over 100', `${deployment}strategy: {canary: {steps: [{weight: 150}]}}\n`, 'schema-value “150”'],
    ['a text for a number', deployment.replace('churn}\n', 'churn}\nengine: kube\n'), 'schema-value “kube”'],
    [
      'a channel of no known type',
      `${workspace}alerting: {channels: [{name: a, type: slak}]}\n`,
      'schema-value “slak”',
    ],
    ['a kind that is none', 'apiVersion: mlops/v1\nkind: Pipelin\n', 'document-kind “Pipelin”'],
    ['no kind', 'apiVersion: mlops/v1\nmetadata: {name: x}\n', 'document-kind “apiVersion”'],
    ['a quote that is not closed', step('run: "x\n'), 'yaml-syntax “"x”'],
    ['a bracket that is not closed', step('run: x\nneeds: [b, c\n'), 'yaml-syntax “[b, c”'],
    ['an alias without anchor', `${pipeline}steps:\n  a: *nope\n`, 'yaml-unknown-alias “*nope”'],
    ['an expression that breaks off', step('run: x ${{ params. }}\n'), 'expression-syntax “.”'],
    ['an expression that is not closed', step('run: x ${{ params.a\n'), 'expression-syntax “${{ params.a”'],
    ['a NUL byte', step('run: "x\0y"\n'), 'yaml-syntax “\0”'],
    ['control characters in a comment', step('run: x # \x01\x02\n'), 'yaml-syntax “\x01\x02”'],
    ['no mapping at all', 'hello\n', 'schema-type “hello”'],
  ])('%s', (_, text, expected) => {
    expect(marked(text)).toEqual([expected]);
  });
});

describe('messages', () => {
  const message = (text: string) => found(text).map((each) => each.message);

  it('tell the same once a line, however often it stands there', () => {
    const brackets = found(step(`needs: ${'['.repeat(20_000)}\n`)).map(({ code, message }) => `${code} ${message}`);
    expect(brackets).toEqual([...new Set(brackets)]);
    expect(brackets.length).toBeLessThan(4);
    expect(message(step(`run: ${'"a" '.repeat(100)}\n`))).toEqual(['This can’t stand here. And 98 more on this line.']);
    expect(message(step('run: "\0" # \0\n'))).toEqual([expect.stringMatching(/U\+0000.*And 1 more on this line/)]);
  });

  it('propose what was probably meant, also as a replacement', () => {
    const [only] = found(step('run: x\ntiemout: 5m\n'));
    expect(only?.message).toContain('Did you mean `timeout`?');
    expect(only?.replacements).toEqual(['timeout']);
  });

  it('name the alternative that was chosen, not all of them', () => {
    expect(message(`${workspace}alerting: {channels: [{name: a, type: slack}]}\n`)).toEqual([
      'The key `webhook` is missing.',
    ]);
  });

  it('ask for the form that belongs there, not for quotes that would not help', () => {
    const [only] = message(step('run: x\ntimeout: 30\n'));
    expect(only).toMatch(/^Expected a duration such as 30s.* the number 30\.$/);
    expect(only).not.toContain('quotes');
  });

  it('name the space and the quotes that are missing', () => {
    expect(message(`${pipeline}steps:\n  a: run:x\n`).join()).toContain('a space after its colon');
    expect(message(step('run: echo a: b\n')).join()).toContain('needs quotes');
  });

  it('only warn of a tag that is not known', () => {
    expect(found(step('run: !env x\n')).map(({ code, severity }) => [code, severity])).toEqual([
      ['yaml-syntax', 'warning'],
    ]);
  });

  it('list what is allowed where nothing is close', () => {
    expect(message(`${deployment}engine: cloud\n`).join()).toContain('`kubernetes`, `argo-rollouts`');
  });
});

describe('one broken entry', () => {
  const many = Array.from({ length: 30 }, (_, index) => `  s${index}:\n    run: x\n`).join('');

  it.each([
    ['an open quote', '  broken:\n    run: "x\n'],
    ['an open bracket', '  broken:\n    run: x\n    needs: [a\n'],
    ['an open brace', '  broken: {run: x\n'],
    ['a key that is half typed', '  broken:\n    run: x\n    tim\n'],
    ['a tab', '  broken:\n\t  run: x\n'],
    ['a key without its colon', '  broken\n'],
  ])('leaves the others their diagnostics: %s', (_, broken) => {
    const text = `${pipeline}steps:\n${many}${broken}${many.replaceAll('s', 't')}  last:\n    runn: y\n`;
    const all = found(text);
    const brokenLines = text.slice(0, text.indexOf(broken)).split('\n').length - 1;
    const wrong = all.filter(({ code }) => code.startsWith('yaml-'));
    expect(all.map(({ code }) => code)).toContain('schema-unknown-key');
    expect(wrong.length).toBeGreaterThan(0);
    for (const { range } of wrong) {
      expect(range.startLine).toBeGreaterThanOrEqual(brokenLines);
      expect(range.endLine - range.startLine).toBeLessThanOrEqual(1);
    }
  });

  it('leaves the other documents theirs', () => {
    expect(marked(`${pipeline}steps: {a: {run: "x}}\n---\n${pipeline}stepz: {a: {run: x}}\n`)).toContain(
      'schema-unknown-key “stepz”',
    );
  });
});

describe('places', () => {
  it('count UTF-16 units and both kinds of line break', () => {
    const text = `${step('run: "😀" # 😀\nenv: {é: 😀, ok: 1}\ntiemout: 1\n').replaceAll('\n', '\r\n')}`;
    const [only] = found(text);
    expect(only?.range).toEqual({ startLine: 7, startCharacter: 4, endLine: 7, endCharacter: 11 });
  });

  it('are counted after a character outside of the basic plane on the same line', () => {
    const [only] = found(`${pipeline}steps: {a: {run: "😀", tiemout: 1}}\n`);
    expect(only?.range.startCharacter).toBe('steps: {a: {run: "😀", '.length);
  });

  it('of a second key in the same step point at the first', () => {
    const [only] = found(step('run: x\nrun: y\n'));
    expect(only?.related).toMatchObject([{ range: { startLine: 5, startCharacter: 4, endCharacter: 7 } }]);
  });

  it('of a second key point at the first', () => {
    const [only] = found(`${pipeline}steps: {a: {run: x}}\nseed: 1\nseed: 2\n`);
    expect(only).toMatchObject({ code: 'yaml-duplicate-key', range: { startLine: 5 } });
    expect(only?.related).toMatchObject([{ range: { startLine: 4, startCharacter: 0, endCharacter: 4 } }]);
  });
});

describe('the version of a model', () => {
  const models = (model: string) => marked(deployment.replace('churn@champion', model));
  it.each(['churn@1.2.0', 'churn@^1.2', 'churn@>=1.0 <2', '"churn@1 || >=3"', 'churn@${{ env.VERSION }}'])(
    'can be %s',
    (model) => expect(models(model)).toEqual([]),
  );
  it.each(['churn', 'my churn@1', 'churn@', '"churn@1 "'])('can’t be %s', (model) =>
    expect(models(model)).toEqual([`schema-value “${model}”`]),
  );
});

describe('comments that silence', () => {
  const wrong = 'run: x\ntiemout: 5m';

  it.each([
    ['on the line', step(`${wrong} # mlops-ignore: schema-unknown-key\n`)],
    ['on the line, for all codes', step(`${wrong} # mlops-ignore\n`)],
    ['on the line above', step('run: x\n# mlops-ignore: schema-type, schema-unknown-key\ntiemout: 5m\n')],
  ])('%s', (_, text) => {
    expect(found(text)).toEqual([]);
  });

  it('do so for their codes and their line alone', () => {
    expect(marked(step(`${wrong} # mlops-ignore: schema-type\n`))).toEqual(['schema-unknown-key “tiemout”']);
    expect(marked(step(`run: x # mlops-ignore\ntiemout: 5m\n`))).toEqual(['schema-unknown-key “tiemout”']);
  });
});

describe('secrets', () => {
  const hook = (webhook: string) => `${workspace}alerting: {channels: [{name: a, type: slack, webhook: ${webhook}}]}\n`;

  it('are warned of where they are written out', () => {
    const [only] = found(hook('"https://hooks.slack.com/services/T0/B0/abc"'));
    expect(only).toMatchObject({ code: 'secret-in-file', severity: 'warning' });
    expect(only?.message).toContain('${{ secrets.WEBHOOK }}');
  });

  it('are fine where they are named', () => {
    expect(found(hook('"${{ secrets.SLACK_WEBHOOK }}"'))).toEqual([]);
  });
});

describe('merge keys', () => {
  it('bring keys along', () => {
    const text = `${pipeline}env: &shared {A: x}\nsteps:\n  a: &a {run: x}\n  b:\n    <<: *a\n    env: *shared\n`;
    expect(found(text)).toEqual([]);
  });
});

/** A value of another shape at a random place of a document. */
function broken(value: unknown, pick: () => number): unknown {
  if (typeof value !== 'object' || value === null || pick() < 0.15) return replacement(pick());
  if (Array.isArray(value)) {
    const at = Math.floor(pick() * value.length);
    return value.map((item: unknown, index) => (index === at ? broken(item, pick) : item));
  }
  const names = Object.keys(value);
  const name = names[Math.floor(pick() * names.length)];
  const inner: [string, unknown][] = Object.entries(value);
  if (pick() < 0.15) return Object.fromEntries(inner.filter(([each]) => each !== name));
  if (pick() < 0.15) return Object.fromEntries([...inner, ['unheardOf', 1]]);
  return Object.fromEntries(inner.map(([each, one]) => [each, each === name ? broken(one, pick) : one]));
}

function replacement(at: number): unknown {
  return ['text', 12, -1, 2.5, true, ['text'], { key: 'text' }, '5m', '${{ params.a }}'][Math.floor(at * 9)];
}

describe('the checker', () => {
  it('finds nothing wrong with the example workspace', () => {
    for (const text of examples) expect(found(text)).toEqual([]);
  });

  it(
    'refuses whatever the schemas refuse',
    () => {
      fc.assert(
        fc.property(
          fc.constantFrom(...examples),
          fc.infiniteStream(fc.double({ min: 0, max: 0.999, noNaN: true })),
          (text, stream) => {
            const changed = broken(parse(text), () => stream.next().value ?? 0);
            const accepted = found(stringify(changed)).every(({ severity }) => severity !== 'error');
            if (accepted && !JSON.stringify(changed).includes('${{ params.a }}')) {
              expect(mlopsDocument.safeParse(changed).error?.issues ?? []).toEqual([]);
            }
          },
        ),
        { numRuns: 60, seed: 22 },
      );
    },
    patient,
  );

  it(
    'accepts whatever the schemas accept',
    () => {
      fc.assert(
        fc.property(
          fc.constantFrom(...examples),
          fc.infiniteStream(fc.double({ min: 0, max: 0.999, noNaN: true })),
          (text, stream) => {
            const changed = broken(parse(text), () => stream.next().value ?? 0);
            if (mlopsDocument.safeParse(changed).success) {
              expect(found(stringify(changed)).filter(({ severity }) => severity === 'error')).toEqual([]);
            }
          },
        ),
        { numRuns: 60, seed: 23 },
      );
    },
    patient,
  );

  it(
    'throws at nothing, and answers places that are in the text',
    () => {
      fc.assert(
        fc.property(fc.oneof(fc.string({ unit: 'binary' }), randomText), fc.array(randomEdit), (start, edits) => {
          const text = edits.reduce((current, edit) => edited(current, edit).text, start);
          const lines = text.split('\n');
          for (const { range } of found(text)) {
            expect(range.endLine).toBeLessThan(lines.length);
            expect(range.startCharacter).toBeLessThanOrEqual(lines[range.startLine]?.length ?? -1);
            expect(range.endCharacter).toBeLessThanOrEqual(lines[range.endLine]?.length ?? -1);
          }
        }),
        { numRuns: 25, seed: 24 },
      );
    },
    patient,
  );

  it(
    'finds the same after edits as when the text is read anew',
    () => {
      fc.assert(
        fc.property(randomText, fc.array(randomEdit, { minLength: 1, maxLength: 6 }), (start, edits) => {
          let text = start;
          let source = parseSource(text);
          for (const each of edits) {
            const next = edited(text, each);
            source = updateSource(source, next.text, next.edit);
            text = next.text;
            checkSource(source);
          }
          expect(checkSource(source)).toEqual(found(text));
        }),
        { numRuns: 15, seed: 25 },
      );
    },
    patient,
  );
});

it('says in words that a text is nested too deeply', () => {
  const messages = found(`${'- '.repeat(10_000)}x`).map(({ message }) => message);
  expect(messages).toContain('This is nested too deeply to be read.');
  expect(messages.join()).not.toMatch(/stack/i);
});

it('tells once of a letter at the margin that parts a long list of steps', () => {
  const step = (index: number) =>
    `  s${index}:\n    run: x\n    outputs:\n      data:\n        type: dataset\n        path: a\n`;
  const steps = Array.from({ length: 40 }, (_, index) => step(index)).join('');
  const text = `apiVersion: mlops/v1\nkind: Pipeline\nmetadata: {name: a}\nsteps:\n${steps}`;
  const at = text.indexOf('      data:', text.indexOf('s20:'));
  const codes = found(`${text.slice(0, at)}x${text.slice(at)}`).map(({ code }) => code);
  expect(codes).toContain('schema-unknown-key');
  expect(codes.filter((code) => code === 'yaml-indentation').length).toBeLessThan(2);
});
