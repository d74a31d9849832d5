import { cp, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hashDirectory } from '#server/models/artifact/hash-directory.ts';
import { lookAtModelFolder, type ModelDescription, readModelFolder } from '#server/models/artifact/model-folder.ts';
import { compareSignatures } from '#server/models/artifact/signature-diff.ts';
import { mlflowModels } from '../../../testbeds/mlflow-models.ts';

let models: string;
let folder: string;

beforeAll(async () => {
  models = await mlflowModels();
  folder = await mkdtemp(join(tmpdir(), 'mlops-model-'));
});

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

async function read(directory: string): Promise<ModelDescription> {
  return readModelFolder(directory, (await hashDirectory(directory)).files);
}

const required = (name: string | null, type: string, shape: number[] | null = null) => ({
  ...{ name, type, shape },
  required: true,
});
const optional = (name: string, type: string, shape: number[] | null = null) => ({
  ...{ name, type, shape },
  required: false,
});

describe('what MLflow saved', () => {
  it('of scikit-learn has columns, a tensor and requirements', async () => {
    const described = await read(join(models, 'sklearn'));
    expect(described).toMatchObject({
      framework: 'sklearn',
      flavors: ['python_function', 'sklearn'],
      signature: {
        inputs: [required('tenure', 'long'), required('fee', 'double')],
        outputs: [required(null, 'int64', [-1])],
        params: null,
      },
      card: null,
      licence: null,
      notes: [],
    });
    expect(described.requirements).toContain('mlflow==3.17.2');
    expect(described.requirements).toContainEqual(expect.stringMatching(/^scikit-learn==/));
  });

  it('of a Python function has nested types and params', async () => {
    const { framework, signature } = await read(join(models, 'pyfunc'));
    expect(framework).toBe('python_function');
    expect(signature).toEqual({
      inputs: [
        required('id', 'long'),
        optional('text', 'string'),
        required('embedding', 'array<double>'),
        required('message', 'object{"odd name": double, role: string, tags?: array<string>}'),
        required('weights', 'map<float>'),
        required('extra', 'any'),
        required('deep', 'array<array<object{at: map<array<datetime>>}>>'),
      ],
      outputs: [required(null, 'float32', [-1, 3])],
      params: [
        optional('temperature', 'double'),
        optional('stop', 'string', [-1]),
        optional('options', 'object{k: long}'),
      ],
    });
    expect(compareSignatures(signature, structuredClone(signature))).toEqual({ type: 'none', details: [] });
  });

  it('without a signature says so', async () => {
    const { signature, notes } = await read(join(models, 'unsigned'));
    expect(signature).toBeNull();
    expect(notes).toEqual(['The MLmodel file has no signature: inputs and outputs are not known.']);
  });
});

describe('a folder', () => {
  it('with a card of Hugging Face tells licence and library', async () => {
    const directory = join(folder, 'hugging-face');
    await cp(join(models, 'unsigned'), join(directory, 'inner'), { recursive: true });
    await writeFile(join(directory, 'README.md'), '---\nlicense: mit\nlibrary_name: transformers\n---\n# Card\n');
    expect(await read(directory)).toEqual({
      framework: 'transformers',
      flavors: [],
      signature: null,
      requirements: [],
      card: '# Card\n',
      licence: 'MIT',
      notes: [
        'There is no MLmodel file: inputs and outputs are not known. The one at inner/MLmodel describes the folder that it is in.',
      ],
    });
  });

  it('of an older model has the requirements of its Conda environment', async () => {
    const directory = join(folder, 'older');
    await cp(join(models, 'sklearn'), directory, { recursive: true });
    await rm(join(directory, 'requirements.txt'));
    expect((await read(directory)).requirements).toContain('mlflow==3.17.2');
  });

  it('that is only looked at says the same, and is refused for what no model may have', async () => {
    const directory = await mkdtemp(join(folder, 'looked-at-'));
    await cp(join(models, 'sklearn'), directory, { recursive: true });
    expect(await lookAtModelFolder(directory)).toEqual(await read(directory));
    await symlink('MLmodel', join(directory, 'link'));
    await expect(lookAtModelFolder(directory)).rejects.toMatchObject({ reason: 'input' });
    await expect(lookAtModelFolder(join(directory, 'nothing'))).rejects.toMatchObject({ reason: 'not-found' });
  });

  it('whose MLmodel is not the one that was hashed is refused', async () => {
    const directory = join(folder, 'changed');
    await cp(join(models, 'sklearn'), directory, { recursive: true });
    const { files } = await hashDirectory(directory);
    await writeFile(join(directory, 'MLmodel'), 'flavors: {}\n');
    await expect(readModelFolder(directory, files)).rejects.toMatchObject({ reason: 'busy' });
    await rm(join(directory, 'MLmodel'));
    await expect(readModelFolder(directory, files)).rejects.toMatchObject({ reason: 'busy' });
  });
});
