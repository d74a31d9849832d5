import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { addTracking, newWorkspaceYaml, trackingNames } from '#client/features/connections/tracking-yaml.ts';

const entry = { name: 'team', uri: 'https://mlflow.example' };

describe('adding a connection to mlops.yaml', () => {
  it('puts it behind the others and leaves every other character alone', () => {
    const text = [
      '# who reads this?',
      'apiVersion: mlops/v1',
      'kind: Workspace',
      'metadata: {name: churn}   # flow',
      'tracking:',
      '  # the store beside the code',
      '  - {name: local, backend: mlflow, uri: sqlite:///mlflow.db}',
      '# models',
      'registry: {backend: sqlite}',
      '---',
      'kind: Pipeline',
      '',
    ];
    const added = ['  - name: team', '    backend: mlflow', '    uri: "https://mlflow.example"'];
    expect(addTracking(text.join('\n'), entry, 'ws')).toBe(
      [...text.slice(0, 7), ...added, ...text.slice(7)].join('\n'),
    );
  });

  it.each([
    ['no indentation', 'kind: Workspace\ntracking:\n- name: local\n  uri: x\n'],
    ['no end of line', 'kind: Workspace\ntracking:\n  - name: local\n    uri: x'],
    ['CRLF', 'kind: Workspace\r\ntracking:\r\n  - name: local\r\n    uri: x\r\n'],
    ['a list in flow', 'kind: Workspace\ntracking: [{name: local, uri: x}]\n'],
    ['a mapping in flow', '{kind: Workspace, tracking: [{name: local, uri: x}]}\n'],
    ['a comment at the end', 'kind: Workspace\ntracking:\n  - name: local\n    uri: x # here\n# the end\n'],
    ['a block scalar at the end', 'kind: Workspace\ntracking:\n  - name: local\n    uri: x\nabout: |\n  text\n'],
    [
      'another document first',
      'kind: Pipeline\n---\nkind: Workspace\ntracking:\n  - name: local\n    uri: x\n---\nkind: Model\n',
    ],
  ])('copes with %s', (_, text) => {
    const before = parseAllDocuments(text).map((document) => document.toJS());
    const after = addTracking(text, entry, 'ws');
    expect(trackingNames(after)).toEqual(['local', 'team']);
    expect(parseAllDocuments(after).map((document) => ({ ...document.toJS(), tracking: null }))).toEqual(
      before.map((document) => ({ ...document, tracking: null })),
    );
    for (const comment of text.match(/#.*/g) ?? []) expect(after).toContain(comment);
  });

  it.each([
    ['none', 'kind: Workspace\nmetadata:\n  name: x\n'],
    ['an empty one', 'kind: Workspace\ntracking:\nmetadata:\n  name: x\n'],
    ['an empty list', 'kind: Workspace\ntracking: []\n'],
  ])('makes a list where there is %s', (_, text) => {
    expect(trackingNames(addTracking(text, entry, 'ws'))).toEqual(['team']);
  });

  it('adds a Workspace where the file has none', () => {
    expect(addTracking('', entry, 'ws')).toBe(newWorkspaceYaml('ws', entry));
    const text = addTracking('kind: Pipeline\n', entry, 'ws');
    expect(text.startsWith('kind: Pipeline\n---\n')).toBe(true);
    expect(trackingNames(text)).toEqual(['team']);
  });

  it('refuses what is not YAML', () => {
    expect(() => addTracking('kind: [Workspace\n', entry, 'ws')).toThrow(SyntaxError);
  });

  it('reads back whatever was added', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ name: fc.string({ minLength: 1 }), uri: fc.string() }), { minLength: 1, maxLength: 4 }),
        (entries) => {
          const text = entries.reduce((before, one) => addTracking(before, one, 'ws'), '');
          const [document] = parseAllDocuments(text);
          expect(document?.toJS()).toMatchObject({ tracking: entries });
        },
      ),
      { numRuns: 30 },
    );
  });
});
