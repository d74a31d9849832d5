import fc from 'fast-check';
import { expect, it } from 'vitest';
import { positionAt } from '#server/language/features/locate.ts';
import { LanguageWorkspace } from '#server/language/language-workspace.ts';
import { edited, patient, type RandomEdit, randomEdit } from './fixtures.ts';

const folder = 'file:///ws/';

/** Small files of one workspace that look at each other: comments, anchors, texts, brackets, CRLF, several documents. */
const files: Readonly<Record<string, string>> = {
  'mlops.yaml':
    'apiVersion: mlops/v1\nkind: Workspace\nmetadata: {name: w}\nenvironments:\n  staging: {}\n  live: {stage: live} # on\n',
  'train.mlops.yaml': `apiVersion: mlops/v1
kind: Pipeline
metadata: {name: train}
params:
  lr: {type: number, default: 0.1}
steps:
  load: &load
    run: |
      python load.py \${{ params.lr }}

    outputs: {data: {type: dataset, path: a,
      columns: {x: int64}}}
  # uses another file
  fit:
    uses: ./part.mlops.yaml
    with: {rate: "\${{ params.lr }}", data: "\${{ steps.load.outputs.data }}"}
  last: {run: x, needs: [fit], env: *load}
---
apiVersion: mlops/v1
kind: Deployment
metadata: {name: d}
environment: staging
serving: {image: a/b:1}
`,
  'part.mlops.yaml':
    'apiVersion: mlops/v1\nkind: Pipeline\nmetadata: {name: part}\nparams: {rate: {type: number}}\ninputs:\n  data: {type: dataset}\nsteps:\n  a: {run: "x ${{ params.rate }}"}\n  b: {run: y, needs: [a]}\noutputs: {m: "${{ steps.a.outputs.x }}"}\n'.replaceAll(
      '\n',
      '\r\n',
    ),
  'model.mlops.yaml': 'apiVersion: mlops/v1\nkind: Model\nmetadata: {name: churn}\nstages: [{name: live}]\n',
};
const names = Object.keys(files);
const noFiles = { exists: () => undefined, revision: 0 };

interface Step {
  readonly name: string;
  readonly edit: RandomEdit;
}

const step: fc.Arbitrary<Step> = fc.record({ name: fc.constantFrom(...names), edit: randomEdit });

/** How many edits all runs together make: 100 × 100. */
const EDITS = 100;
const RUNS = 100;

/** All that the workspace knows, but for what moves in memory alone. */
function known(workspace: LanguageWorkspace): string {
  return JSON.stringify(
    names.map((name) => {
      const file = workspace.index.get(folder + name);
      return [
        file?.symbols.source.documents,
        file?.symbols.documents.map(({ kind, name: own, units, incomplete, unreadable }) => ({
          ...{ kind, own, incomplete, unreadable },
          units: units.map(({ name: unit, section, chunks, symbols: { view: _, ...symbols } }) => ({
            ...{ unit, section, symbols },
            places: chunks.map(({ offset }) => offset),
          })),
        })),
        file?.exports,
        workspace.diagnostics(folder + name),
      ];
    }),
    (_, value: unknown) => {
      if (value instanceof Map || value instanceof Set) return [...value];
      return typeof value === 'bigint' || (typeof value === 'number' && !Number.isFinite(value))
        ? String(value)
        : value;
    },
  );
}

function opened(texts: ReadonlyMap<string, string>): LanguageWorkspace {
  const workspace = new LanguageWorkspace(noFiles);
  for (const [name, text] of texts) workspace.open(folder + name, 1, text);
  return workspace;
}

it(
  'a workspace that follows edits knows what one knows that reads its files anew',
  () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: EDITS, maxLength: EDITS }), (steps) => {
        const texts = new Map(Object.entries(files));
        const workspace = opened(texts);
        for (const [count, { name, edit }] of steps.entries()) {
          // Files that were taken apart for long are no documents any more: the next edits begin with whole ones.
          const isFresh = count % 10 === 0;
          const before = texts.get(name) ?? '';
          const uri = folder + name;
          const next = isFresh ? { text: files[name] ?? '', edit: null } : edited(before, edit);
          const source = workspace.index.get(uri)?.symbols.source;
          if (!source) throw new Error(`${name} is not known.`);
          const range = next.edit && {
            start: positionAt(source, next.edit.start),
            end: positionAt(source, next.edit.oldEnd),
          };
          const text = next.edit ? next.text.slice(next.edit.start, next.edit.newEnd) : next.text;
          workspace.change(uri, count + 2, [range ? { range, text } : { text }]);
          texts.set(name, next.text);
          expect(workspace.index.get(uri)?.symbols.source.text).toBe(next.text);
          workspace.diagnostics(uri);
          if (count % 5 === 4) expect(known(workspace)).toBe(known(opened(texts)));
        }
      }),
      { numRuns: RUNS, seed: 40 },
    );
  },
  patient * 4,
);

it('an edit inside of one step leaves what is known of the others, and of other files, as it is', () => {
  const name = 'train.mlops.yaml';
  const step = (index: number) => `  s${index}:\n    run: x\n    outputs: {data: {type: dataset, path: a}}\n`;
  const text = `apiVersion: mlops/v1\nkind: Pipeline\nmetadata: {name: long}\nsteps:\n${Array.from({ length: 40 }, (_, index) => step(index)).join('')}`;
  const workspace = opened(new Map(Object.entries({ ...files, [name]: text })));
  const uri = folder + name;
  const others = names.map((each) => folder + each).filter((each) => each !== uri);
  const before = workspace.index.get(uri)?.symbols.documents[0]?.units ?? [];
  const surroundings = others.map((each) => workspace.surroundings(each));
  const at = { line: 4 + 3 * 20 + 1, character: 10 };
  workspace.change(uri, 2, [{ range: { start: at, end: at }, text: 'x' }]);
  const after = workspace.index.get(uri)?.symbols.documents[0]?.units ?? [];
  expect(after).toHaveLength(43);
  expect(after.filter((unit, index) => before[index]?.symbols !== unit.symbols).map((unit) => unit.name)).toEqual([
    's20',
  ]);
  expect(others.map((each) => workspace.surroundings(each))).toEqual(surroundings);
});

it('an edit of what a file hands on is news to the others, once', () => {
  const workspace = opened(new Map(Object.entries(files)));
  const uri = `${folder}part.mlops.yaml`;
  const { revision } = workspace.index;
  const at = { line: 3, character: 9 };
  workspace.change(uri, 2, [{ range: { start: at, end: at }, text: 'x' }]);
  expect(workspace.index.revision).toBe(revision + 1);
  expect(workspace.diagnostics(`${folder}train.mlops.yaml`).map(({ code }) => code)).toContain('unknown-argument');
});
