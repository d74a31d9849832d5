import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { z } from 'zod';
import { monitorDocument } from '#schemas/config/monitor.ts';
import { FailureError } from '../platform/failure.ts';
import { parseDocuments, readAs } from '../platform/yaml-documents.ts';

export type MonitorDocument = z.infer<typeof monitorDocument>;
type DriftSettings = NonNullable<MonitorDocument['drift']>;

/** What a Monitor document says about drift; its paths start in its folder. */
export interface DriftMonitor {
  readonly name: string;
  readonly drift: DriftSettings;
  /** Absolute. */
  readonly folder: string;
}

/**
 * The Monitor document of a file that has a `drift` section, of several the one of that name. Fails with `not-found` or
 * `input` where there is none, or several without a name, or where the file is not valid.
 */
export async function readDriftMonitor(file: string, name: string | null = null): Promise<DriftMonitor> {
  const monitors = documentsOf(await readText(file), file).filter(
    (document) => document.drift !== undefined && (name === null || document.metadata.name === name),
  );
  const [first, second] = monitors;
  if (!first?.drift) {
    const which = name === null ? 'Monitor document' : `Monitor document ${name}`;
    throw new FailureError('input', `${file} has no ${which} with a drift section.`, {
      remedy: 'Add “drift” with “reference” and “current”.',
    });
  }
  if (second) {
    throw new FailureError('input', `${file} has ${monitors.length} Monitor documents with a drift section.`, {
      remedy: 'Put each into a file of its own.',
    });
  }
  return { name: first.metadata.name, drift: first.drift, folder: dirname(file) };
}

/**
 * The Monitor document of a file, of several the one of that name. Fails with `not-found` or `input` where there is none, or
 * several and no name, or where the file is not valid.
 */
export async function readMonitor(file: string, name: string | null): Promise<MonitorDocument> {
  const documents = documentsOf(await readText(file), file);
  const found = name === null ? documents : documents.filter(({ metadata }) => metadata.name === name);
  const [first, second] = found;
  if (!first) {
    const which = name === null ? 'no Monitor document' : `no Monitor document “${name}”`;
    throw new FailureError('not-found', `${file} has ${which}.`, { remedy: 'Name a file that has one.' });
  }
  if (second) {
    const names = found.map(({ metadata }) => metadata.name).join(', ');
    throw new FailureError('input', `${file} has ${found.length} Monitor documents: ${names}.`, {
      remedy: 'Say which is meant.',
    });
  }
  return first;
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw new FailureError('not-found', `The monitor ${file} can’t be read.`, { remedy: 'Look for its name.', cause });
  }
}

function documentsOf(source: string, file: string): readonly MonitorDocument[] {
  return parseDocuments(source).flatMap((document) => {
    const [syntax] = document.errors;
    if (syntax) throw invalid(file, syntax.message);
    if (document.get('kind') !== 'Monitor') return [];
    const read = readAs(monitorDocument, document);
    if ('data' in read) return [read.data];
    throw invalid(file, read.problem);
  });
}

function invalid(file: string, message: string): FailureError {
  const [first = ''] = message.split('\n');
  return new FailureError('input', `${file}: ${first}`, { remedy: 'mlops validate shows where.' });
}
