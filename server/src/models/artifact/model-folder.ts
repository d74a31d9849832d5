import { hash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ModelFile, ModelMetadata } from '#schemas/domain/model-version.ts';
import { FailureError } from '../../platform/failure.ts';
import { changedMeanwhile, failureWithin } from './file-failures.ts';
import { ignoredByDefault } from './hash-directory.ts';
import { type Mlmodel, parseMlmodel } from './mlmodel.ts';
import { readModelCard } from './model-card.ts';
import { condaRequirements, requirementLines, virtualenvRequirements } from './requirements.ts';
import { walkDirectory } from './walk-directory.ts';

/** What the files of a model say about it. */
export interface ModelDescription
  extends Readonly<Pick<ModelMetadata, 'framework' | 'flavors' | 'signature' | 'requirements' | 'card' | 'licence'>> {
  /** Lines for the person: what looks odd. */
  readonly notes: readonly string[];
}

const LARGEST_TEXT = 5_000_000;

/**
 * Reads MLmodel, what lists its requirements and the model card (MODEL_CARD.md or README.md) at the top of a directory
 * that was hashed. Fails with `input` where an MLmodel file is damaged, and says where; with `busy` where one of the
 * files is no longer the one that was hashed.
 */
export function readModelFolder(directory: string, files: readonly ModelFile[]): Promise<ModelDescription> {
  return describe(files, (file) => readHashed(directory, file));
}

/**
 * As {@link readModelFolder}, of a directory as it lies there, links and odd names refused as in hashing: for looking, as
 * nothing but those few files is read.
 */
export async function lookAtModelFolder(directory: string, signal?: AbortSignal): Promise<ModelDescription> {
  const { files } = await walkDirectory(directory, ignoredByDefault, signal);
  return describe(files, ({ absolute, path }) => contentOf(absolute, path));
}

type Listed = Pick<ModelFile, 'path' | 'size'>;

async function describe<T extends Listed>(
  files: readonly T[],
  content: (file: T) => Promise<Buffer>,
): Promise<ModelDescription> {
  const read = async (name: string) => {
    const file = files.find(({ path }) => path === name);
    return file ? textOf(file, content) : null;
  };
  const [source, card, requirements] = await Promise.all([
    read('MLmodel'),
    read('MODEL_CARD.md').then((found) => found ?? read('README.md')),
    requirementsOf(read),
  ]);
  const model = source === null ? null : parseMlmodel(source);
  const described = card === null ? null : readModelCard(card);
  return {
    flavors: [...(model?.flavors ?? [])],
    framework: model?.framework ?? described?.library ?? null,
    signature: model?.signature ?? null,
    requirements,
    card: described?.body ?? null,
    licence: described?.licence ?? null,
    notes: notesOn(model, files),
  };
}

type Read = (name: string) => Promise<string | null>;

/** requirements.txt says it all where MLflow wrote it; older models have one of the others alone. */
async function requirementsOf(read: Read): Promise<string[]> {
  const listed = await read('requirements.txt');
  if (listed !== null) return requirementLines(listed);
  const virtualenv = virtualenvRequirements((await read('python_env.yaml')) ?? '');
  return virtualenv.length > 0 ? virtualenv : condaRequirements((await read('conda.yaml')) ?? '');
}

async function textOf<T extends Listed>(file: T, content: (file: T) => Promise<Buffer>): Promise<string> {
  if (file.size > LARGEST_TEXT) {
    throw new FailureError('input', `“${file.path}” has ${file.size} bytes, far more than such a file has.`, {
      remedy: 'Look what it is, and rename or shorten it.',
    });
  }
  return (await content(file)).toString('utf8').replace(/^\uFEFF/, '');
}

async function readHashed(directory: string, { path, sha256 }: ModelFile): Promise<Buffer> {
  const bytes = await contentOf(join(directory, path), path);
  if (hash('sha256', bytes) !== sha256) throw changedMeanwhile(path);
  return bytes;
}

async function contentOf(path: string, name: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (error) {
    throw failureWithin(error, name);
  }
}

function notesOn(model: Mlmodel | null, files: readonly Listed[]): string[] {
  if (model?.signature) return [];
  if (model) return ['The MLmodel file has no signature: inputs and outputs are not known.'];
  const inner = files.find(({ path }) => path.endsWith('/MLmodel'));
  const hint = inner ? ` The one at ${inner.path} describes the folder that it is in.` : '';
  return [`There is no MLmodel file: inputs and outputs are not known.${hint}`];
}
