import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Ajv from 'ajv';
import { expect, it, onTestFinished } from 'vitest';
import { runMlops } from './run-mlops.ts';

/** Findings of every severity, with related places, in a name and a text that need escapes. */
const files: Readonly<Record<string, string>> = {
  'a "ü" 𝒳.mlops.yaml': `apiVersion: mlops/v1
kind: Pipeline
metadata: {name: ü𝒳}
params:
  unused: {type: number, default: 1}
steps:
  prepare:
    run: echo
    outputs: {train: {type: dataset, path: t.csv, columns: {age: int64}}}
  train:
    run: echo \${{ steps.prepare.outputs.trian }} \${{ params. }}
    needs: [prepare, prepaer]
    inputs: {data: {type: model, value: "\${{ steps.prepare.outputs.train }}"}}
`,
  'empty.mlops.yaml': '',
  'broken.mlops.yaml': 'a: [1\n\tb: "\u0007\n',
};

it.each([
  ['files with findings', Object.keys(files)],
  ['no finding at all', ['empty.mlops.yaml']],
])('SARIF of %s is what its standard’s schema asks for', async (_, names) => {
  const folder = await mkdtemp(join(tmpdir(), 'mlops-sarif-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  for (const name of names) await writeFile(join(folder, name), files[name] ?? '');
  const { stdout } = await runMlops(['validate', '--sarif'], { cwd: folder });
  const schema = await readFile(join(import.meta.dirname, '../../fixtures/sarif/sarif-schema-2.1.0.json'), 'utf8');
  // Formats (URIs, times) are left to the reader: the standard's own validator checks them no further either.
  const validate = new Ajv({ strict: false, validateFormats: false, allErrors: true, unicodeRegExp: false }).compile(
    JSON.parse(schema),
  );
  validate(JSON.parse(stdout));
  expect(validate.errors).toBeNull();
});
