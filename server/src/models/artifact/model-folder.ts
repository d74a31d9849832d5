import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import type { IoSignature, ModelFile } from '#schemas/domain/model-version.ts';
import { FailureError } from '../../platform/failure.ts';
import { readSignature, SignatureError } from './mlmodel-signature.ts';

/** What the files of a model say about it. */
export interface ModelDescription {
  /** The flavour that a person would name; null where no MLmodel file says. */
  readonly framework: string | null;
  readonly flavors: readonly string[];
  readonly signature: IoSignature | null;
  /** Lines of requirements.txt, without comments. */
  readonly requirements: readonly string[];
  /** Markdown, without its front matter. */
  readonly card: string | null;
  /** SPDX name, from the card’s front matter. */
  readonly licence: string | null;
  /** Lines for the person: what looks odd. */
  readonly notes: readonly string[];
}

/** Flavours that only say how to call the model, not what it is. */
const generic: ReadonlySet<string> = new Set(['python_function', 'mleap', 'crate']);
const largestText = 5_000_000;

const text = z.string().nullish();
const mlmodel = z.object({
  flavors: z.record(z.string(), z.unknown()).nullish(),
  signature: z.object({ inputs: text, outputs: text, params: text }).nullish(),
});

/**
 * Reads MLmodel, requirements.txt and the model card (README.md or MODEL_CARD.md) at the top of a directory. Fails with
 * `input` where an MLmodel file is damaged, and says where.
 */
export async function readModelFolder(directory: string, files: readonly ModelFile[]): Promise<ModelDescription> {
  const read = (name: string) => readTop(directory, files, name);
  const [described, requirements, card] = await Promise.all([
    read('MLmodel'),
    read('requirements.txt'),
    read('MODEL_CARD.md').then((found) => found ?? read('README.md')),
  ]);
  const model = described === null ? null : parseMlmodel(described);
  const flavors = Object.keys(model?.flavors ?? {}).sort();
  const { front, body } = frontMatter(card ?? '');
  return {
    flavors,
    framework: flavors.find((name) => !generic.has(name)) ?? flavors[0] ?? null,
    signature: model?.signature ? signatureOf(model.signature) : null,
    requirements: requirementLines(requirements ?? ''),
    card: card === null ? null : body,
    licence: licenceIn(front),
    notes: described === null ? ['There is no MLmodel file: inputs and outputs are not known.'] : [],
  };
}

async function readTop(directory: string, files: readonly ModelFile[], name: string): Promise<string | null> {
  const file = files.find(({ path }) => path === name);
  if (!file) return null;
  if (file.size > largestText) {
    throw new FailureError('input', `“${name}” has ${file.size} bytes: nobody wrote that.`);
  }
  const bytes = await readFile(join(directory, name));
  return bytes.toString('utf8').replace(/^\uFEFF/, '');
}

function parseMlmodel(source: string): z.infer<typeof mlmodel> {
  const value = parsedYaml(source);
  const parsed = mlmodel.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw damaged(`${issue?.path.map(String).join('.') || 'the document'}: ${issue?.message ?? ''}`);
}

function parsedYaml(source: string): unknown {
  try {
    return parse(source, { maxAliasCount: 100 });
  } catch (error) {
    throw damaged(error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error));
  }
}

function signatureOf({
  inputs,
  outputs,
  params,
}: NonNullable<z.infer<typeof mlmodel>['signature']>): IoSignature | null {
  try {
    return readSignature({ inputs: inputs ?? null, outputs: outputs ?? null, params: params ?? null });
  } catch (error) {
    if (error instanceof SignatureError) throw damaged(`${error.place}: ${error.message}`);
    throw error;
  }
}

function damaged(what: string): FailureError {
  return new FailureError('input', `The file MLmodel can’t be read: ${what}`, {
    remedy: 'Save the model again, or mend the file: it says what goes into the model and what comes out.',
  });
}

function requirementLines(source: string): string[] {
  return source
    .split(/\r?\n/)
    .map((line) => line.replace(/(?:^|\s)#.*$/, '').trim())
    .filter((line) => line !== '');
}

/** Hugging Face’s cards begin with YAML between two lines of dashes. */
function frontMatter(card: string): { readonly front: unknown; readonly body: string } {
  const [whole = '', yaml] = /^---\r?\n([\s\S]*?)\r?\n---[ \t]*(?:\r?\n|$)/.exec(card) ?? [];
  if (yaml === undefined) return { front: null, body: card };
  try {
    return { front: parse(yaml, { maxAliasCount: 100 }), body: card.slice(whole.length) };
  } catch {
    // It is Markdown that begins with a line, or a front matter that nobody can read: the card stays whole.
    return { front: null, body: card };
  }
}

const spdx: ReadonlyMap<string, string> = new Map(
  [
    'Apache-2.0',
    'MIT',
    'BSD-2-Clause',
    'BSD-3-Clause',
    'GPL-3.0',
    'LGPL-3.0',
    'AGPL-3.0',
    'MPL-2.0',
    'CC-BY-4.0',
    'CC-BY-NC-4.0',
    'CC-BY-SA-4.0',
    'CC0-1.0',
    'Unlicense',
    'ISC',
  ].map((name) => [name.toLowerCase(), name] as const),
);

function licenceIn(front: unknown): string | null {
  const parsed = z.object({ license: z.string().min(1) }).safeParse(front);
  if (!parsed.success) return null;
  return spdx.get(parsed.data.license.toLowerCase()) ?? parsed.data.license;
}
