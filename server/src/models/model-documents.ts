import { lstat, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Document } from 'yaml';
import { modelDocument } from '#schemas/config/model.ts';
import { errorCode } from '../platform/error-code.ts';
import { FailureError } from '../platform/failure.ts';
import { parseDocuments, readAs } from '../platform/yaml-documents.ts';
import type { ModelDocument } from './gates/gate.ts';

/** What a workspace says about one model. */
export interface ModelPolicy {
  readonly document: ModelDocument;
  /** Absolute path of the file that says it. */
  readonly file: string;
  /** Absolute; paths in the document start here. */
  readonly folder: string;
}

/** Files beyond this are no documents that someone wrote. */
const largestFile = 2 * 1024 * 1024;
/** Spares most files their parsing. A tag, an anchor or a comment may be between the words. */
const mayHoldModel = /\bkind\b[\s\S]{0,200}?\bModel\b/;

/**
 * The Model document of a model among some YAML files; null where none is about it. What decides over gates and
 * approvals is read strictly: a document with errors, or two for one model, are failures (`input`), never “no policy”.
 */
export async function findModelPolicy(model: string, files: AsyncIterable<string>): Promise<ModelPolicy | null> {
  const found: ModelPolicy[] = [];
  for await (const file of files) {
    const text = await readText(file);
    if (!mayHoldModel.test(text)) continue;
    if (text.length > largestFile) throw tooLarge(file);
    for (const document of parseDocuments(text)) {
      const policy = policyOf(document, file, model);
      if (policy) found.push(policy);
    }
  }
  const [first, second] = found;
  if (first && second) {
    const where = first.file === second.file ? `twice in ${first.file}` : `in ${first.file} and in ${second.file}`;
    throw new FailureError('input', `There is a Model document for ${model} ${where}: nobody knows which one holds.`, {
      remedy: 'Leave one of them.',
    });
  }
  return first ?? null;
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    // It went meanwhile; a link that leads nowhere is still there.
    if (errorCode(error) === 'ENOENT' && !(await isThere(file))) return '';
    throw new FailureError('permission', `${file} can’t be read: it may hold what a version has to show.`, {
      remedy: 'Make it readable.',
      cause: error,
    });
  }
}

async function isThere(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}

function policyOf(document: Document.Parsed, file: string, model: string): ModelPolicy | null {
  const name: unknown = document.getIn(['metadata', 'name']);
  const kind: unknown = document.get('kind');
  const [syntax] = document.errors;
  // Where the syntax is broken, what was read may be of any document: only one that is surely of another is passed over.
  if (syntax && (name === model || typeof name !== 'string')) throw broken(file, model, syntax.message);
  if (kind !== 'Model' || name !== model) return null;
  const read = readAs(modelDocument, document);
  if ('data' in read) return { document: read.data, file, folder: dirname(file) };
  throw broken(file, model, read.problem);
}

function tooLarge(file: string): FailureError {
  return new FailureError('input', `${file} is larger than 2 MB: nobody knows what a version has to show.`, {
    remedy: 'Make it smaller, or put the Model document into a file of its own.',
  });
}

function broken(file: string, model: string, message: string): FailureError {
  const [first = ''] = message.split('\n');
  return new FailureError('input', `${file} says what versions of ${model} have to show, but can’t be read: ${first}`, {
    remedy: 'Mend it first; mlops validate shows what is wrong.',
  });
}
