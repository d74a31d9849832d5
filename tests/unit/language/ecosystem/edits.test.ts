import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { opened, workflow } from './workspace.ts';

const texts: Readonly<Record<string, string>> = {
  'a.yaml': workflow(
    'entrypoint: main\ntemplates:\n  - name: main\n    dag:\n      tasks:\n        - {name: a, template: t}\n        - {name: b, template: t, depends: a}\n  - name: t\n    inputs: {parameters: [{name: x, default: 1}]}\n    script:\n      image: b\n      source: |\n        echo {{inputs.parameters.x}}\n',
  ),
  MLproject: 'conda_env: c.yaml\nentry_points:\n  main:\n    parameters: {a: float}\n    command: "x {a}"\n',
  'dvc.yaml':
    'vars: [{a: &x {b: 1}}]\nstages:\n  s:\n    foreach: [1]\n    do: {cmd: "x ${a.b} ${item}", outs: [o: {cache: false}]}\n',
  'conda.yaml': 'name: a\ndependencies:\n  - pip\n  - pip: [-r a.txt]\n',
};

describe('edits of other tools’ files', () => {
  it('end in what a fresh look at the text finds, whatever they are, and never in a failure', () => {
    const piece = fc.constantFrom(
      ' ',
      '\n',
      '- ',
      'a: ',
      '{',
      '}',
      '[',
      '${',
      '{{x}}',
      '"',
      '&a ',
      '*a',
      '<<: *a',
      '|',
      ': ',
      '#',
    );
    fc.assert(
      fc.property(
        fc.constantFrom(...Object.keys(texts)),
        fc.array(fc.tuple(fc.nat(12), fc.nat(40), fc.nat(6), piece), { minLength: 1, maxLength: 4 }),
        (name, edits) => {
          const { documents, uri } = opened({ [name]: texts[name] ?? '' });
          let version = 1;
          let text = texts[name] ?? '';
          for (const [atLine, character, length, inserted] of edits) {
            const lines = text.split('\n');
            const line = atLine % lines.length;
            const own = lines[line] ?? '';
            const start = Math.min(character, own.length);
            const end = Math.min(start + length, own.length);
            lines[line] = own.slice(0, start) + inserted + own.slice(end);
            text = lines.join('\n');
            const range = { start: { line, character: start }, end: { line, character: end } };
            documents.change(uri, ++version, [{ range, text: inserted }]);
            documents.complete(uri, { line, character: start });
            documents.hover(uri, { line, character: start });
            documents.definition(uri, { line, character: start });
            documents.links(uri);
            documents.outline(uri);
          }
          expect(documents.diagnostics(uri)).toEqual(opened({ [name]: text }).documents.diagnostics(uri));
        },
      ),
      { numRuns: 60 },
    );
  });
});
