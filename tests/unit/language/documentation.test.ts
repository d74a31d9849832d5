import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkSource } from '#server/language/diagnostics/check-source.ts';
import { diagnosticCodes, documentationUrl } from '#server/language/diagnostics/diagnostic.ts';
import { parseSource } from '#server/language/syntax/source.ts';

const folder = join(import.meta.dirname, '../../../docs/diagnostics');
const codes = Object.keys(diagnosticCodes) as (keyof typeof diagnosticCodes)[];

const heads: Readonly<Record<string, string>> = {
  'strategy:': 'kind: Deployment\nmetadata: {name: a}\nmodel: a@b\nenvironment: b\nserving: {image: a}\n',
  'autoscaling:': 'kind: Deployment\nmetadata: {name: a}\nmodel: a@b\nenvironment: b\nserving: {image: a}\n',
  'alerting:': 'kind: Workspace\nmetadata: {name: a}\n',
  'validation:': 'kind: Model\nmetadata: {name: a}\n',
  'steps:': 'kind: Pipeline\nmetadata: {name: a}\n',
  'env:': 'kind: Pipeline\nmetadata: {name: a}\n',
};

/** The examples of a page, as whole documents. */
function examples(code: string): { wrong: string; right: string } | null {
  const blocks = [
    ...readFileSync(join(folder, `${code}.md`), 'utf8').matchAll(/```yaml\n# (wrong|right)\n([^`]*)```/g),
  ];
  const [wrong, right] = ['wrong', 'right'].map((which) => blocks.find(([, kind]) => kind === which)?.[2]);
  if (wrong === undefined || right === undefined) return null;
  return { wrong: whole(wrong), right: whole(right) };
}

function whole(example: string): string {
  const head = heads[example.slice(0, example.indexOf(':') + 1)];
  return head === undefined ? example : `apiVersion: mlops/v1\n${head}${example}`;
}

const found = (text: string) => checkSource(parseSource(text)).map(({ code }) => code);

describe('pages about diagnostics', () => {
  it('exist for every code and for nothing else', () => {
    expect(readdirSync(folder).sort()).toEqual(codes.map((code) => `${code}.md`).sort());
  });

  it.each(codes)('%s is linked to and headed by its code', (code) => {
    expect(documentationUrl(code)).toMatch(new RegExp(`/docs/diagnostics/${code}\\.md$`));
    expect(readFileSync(join(folder, `${code}.md`), 'utf8')).toMatch(new RegExp(`^# ${code}: `));
  });

  it.each(codes.filter((code) => code !== 'file-unreadable'))('%s shows what gives it, and what does not', (code) => {
    const example = examples(code);
    expect(found(example?.wrong ?? '')).toContain(code);
    expect(found(example?.right ?? '')).toEqual([]);
  });
});
