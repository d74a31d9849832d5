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
 * A Monitor document of a file; with no name, the only one. Fails with `not-found` or `input` where there is none or nobody
 * knows which, or where the file is not valid.
 */
export async function readMonitor(
  file: string,
  name: string | null,
): Promise<{ readonly document: MonitorDocument; readonly folder: string }> {
  const monitors = documentsOf(await readText(file), file);
  const names = [...new Set(monitors.map(({ metadata }) => metadata.name))].join(', ');
  const [document, second] = name === null ? monitors : monitors.filter(({ metadata }) => metadata.name === name);
  if (!document) {
    if (name === null) throw new FailureError('input', `${file} has no Monitor document.`);
    throw new FailureError('not-found', `${file} has no monitor ${name}.`, {
      remedy: names === '' ? 'It has none at all.' : `It has ${names}.`,
    });
  }
  if (second) {
    throw new FailureError('input', `${file} has ${monitors.length} monitors.`, {
      remedy: name === null ? `Name one with --name: ${names}.` : 'Give each a name of its own.',
    });
  }
  return { document, folder: dirname(file) };
}

/**
 * The Monitor document of a file that has a `drift` section. Fails with `not-found` or `input` where there is none, or several,
 * or where the file is not valid.
 */
export async function readDriftMonitor(file: string): Promise<DriftMonitor> {
  const monitors = documentsOf(await readText(file), file).filter((document) => document.drift !== undefined);
  const [first, second] = monitors;
  if (!first?.drift) {
    throw new FailureError('input', `${file} has no Monitor document with a drift section.`, {
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
