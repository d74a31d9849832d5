import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseRunSearch } from '#server/experiments/search/parse.ts';
import { checkSource } from '#server/language/diagnostics/check-source.ts';
import { parseSource } from '#server/language/syntax/source.ts';

const root = join(import.meta.dirname, '../../..');
const pages = ['README.md', ...globSync('docs/guide/*.md', { cwd: root })];

interface Snippet {
  readonly page: string;
  readonly language: string;
  readonly text: string;
}

function snippets(language: string): Snippet[] {
  return pages.flatMap((page) =>
    [...readFileSync(join(root, page), 'utf8').matchAll(/^```(\w+)\n([\s\S]*?)^```/gm)]
      .map((found) => ({ page, language: found[1] ?? '', text: found[2] ?? '' }))
      .filter((snippet) => snippet.language === language),
  );
}

describe('YAML in the guide', () => {
  const documents = snippets('yaml').filter(({ text }) => /^kind:/m.test(text));

  test('is there', () => {
    expect(documents.length).toBeGreaterThan(1);
  });

  test.each(documents)('has no diagnostics: $page', ({ text }) => {
    const unfinished = new Set(['schema-missing-key']);
    const found = checkSource(parseSource(text)).filter(({ code }) => !unfinished.has(code));
    expect(found).toEqual([]);
  });
});

test('filters in the guide are understood', () => {
  const filters = snippets('text')
    .filter(({ page }) => page.endsWith('experiments.md'))
    .flatMap(({ text }) => text.trim().split('\n'));
  expect(filters.length).toBeGreaterThan(3);
  for (const filter of filters) {
    expect(() => parseRunSearch({ filter, orderBy: [], experimentIds: [], view: 'active' }), filter).not.toThrow();
  }
});
