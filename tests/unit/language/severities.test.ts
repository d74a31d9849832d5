import { describe, expect, it } from 'vitest';
import { severitiesFor, withSeverities } from '#server/language/diagnostics/severities.ts';
import { LanguageWorkspace } from '#server/language/language-workspace.ts';
import { diagnosticsOf } from './actions/applied.ts';
import { marked, pipeline, uriOf, workspace } from './marked.ts';

const unused = `${pipeline}params: {lr: {type: number}}\nsteps: {a: {run: x, tiemout: 5m}}\n`;
const severity = (text: string) => `${workspace}diagnostics: {severity: ${text}}\n`;

function told(files: Readonly<Record<string, string>>, path = 'train.mlops.yaml', settings = new Map()): string[] {
  const { index } = marked(files);
  const uri = uriOf(path);
  return withSeverities(diagnosticsOf({ index, uri }), severitiesFor(uri, index, settings)).map(
    (each) => `${each.severity} ${each.code}`,
  );
}

describe('severities', () => {
  it('are those of the codes where nobody says otherwise', () => {
    expect(told({ 'train.mlops.yaml': unused })).toEqual(['error schema-unknown-key', 'hint unused-param']);
  });

  it('are taken from the Workspace document, the nearest one first, by code', () => {
    const files = {
      'mlops.yaml': severity('{unused-param: error, schema-unknown-key: information}'),
      'sub/mlops.yaml': severity('{unused-param: off}'),
      'other/mlops.yaml': severity('{schema-unknown-key: off}'),
      'sub/train.mlops.yaml': unused,
      'train.mlops.yaml': unused,
    };
    expect(told(files)).toEqual(['information schema-unknown-key', 'error unused-param']);
    expect(told(files, 'sub/train.mlops.yaml')).toEqual(['information schema-unknown-key']);
  });

  it('are those of the settings before all others', () => {
    const files = { 'mlops.yaml': severity('{unused-param: error}'), 'train.mlops.yaml': unused };
    expect(told(files, 'train.mlops.yaml', new Map([['unused-param', 'warning']]))).toEqual([
      'error schema-unknown-key',
      'warning unused-param',
    ]);
  });

  it.each([
    ['warning', ['warning schema-unknown-key', 'hint unused-param']],
    ['hint', ['hint schema-unknown-key', 'hint unused-param']],
    ['off', []],
  ])('are at most what * says: %s', (most, expected) => {
    expect(told({ 'mlops.yaml': severity(`{"*": ${most}}`), 'train.mlops.yaml': unused })).toEqual(expected);
  });

  it('of one code count more than *', () => {
    const files = { 'mlops.yaml': severity('{"*": off, unused-param: warning}'), 'train.mlops.yaml': unused };
    expect(told(files)).toEqual(['warning unused-param']);
  });

  it('of a code that there is not are a problem where they stand', () => {
    const text = severity('{unused-parm: off, "*": hint}');
    const workspaceFile = marked({ 'mlops.yaml': text });
    const [problem] = diagnosticsOf(workspaceFile);
    expect(problem).toMatchObject({ code: 'unknown-diagnostic', severity: 'warning', replacements: ['unused-param'] });
    const { range } = problem ?? { range: { startLine: 0, startCharacter: 0, endCharacter: 0 } };
    expect(text.split('\n')[range.startLine]?.slice(range.startCharacter, range.endCharacter)).toBe('unused-parm');
  });

  it('count for open documents, and are looked at again when they change', () => {
    const language = new LanguageWorkspace({ exists: () => undefined, revision: 0 });
    const uri = uriOf('train.mlops.yaml');
    const codes = () => language.diagnostics(uri).map(({ code }) => code);
    language.open(uri, 1, unused);
    expect(codes()).toEqual(['unused-param', 'schema-unknown-key']);
    const before = language.surroundings(uri);
    language.open(uriOf('mlops.yaml'), 1, severity('{unused-param: off}'));
    expect(codes()).toEqual(['schema-unknown-key']);
    const between = language.surroundings(uri);
    expect(between).not.toBe(before);
    language.setSeverities(new Map([['unused-param', 'error']]));
    expect(codes()).toEqual(['unused-param', 'schema-unknown-key']);
    expect(language.surroundings(uri)).not.toBe(between);
    language.open(uriOf('mlops.yaml'), 2, severity('{unused-param: off, step-cycle: hint}'));
    expect(language.surroundings(uri)).not.toBe(between);
  });
});
