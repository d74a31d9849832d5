import { mkdir, mkdtemp, readFile, rename, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { references } from '#server/language/features/navigate.ts';
import { workspaceSymbols } from '#server/language/features/workspace-symbols.ts';
import { LanguageWorkspace } from '#server/language/language-workspace.ts';
import { parseSource } from '#server/language/syntax/source.ts';

/** Enough for a thread, and for what they say to be kept. */
const FILES = 40;

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stored-index-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const head = 'apiVersion: mlops/v1\nkind: Pipeline\n';

/** The first uses the second; every third has a mistake of its own. */
function textOf(index: number): string {
  const step =
    index === 0 ? 'uses: ./p1.mlops.yaml\n    with: {lr: 1}' : index % 3 === 0 ? 'rum: x' : 'run: x ${{ params.lr }}';
  return `${head}metadata: {name: p${index}}\nparams: {lr: {type: number, default: 1}}\nsteps:\n  step_${index}:\n    ${step}\n`;
}

const pathOf = (index: number, root = folder) => join(root, `p${index}.mlops.yaml`);
const uriOf = (index: number) => pathToFileURL(pathOf(index)).href;
const cacheFile = () => join(folder, '.mlops/cache/language/index.json');

async function fill(root = folder): Promise<void> {
  await mkdir(root, { recursive: true });
  for (let index = 0; index < FILES; index++) await writeFile(pathOf(index, root), textOf(index));
  await writeFile(join(root, 'mlops.yaml'), 'apiVersion: mlops/v1\nkind: Workspace\nmetadata: {name: w}\n');
}

async function indexed(...roots: string[]): Promise<LanguageWorkspace> {
  const workspace = new LanguageWorkspace({ exists: () => undefined, revision: 0 });
  const folders = (roots.length > 0 ? roots : [folder]).map((root) => pathToFileURL(root).href);
  await workspace.indexFolders(folders, new AbortController().signal);
  return workspace;
}

const uris = (workspace: LanguageWorkspace) => [...workspace.index.files()].map(({ uri }) => uri).sort();

function told(workspace: LanguageWorkspace): unknown {
  return uris(workspace).map((uri) => [uri, workspace.index.get(uri)?.exports, workspace.diagnostics(uri)]);
}

/** The same workspace with every text in memory. */
async function inMemory(workspace: LanguageWorkspace): Promise<LanguageWorkspace> {
  const whole = new LanguageWorkspace({ exists: () => undefined, revision: 0 });
  for (const uri of uris(workspace)) whole.index.setOnDisk(uri, parseSource(await readFile(new URL(uri), 'utf8')));
  return whole;
}

describe('files that nobody has open', () => {
  it('say the same read in a thread, kept on disk, and with every text in memory', async () => {
    await fill();
    const cold = await indexed();
    const expected = told(await inMemory(cold));
    expect(told(cold)).toEqual(expected);
    expect(JSON.stringify(expected)).toContain('schema-unknown-key');
    expect(await readFile(cacheFile(), 'utf8')).toContain('p39.mlops.yaml');
    expect(await readFile(join(folder, '.mlops/cache/language/.gitignore'), 'utf8')).toBe('*\n');
    expect(told(await indexed())).toEqual(expected);
  });

  it('are read anew where they changed, and forgotten where they went or have another name', async () => {
    await fill();
    await indexed();
    await writeFile(pathOf(3), textOf(3).replace('rum: x', 'run: now right'));
    await rm(pathOf(4));
    await rename(pathOf(5), join(folder, 'other.mlops.yaml'));
    const warm = await indexed();
    expect(warm.diagnostics(uriOf(3)).map(({ code }) => code)).not.toContain('schema-unknown-key');
    expect(warm.index.get(uriOf(4))).toBeUndefined();
    expect(warm.index.get(uriOf(5))).toBeUndefined();
    expect(told(warm)).toEqual(told(await inMemory(warm)));
    expect(await readFile(cacheFile(), 'utf8')).not.toContain('p4.mlops.yaml');
  });

  it('are not read again where they were only touched', async () => {
    await fill();
    await indexed();
    const kept = JSON.parse(await readFile(cacheFile(), 'utf8'));
    kept.files['p7.mlops.yaml'].summary.exports = 'as it was kept';
    await writeFile(cacheFile(), JSON.stringify(kept));
    await utimes(pathOf(7), new Date(), new Date(2001, 1, 1));
    expect((await indexed()).index.get(uriOf(7))?.exports).toBe('as it was kept');
  });

  it.each([
    ['no JSON', () => '{"version": "1'],
    ['of another form', () => JSON.stringify({ version: 1, files: [] })],
    ['of another version', (text: string) => JSON.stringify({ ...JSON.parse(text), version: '0.0.0 0' })],
  ])('are read anew where what was kept is %s', async (_, spoil) => {
    await fill();
    const expected = told(await indexed());
    const good = await readFile(cacheFile(), 'utf8');
    await writeFile(cacheFile(), spoil(good));
    expect(told(await indexed())).toEqual(expected);
    expect(Object.keys(JSON.parse(await readFile(cacheFile(), 'utf8')).files)).toHaveLength(FILES + 1);
  });

  it('of several roots are all known', async () => {
    await fill(join(folder, 'a'));
    await fill(join(folder, 'b'));
    expect(uris(await indexed(join(folder, 'a'), join(folder, 'b')))).toHaveLength(2 * (FILES + 1));
  });

  it('answer searches, references and what an open file says of them', async () => {
    await fill();
    const workspace = await indexed();
    const { index } = workspace;
    expect(workspaceSymbols(index, 'step_17').map(({ name }) => name)).toEqual(['step_17']);
    const place = { index, uri: uriOf(1), position: { line: 3, character: 10 } };
    expect(
      references(place, { includeDeclaration: false })
        .map(({ uri }) => uri)
        .sort(),
    ).toEqual([uriOf(0), uriOf(1)]);
    workspace.open(uriOf(1), 1, textOf(1).replace('params: {lr:', 'params: {rate:'));
    expect(workspace.diagnostics(uriOf(0)).map(({ code }) => code)).toContain('unknown-argument');
    workspace.close(uriOf(1));
    expect(workspace.diagnostics(uriOf(0)).map(({ code }) => code)).toEqual(['unused-param']);
  });

  it('follow what is told of the disk', async () => {
    await fill();
    const workspace = await indexed();
    const { revision } = workspace.index;
    await workspace.refresh(uriOf(2));
    expect(workspace.index.revision).toBe(revision);
    await writeFile(pathOf(2), textOf(2).replace('run:', 'rum:'));
    await workspace.refresh(uriOf(2));
    expect(workspace.diagnostics(uriOf(2)).map(({ code }) => code)).toContain('schema-unknown-key');
    await rm(pathOf(2));
    await workspace.refresh(uriOf(2));
    expect(workspace.index.get(uriOf(2))).toBeUndefined();
  });

  it('are left where they are when the folder is no longer wanted', async () => {
    await fill();
    const workspace = new LanguageWorkspace({ exists: () => undefined, revision: 0 });
    const signal = AbortSignal.abort();
    await expect(workspace.indexFolders([pathToFileURL(folder).href], signal)).rejects.toThrow();
    expect(uris(workspace)).toEqual([]);
  });
});
