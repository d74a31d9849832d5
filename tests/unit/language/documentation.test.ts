import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkSource } from '#server/language/diagnostics/check-source.ts';
import { type Diagnostic, diagnosticCodes, documentationUrl } from '#server/language/diagnostics/diagnostic.ts';
import { checkEcosystem } from '#server/language/ecosystem/check.ts';
import { checkMeaning } from '#server/language/meaning/check-meaning.ts';
import { WorkspaceIndex } from '#server/language/symbols/workspace-index.ts';
import { parseSource } from '#server/language/syntax/source.ts';

const folder = join(import.meta.dirname, '../../../docs/diagnostics');
const codes = Object.keys(diagnosticCodes) as (keyof typeof diagnosticCodes)[];

const heads: Readonly<Record<string, string>> = {
  'strategy:': 'kind: Deployment\nmetadata: {name: a}\nmodel: a@b\nenvironment: b\nserving: {image: a}\n',
  'autoscaling:': 'kind: Deployment\nmetadata: {name: a}\nmodel: a@b\nenvironment: b\nserving: {image: a}\n',
  'alerting:': 'kind: Workspace\nmetadata: {name: a}\n',
  'validation:': 'kind: Model\nmetadata: {name: a}\n',
  'params:': 'kind: Pipeline\nmetadata: {name: a}\n',
  'schedule:': 'kind: Pipeline\nmetadata: {name: a}\n',
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

/** What the pages about other files take for granted: a pipeline to use, and which file is not there. */
const other = parseSource(
  'apiVersion: mlops/v1\nkind: Pipeline\nmetadata: {name: b}\nparams: {metric: {type: string}}\nsteps: {c: {run: x}}\n',
);
const files = { exists: (uri: string) => !uri.endsWith('/tran.py') };
const models = {
  models: () => [{ name: 'churn', versions: ['1.2.0'], aliases: [{ name: 'champion', version: '1.2.0' }] }],
};

function foundInOurs(text: string): Diagnostic[] {
  const index = new WorkspaceIndex();
  index.setOpen('file:///ws/b.mlops.yaml', other);
  const source = parseSource(text);
  const file = index.setOpen('file:///ws/a.mlops.yaml', source);
  return [...checkSource(source), ...checkMeaning(file, index, { files, models })];
}

/** Other tools' files, which are known by their names where they say nothing of themselves. */
function foundElsewhere(text: string): readonly Diagnostic[] {
  const name = text.startsWith('stages:') ? 'dvc.yaml' : text.startsWith('apiVersion:') ? 'a.yaml' : 'MLproject';
  const options = { enabled: () => true, hasYamlExtension: false, around: { ...files, read: () => null } };
  return checkEcosystem(`file:///ws/${name}`, parseSource(text), options);
}

const codesOf = (diagnostics: readonly Diagnostic[]) => diagnostics.map(({ code }) => code);

describe('pages about diagnostics', () => {
  it('exist for every code and for nothing else', () => {
    expect(readdirSync(folder).sort()).toEqual(codes.map((code) => `${code}.md`).sort());
  });

  it.each(codes)('%s is linked to and headed by its code', (code) => {
    expect(documentationUrl(code)).toMatch(new RegExp(`/docs/diagnostics/${code}\\.md$`));
    const page = readFileSync(join(folder, `${code}.md`), 'utf8');
    expect(page).toMatch(new RegExp(`^# ${code}: `));
    expect(/^\*\*Severity\.\*\* (?:An? )?(\w+), unless/m.exec(page)?.[1]?.toLowerCase()).toBe(diagnosticCodes[code]);
  });

  it.each(codes.filter((code) => code !== 'file-unreadable' && !code.startsWith('python-')))(
    '%s shows what gives it, and what does not',
    (code) => {
      const example = examples(code);
      const found = code.startsWith('ecosystem-') ? foundElsewhere : foundInOurs;
      expect(codesOf(found(example?.wrong ?? ''))).toContain(code);
      const left = found(example?.right ?? '');
      expect(codesOf(left.filter(({ severity }) => severity !== 'hint'))).toEqual([]);
      expect(codesOf(left)).not.toContain(code);
    },
  );
});
