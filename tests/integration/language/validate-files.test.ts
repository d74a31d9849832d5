import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type WalkLimits, walk, withoutMisses } from '#server/language/find-files.ts';
import { validateFiles } from '#server/language/validate-files.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'validate-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function write(files: Record<string, string>): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text);
  }
}

async function found(start = '.', limits?: WalkLimits): Promise<string[]> {
  const paths: string[] = [];
  for await (const path of walk(join(folder, start), undefined, limits)) paths.push(path.slice(folder.length + 1));
  return paths;
}

const monitor =
  'apiVersion: mlops/v1\nkind: Monitor\nmetadata: {name: m}\nmodel: churn@champion\nschedule: "0 * * * *"\n';
const alerting = `${monitor}metrics: [{name: up, query: up, minimum: 1}]\nalerts: [{when: metrics.up < 1, channel: team, severity: warning}]\n`;
const workspace = (channel: string) =>
  `apiVersion: mlops/v1\nkind: Workspace\nmetadata: {name: w}\nalerting:\n  channels:\n    - {name: ${channel}, type: slack, webhook: "\${{ secrets.HOOK }}"}\n`;

test('a folder that can’t be listed is a failure where none may be missed', async () => {
  await write({ file: '' });
  expect(await found('file')).toEqual([]);
  await expect(found('file', withoutMisses)).rejects.toMatchObject({ reason: 'permission' });
  expect(await found('gone', withoutMisses)).toEqual([]);
});

describe('what a file refers to', () => {
  test('is found in its own workspace, wherever the command runs', async () => {
    await write({ 'ws/mlops.yaml': workspace('team'), 'ws/deep/er/m.mlops.yaml': alerting });
    const { files, diagnostics } = await validateFiles({ paths: ['ws/deep/er/m.mlops.yaml'], cwd: folder });
    expect(files).toEqual(['ws/deep/er/m.mlops.yaml']);
    expect(diagnostics).toEqual([]);
  });

  test('is not looked for in the folders beside it', async () => {
    await write({
      'ws/mlops.yaml': workspace('other'),
      'ws/m.mlops.yaml': alerting,
      'beside/mlops.yaml': workspace('team'),
    });
    const { diagnostics } = await validateFiles({ paths: ['ws/m.mlops.yaml'], cwd: folder });
    expect(diagnostics.map(({ message }) => message)).toEqual([expect.stringContaining('team')]);
  });

  test('is found in the repository where no mlops.yaml stands above', async () => {
    await write({ '.git/HEAD': '', 'a/w.mlops.yaml': workspace('team'), 'b/m.mlops.yaml': alerting });
    expect((await validateFiles({ paths: ['m.mlops.yaml'], cwd: join(folder, 'b') })).diagnostics).toEqual([]);
  });
});

describe('our files in a folder', () => {
  test('are found without what tools made and what Git ignores', async () => {
    await write({
      '.gitignore': 'build/\n*.old.mlops.yaml\n/top.mlops.yaml\n',
      'mlops.yaml': '',
      'a.mlops.yaml': '',
      'b.old.mlops.yaml': '',
      'top.mlops.yaml': '',
      'deep/top.mlops.yaml': '',
      'build/c.mlops.yaml': '',
      'node_modules/d.mlops.yaml': '',
      'mlruns/e.mlops.yaml': '',
      'deep/.gitignore': '!kept.old.mlops.yaml\n',
      'deep/kept.old.mlops.yaml': '',
    });
    expect((await found()).sort()).toEqual([
      'a.mlops.yaml',
      'deep/kept.old.mlops.yaml',
      'deep/top.mlops.yaml',
      'mlops.yaml',
    ]);
  });

  test('obey the rules of the repository around the folder, unless these ignore the folder itself', async () => {
    await write({
      '.git/HEAD': '',
      '.gitignore': 'build/\n*.old.mlops.yaml\n',
      'sub/a.old.mlops.yaml': '',
      'sub/b.mlops.yaml': '',
      'build/x/c.mlops.yaml': '',
    });
    expect(await found('sub')).toEqual(['sub/b.mlops.yaml']);
    expect(await found('build/x')).toEqual(['build/x/c.mlops.yaml']);
  });

  test('are looked for within limits, those near the top first', async () => {
    await write({ '1/2/3/far.mlops.yaml': '', '1/near.mlops.yaml': '', 'here.mlops.yaml': '' });
    expect(await found('.', { entries: 1000, depth: 1 })).toEqual(['here.mlops.yaml', '1/near.mlops.yaml']);
    expect(await found('.', { entries: 2, depth: 9 })).toEqual(['here.mlops.yaml']);
  });
});

describe('severities', () => {
  test('are those that the workspace of each file gives them', async () => {
    const head = 'apiVersion: mlops/v1\nkind: Workspace\nmetadata: {name: w}\n';
    const pipeline = 'apiVersion: mlops/v1\nkind: Pipeline\nmetadata: {name: p}\n';
    const wrong = `${pipeline}params: {lr: {type: number}}\nsteps: {a: {run: x, tiemout: 5m}}\n`;
    await write({
      'a/mlops.yaml': `${head}diagnostics: {severity: {unused-param: error, schema-unknown-key: off}}\n`,
      'a/deep/train.mlops.yaml': wrong,
      'b/mlops.yaml': `${head}diagnostics: {severity: {unused-parm: error}}\n`,
      'b/train.mlops.yaml': wrong,
    });
    const { diagnostics } = await validateFiles({ paths: [], cwd: folder });
    expect(diagnostics.map(({ file, severity, code }) => `${file} ${severity} ${code}`)).toEqual([
      'a/deep/train.mlops.yaml error unused-param',
      'b/mlops.yaml warning unknown-diagnostic',
      'b/train.mlops.yaml hint unused-param',
      'b/train.mlops.yaml error schema-unknown-key',
    ]);
  });
});

describe('other tools’ files', () => {
  test('are found in a folder with ours, and named; other YAML is not', async () => {
    await write({
      'a.mlops.yaml': monitor,
      MLproject: 'entry_points:\n  main:\n    command: python a.py {x}\n',
      'deploy/rollout.yaml':
        'apiVersion: argoproj.io/v1alpha1\nkind: Rollout\nmetadata: {name: a}\nspec: {replica: 1}\n',
      'deploy/values.yaml': 'a: [\n',
    });
    const { files, diagnostics } = await validateFiles({ paths: [], cwd: folder });
    expect(files).toEqual(['MLproject', 'a.mlops.yaml', 'deploy/rollout.yaml']);
    expect(diagnostics.map(({ file, code, line }) => `${file}:${line} ${code}`)).toEqual([
      'MLproject:3 ecosystem-reference',
      'deploy/rollout.yaml:4 ecosystem-unknown-key',
    ]);
    const named = await validateFiles({ paths: ['MLproject'], cwd: folder });
    expect(named.diagnostics.map(({ code }) => code)).toEqual(['ecosystem-reference']);
  });

  test('are as grave as the workspace wants them', async () => {
    await write({
      'mlops.yaml': `${workspace('team')}diagnostics: {severity: {ecosystem-reference: off}}\n`,
      MLproject: 'entry_points:\n  main:\n    command: python a.py {x}\n',
    });
    expect((await validateFiles({ paths: ['MLproject'], cwd: folder })).diagnostics).toEqual([]);
  });
});
