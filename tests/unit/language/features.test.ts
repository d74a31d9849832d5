import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { kinds } from '#schemas/config/document.ts';
import { checkSource } from '#server/language/diagnostics/check-source.ts';
import { type Completion, complete } from '#server/language/features/complete.ts';
import { hover } from '#server/language/features/hover.ts';
import { type OutlineSymbol, outline } from '#server/language/features/symbols.ts';
import { parseSource } from '#server/language/syntax/source.ts';
import { edited, examples, patient, randomEdit, randomText } from './fixtures.ts';

const pipeline = 'apiVersion: mlops/v1\nkind: Pipeline\nmetadata: {name: train}\n';
const workspace = 'apiVersion: mlops/v1\nkind: Workspace\nmetadata: {name: churn}\n';

/** A text with `‸` where the cursor is. */
function at(marked: string) {
  const offset = marked.indexOf('‸');
  const text = marked.replace('‸', '');
  const before = marked.slice(0, offset).split('\n');
  return {
    source: parseSource(text),
    text,
    position: { line: before.length - 1, character: before.at(-1)?.length ?? 0 },
  };
}

function offered(marked: string): Completion[] {
  const { source, position } = at(marked);
  return complete(source, position).sort((a, b) => (a.sort < b.sort ? -1 : 1));
}

const labels = (marked: string) => offered(marked).map(({ label }) => label);

/** The text after an item is taken, with each placeholder of the snippet at its first choice. */
function taken(marked: string, label: string): string {
  const item = offered(marked).find((each) => each.label === label);
  if (!item) throw new Error(`${label} is not offered, but ${labels(marked).join(', ')}.`);
  const { text } = at(marked);
  const lines = text.split('\n');
  const line = lines[item.replace.line] ?? '';
  const inserted = item.text
    .replace(/\$\{\d+\|((?:[^,|\\]|\\.)*)[^}]*\|\}/g, '$1')
    .replace(/\$\{\d+:((?:[^}\\]|\\.)*)\}/g, '$1')
    .replace(/(?<!\\)\$\d+/g, '')
    .replace(/\\([\\$}|,])/g, '$1');
  lines[item.replace.line] = line.slice(0, item.replace.start) + inserted + line.slice(item.replace.end);
  return lines.join('\n');
}

describe('completion of keys', () => {
  it('offers what is missing, required ones first', () => {
    const list = labels(`${workspace}alerting:\n  channels:\n    - name: a\n      type: slack\n      ‸\n`);
    expect(list[0]).toBe('webhook');
    expect(list).toContain('channel');
    expect(list).not.toContain('name');
    expect(list).not.toContain('host');
  });

  it.each([
    ['a step, by the indentation of an empty line', `${pipeline}steps:\n  a:\n    run: x\n    ‸\n`, 'timeout'],
    ['the document', `${pipeline}steps:\n  a:\n    run: x\n‸\n`, 'schedule'],
    ['a half-typed word', `${pipeline}steps:\n  a:\n    run: x\n    tim‸\n`, 'timeout'],
    ['an item of a list', `${workspace}tracking:\n  - ‸\n`, 'uri'],
    ['a mapping in braces', `${pipeline}steps: {a: {run: x, ‸}}\n`, 'timeout'],
    ['a mapping in braces that is not closed', `${pipeline}steps:\n  a: {run: x, ‸\n  b: {run: y}\n`, 'timeout'],
  ])('works in %s', (_, marked, label) => {
    expect(labels(marked)).toContain(label);
  });

  it('replaces the whole word around the cursor', () => {
    expect(taken(`${pipeline}steps:\n  a:\n    run: x\n    tim‸eo\n`, 'timeout')).toMatch(/\n {4}timeout:[^\n]*\n$/);
  });

  it('keeps the value of a key that is changed', () => {
    expect(taken(`${pipeline}steps:\n  a:\n    run: x\n    tim‸: 5m\n`, 'timeout')).toContain('\n    timeout: 5m\n');
  });

  it('offers no key inside of a block text or a comment', () => {
    expect(offered(`${pipeline}steps:\n  a:\n    run: |\n      ‸\n`)).toEqual([]);
    expect(offered(`${pipeline}# ‸\n`)).toEqual([]);
  });

  it('indents what it inserts, in a list too', () => {
    const text = taken(`${workspace}alerting:\n  channels:\n    - name: a\n      ‸\n`, 'type');
    expect(text).toMatch(/\n {6}type: \S/);
  });
});

describe('completion of entries with a name of the author’s own', () => {
  it('begins a step below another, on the first line of a mapping, and in `finally`', () => {
    for (const marked of [
      `${pipeline}steps:\n  a:\n    run: x\n  ‸\n`,
      `${pipeline}steps:\n  ‸\n`,
      `${pipeline}steps:\n  a:\n    run: x\nfinally:\n  ‸\n`,
    ]) {
      const text = taken(marked, 'step');
      expect(text).toMatch(/\n {2}name:\n {4}run: python/);
      expect(checkSource(parseSource(text))).toEqual([]);
    }
  });

  it.each([
    ['param', `${pipeline}params:\n  ‸\nsteps:\n  a:\n    run: x\n`],
    ['environment', `${workspace}environments:\n  ‸\n`],
    ['output', `${pipeline}steps:\n  a:\n    run: x\n    outputs:\n      ‸\n`],
  ])('begins one where it belongs: %s', (label, marked) => {
    const indent = /( *)‸/.exec(marked)?.[1] ?? '';
    expect(taken(marked, label)).toMatch(new RegExp(`\\n${indent}name:\\n${indent} {2}`));
  });

  it('offers none among the keys of a mapping that has its own', () => {
    expect(labels(`${pipeline}steps:\n  a:\n    run: x\n    ‸\n`)).not.toContain('step');
  });
});

describe('completion of values', () => {
  it.each([
    ['an enumeration', `${pipeline}engine: ‸\n`, 'kubeflow'],
    ['a boolean', `${pipeline}steps:\n  a:\n    run: x\n    continueOnError: ‸\n`, 'true'],
    ['the types of channels', `${workspace}alerting:\n  channels:\n    - name: a\n      type: ‸\n`, 'alertmanager'],
    ['a half-typed value', `${pipeline}engine: kub‸\n`, 'kubernetes'],
    ['braces', `${workspace}storage: {type: ‸}\n`, 's3'],
    ['a kind', 'apiVersion: mlops/v1\nkind: ‸\n', 'Deployment'],
  ])('knows those of %s', (_, marked, label) => {
    expect(labels(marked)).toContain(label);
  });

  it('puts a space behind the colon', () => {
    expect(taken(`${pipeline}engine:‸\n`, 'argo')).toBe(`${pipeline}engine: argo\n`);
  });

  it('replaces the value that is there', () => {
    expect(taken(`${pipeline}engine: lo‸cal\n`, 'argo')).toBe(`${pipeline}engine: argo\n`);
  });
});

describe('whole documents', () => {
  it.each(kinds)('%s can be begun in an empty file, and has no mistakes', (kind) => {
    const text = taken('‸', kind);
    expect(text).toContain(`kind: ${kind}`);
    expect(checkSource(parseSource(text)).map(({ code, message }) => `${code} ${message}`)).toEqual([]);
  });

  it('can be begun after another one', () => {
    expect(labels(`${pipeline}steps: {a: {run: x}}\n---\n‸`)).toEqual(expect.arrayContaining([...kinds]));
  });
});

describe('bad YAML above', () => {
  const broken: readonly (readonly [string, string])[] = [
    ['an open double quote', '  z:\n    run: "x\n'],
    ['an open single quote', "  z:\n    run: 'x\n"],
    ['an open bracket', '  z:\n    run: x\n    needs: [a, b\n'],
    ['an open brace', '  z: {run: x\n'],
    ['a tab', '\tz:\n'],
    ['a line out of place', '  z:\n    run: x\n   timeout: 5m\n'],
    ['a half-typed key', '  z:\n    run: x\n    tim\n'],
    ['a key without a value', '  z:\n    run:\n'],
    ['a lone dash', '  z:\n    run: x\n  -\n'],
    ['an unknown alias', '  z: *nope\n'],
    ['a duplicate', '  z: {run: x}\n  z: {run: y}\n'],
    ['a key without its colon', '  z\n'],
  ];

  it.each(broken)('leaves completion of keys and values: %s', (_, lines) => {
    expect(labels(`${pipeline}steps:\n${lines}  a:\n    run: x\n    ‸\n`)).toContain('timeout');
    expect(labels(`${pipeline}steps:\n${lines}  a:\n    run: x\n    shell: ‸\n`)).toContain('bash');
  });

  it.each(broken)('leaves hover: %s', (_, lines) => {
    const { source, position } = at(`${pipeline}steps:\n${lines}  a:\n    run: x\n    time‸out: 5m\n`);
    expect(hover(source, position)?.text).toContain('timeout');
  });
});

describe('hover', () => {
  it('tells what a key means, its type and an example', () => {
    const { source, position } = at(`${pipeline}engi‸ne: local\n`);
    const found = hover(source, position);
    expect(found?.text).toMatch(/engine/);
    expect(found?.text).toMatch(/`local`/);
    expect(found?.text).toMatch(/kubeflow/);
    expect([found?.start, found?.end]).toEqual([
      { line: 3, character: 0 },
      { line: 3, character: 6 },
    ]);
  });

  it('has the words of the alternative that the other keys chose', () => {
    const { source, position } = at(`${workspace}storage: {type: s3, buck‸et: models}\n`);
    expect(hover(source, position)?.text).toContain('bucket');
  });

  it('says nothing where there is nothing to say', () => {
    const { source, position } = at(`${pipeline}\n‸\n`);
    expect(hover(source, position)).toBeNull();
  });
});

describe('the outline', () => {
  it('has documents, keys and steps under their names', () => {
    const symbols = outline(parseSource(`${pipeline}steps:\n  a: {run: x}\n  b:\n    run: y\n---\n${workspace}`));
    expect(symbols.map(({ name, detail }) => [name, detail])).toEqual([
      ['train', 'Pipeline'],
      ['churn', 'Workspace'],
    ]);
    const steps = symbols[0]?.children.find(({ name }) => name === 'steps');
    expect(steps?.children.map(({ name, kind }) => [name, kind])).toEqual([
      ['a', 'step'],
      ['b', 'step'],
    ]);
  });

  it('has names inside of their ranges, and children inside of their parents', () => {
    for (const text of examples) for (const symbol of outline(parseSource(text))) expect(misplaced(symbol)).toEqual([]);
  });
});

interface Point {
  readonly line: number;
  readonly character: number;
}

const isBefore = (a: Point, b: Point) => a.line < b.line || (a.line === b.line && a.character <= b.character);

function misplaced(symbol: OutlineSymbol): string[] {
  const own = isBefore(symbol.start, symbol.nameStart) && isBefore(symbol.nameEnd, symbol.end) ? [] : [symbol.name];
  const children = symbol.children.filter(
    (child) => !isBefore(symbol.start, child.start) || !isBefore(child.end, symbol.end),
  );
  return [...own, ...children.map(({ name }) => `${symbol.name}/${name}`), ...symbol.children.flatMap(misplaced)];
}

describe('every feature', () => {
  it(
    'answers at any cursor of any text',
    () => {
      fc.assert(
        fc.property(
          fc.oneof(fc.string({ unit: 'binary' }), randomText),
          fc.array(randomEdit, { maxLength: 4 }),
          fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 6 }),
          (start, edits, cursors) => {
            const text = edits.reduce((current, edit) => edited(current, edit).text, start);
            const source = parseSource(text);
            for (const symbol of outline(source)) expect(misplaced(symbol)).toEqual([]);
            for (const cursor of cursors) {
              const before = text.slice(0, Math.floor(cursor * (text.length + 1))).split('\n');
              const position = { line: before.length - 1, character: before.at(-1)?.length ?? 0 };
              hover(source, position);
              for (const { replace } of complete(source, position)) {
                expect(replace.line).toBe(position.line);
                expect(replace.start).toBeLessThanOrEqual(position.character);
                expect(replace.end).toBeGreaterThanOrEqual(position.character);
              }
            }
          },
        ),
        { numRuns: 20, seed: 26 },
      );
    },
    patient,
  );
});
