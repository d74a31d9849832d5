import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { checkSource } from '#server/language/diagnostics/check-source.ts';
import { codeActions } from '#server/language/features/code-actions.ts';
import { foldingRanges } from '#server/language/features/folding.ts';
import { format, type TextEdit } from '#server/language/features/format.ts';
import { durationInWords } from '#server/language/features/in-words.ts';
import { inlayHints } from '#server/language/features/inlay-hints.ts';
import { selectionRanges } from '#server/language/features/selection.ts';
import { semanticTokens } from '#server/language/features/semantic-tokens.ts';
import { checkMeaning } from '#server/language/meaning/check-meaning.ts';
import { parseSource } from '#server/language/syntax/source.ts';
import { edited, examples, patient, randomEdit, randomText } from './fixtures.ts';
import { marked, monitor, pipeline } from './marked.ts';

function applied(text: string, edits: readonly TextEdit[]): string {
  const lines = text.split('\n');
  const sorted = [...edits].sort(
    (a, b) => b.range.start.line - a.range.start.line || b.range.start.character - a.range.start.character,
  );
  for (const { range, text: inserted } of sorted) {
    const first = lines[range.start.line] ?? '';
    const last = lines[range.end.line] ?? '';
    lines.splice(
      range.start.line,
      range.end.line - range.start.line + 1,
      first.slice(0, range.start.character) + inserted + last.slice(range.end.character),
    );
  }
  return lines.join('\n');
}

const formatted = (text: string, indent = 2) => applied(text, format(parseSource(text), { indent }));

describe('folding', () => {
  it('folds documents, mappings, items and comments', () => {
    const text = 'a:\n  b:\n    c: 1\n  # one\n  # two\nd:\n- e: 1\n  f: 2\n- g: 3\n---\nh:\n  i: 1\n';
    expect(
      foldingRanges(parseSource(text))
        .map(({ startLine, endLine }) => `${startLine}-${endLine}`)
        .sort(),
    ).toEqual(['0-2', '1-2', '10-11', '3-4', '5-8', '6-7', '9-11']);
  });
});

describe('selection', () => {
  it('grows from the word over value, entry and step to the file', () => {
    const { index, uri, position, text } = marked(`${pipeline}steps:\n  a:\n    run: python tr‸ain.py\n`);
    const source = index.get(uri)?.symbols.source;
    const lines = text.split('\n');
    const ranges = source ? selectionRanges(source, position) : [];
    const texts = ranges.map(({ start, end }) =>
      start.line === end.line ? lines[start.line]?.slice(start.character, end.character) : `${start.line}-${end.line}`,
    );
    expect(texts.slice(0, 4)).toEqual(['train', 'python train.py', 'run: python train.py', '4-5']);
    expect(texts.at(-1)).toBe('0-6');
  });
});

describe('colours', () => {
  it('tell definitions, references and the parts of expressions apart', () => {
    const { index, uri, text } = marked(
      `${pipeline}params: {lr: {type: number}}\nsteps:\n  a:\n    needs: b\n    run: x \${{ round(params.lr, 2) > 'a' }}\n`,
    );
    const file = index.get(uri);
    const lines = text.split('\n');
    const shown = file
      ? semanticTokens(file).map(
          ({ line, character, length, type, declaration }) =>
            `${lines[line]?.slice(character, character + length)}:${type}${declaration ? '!' : ''}`,
        )
      : [];
    expect(shown).toEqual([
      'train:class!',
      'lr:parameter!',
      'a:function!',
      'b:function',
      'round:function',
      'params:namespace',
      'lr:property',
      '2:number',
      '>:operator',
      "'a':string",
    ]);
  });
});

describe('hints', () => {
  it('say schedules and long durations in words', () => {
    const { index, uri } = marked(
      `${monitor}schedule: "0 3 * * 1"\nalerts: [{when: drift.share > 1, channel: a, for: 90m, repeat: 4h}]\n`,
    );
    const file = index.get(uri);
    expect(file && inlayHints({ index, file }, { start: 0, end: 99 }).map(({ text }) => text)).toEqual([
      'At 03:00, only on Monday',
      '1 hour 30 minutes',
    ]);
  });

  it.each([
    ['90m', '1 hour 30 minutes'],
    ['3600s', '1 hour'],
    ['1h30m', null],
    ['30m', null],
    ['36h', '1 day 12 hours'],
  ])('%s is %s', (text, words) => {
    expect(durationInWords(text, 'timeout')).toBe(words);
  });
});

describe('fixes', () => {
  const fixes = (text: string, code: string) => {
    const { index, uri } = marked(text);
    const file = index.get(uri);
    if (!file) return [];
    const all = [...checkSource(file.symbols.source), ...checkMeaning(file, index)];
    return all
      .filter((each) => each.code === code)
      .flatMap((each) => codeActions(file, each))
      .map(({ title, edits }) => ({ title, text: applied(text, edits) }));
  };
  const check = (text: string) => {
    const { index, uri } = marked(text);
    const file = index.get(uri);
    return file ? [...checkSource(file.symbols.source), ...checkMeaning(file, index)].map(({ code }) => code) : [];
  };

  it('puts in what was meant', () => {
    const [fix] = fixes(`${pipeline}steps:\n  a:\n    run: x\n    tiemout: 5m\n`, 'schema-unknown-key');
    expect(fix?.title).toBe('Change to timeout');
    expect(check(fix?.text ?? '')).toEqual([]);
  });

  it('creates a step that is needed', () => {
    const fix = fixes(`${pipeline}steps:\n  train:\n    run: x\n    needs: [fetch]\n`, 'unknown-step').find(
      ({ title }) => title.startsWith('Create'),
    );
    expect(fix?.text).toBe(
      `${pipeline}steps:\n  fetch:\n    run: python fetch.py\n  train:\n    run: x\n    needs: [fetch]\n`,
    );
    expect(check(fix?.text ?? '')).toEqual([]);
  });

  it.each([
    ['at the end of the line', 'needs: [fetch]', 'needs: [fetch]  # mlops-ignore: unknown-step'],
    ['above a line with a comment', 'needs: [fetch] # why', '# mlops-ignore: unknown-step\n    needs: [fetch] # why'],
    [
      'behind another code',
      'needs: [fetch] # mlops-ignore: step-cycle',
      'needs: [fetch] # mlops-ignore: step-cycle, unknown-step',
    ],
  ])('ignores a diagnostic %s', (_, before, after) => {
    const fix = fixes(`${pipeline}steps:\n  train:\n    run: x\n    ${before}\n`, 'unknown-step').find(({ title }) =>
      title.startsWith('Ignore'),
    );
    expect(fix?.text).toBe(`${pipeline}steps:\n  train:\n    run: x\n    ${after}\n`);
    expect(check(fix?.text ?? '')).toEqual([]);
  });

  it('writes no comment into a block text', () => {
    const all = fixes(`${pipeline}steps:\n  train:\n    run: |\n      x \${{ params.y }}\n`, 'unknown-param');
    expect(all.filter(({ title }) => title.startsWith('Ignore'))).toEqual([]);
  });
});

describe('formatting', () => {
  it('indents evenly and keeps comments, quotes and block texts', () => {
    const text =
      '# top\na:\n    # about b\n    b: "x"   \n    c:\n        - d: 1\n          e: |\n              text\n                more\n        - [1,\n           2]\n    # last\nf: 1';
    expect(formatted(text)).toBe(
      '# top\na:\n  # about b\n  b: "x"\n  c:\n    - d: 1\n      e: |\n          text\n            more\n    - [1,\n       2]\n# last\nf: 1',
    );
  });

  it('does nothing to a file that can’t be read', () => {
    expect(format(parseSource('a:\n    b: [\n    c: 1\n'), { indent: 2 })).toEqual([]);
  });

  it('changes only the lines asked for', () => {
    const text = 'a:\n  b: 1  \n  c: 2  \n';
    expect(applied(text, format(parseSource(text), { indent: 2, lines: { start: 2, end: 2 } }))).toBe(
      'a:\n  b: 1  \n  c: 2\n',
    );
  });

  it.each(examples.map((text, index) => [index, text] as const))('leaves example %i as it is', (_, text) => {
    expect(format(parseSource(text), { indent: 2 })).toEqual([]);
  });

  it('does nothing to a file with an alias that has no anchor', () => {
    expect(format(parseSource('a: *e0\nb:\n    c: 1\n'), { indent: 2 })).toEqual([]);
  });

  it(
    'never changes what a text means',
    () => {
      const values = (text: string) =>
        JSON.stringify(
          parseAllDocuments(text, { logLevel: 'silent' }).map((each) => (each.errors.length > 0 ? null : each.toJS())),
        );
      fc.assert(
        fc.property(
          randomText,
          fc.array(randomEdit, { maxLength: 3 }),
          fc.constantFrom(1, 2, 4),
          (original, edits, indent) => {
            const text = edits.reduce((each, edit) => edited(each, edit).text, original);
            const after = formatted(text, indent);
            if (after !== text) expect(values(after)).toBe(values(text));
          },
        ),
        { numRuns: 40 },
      );
    },
    patient,
  );
});
