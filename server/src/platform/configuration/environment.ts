import { readFile } from 'node:fs/promises';
import { parse } from 'dotenv';
import type { ConfigurationWarning } from './resolved.ts';

export type VariableSource = 'environment' | '.env';

interface Variable {
  readonly value: string;
  readonly source: VariableSource;
}

export type Variables = Readonly<Record<string, string | undefined>>;

/** The variables of the process and of `.env`, kept apart: a secret belongs to the address beside it. */
export interface Environment {
  /** The real environment beats `.env`; empty values count as not set. */
  get(name: string): Variable | null;
  /** The value in one source alone. */
  from(source: VariableSource, name: string): string | null;
  /** The `.env` that was read; null without one. */
  readonly file: string | null;
}

export function createEnvironment(real: Variables, dotenv: Variables = {}, file: string | null = null): Environment {
  const sources = { environment: real, '.env': dotenv };
  const from = (source: VariableSource, name: string): string | null => {
    const value = sources[source][name]?.trim();
    return value === undefined || value === '' ? null : value;
  };
  return {
    from,
    file,
    get(name) {
      for (const source of ['environment', '.env'] as const) {
        const value = from(source, name);
        if (value !== null) return { value, source };
      }
      return null;
    },
  };
}

const largestDotenv = 1_000_000;

/** Reads `file` where there is one; what can't be read is a warning. */
export async function readEnvironment(
  real: Variables,
  file: string | null,
): Promise<{ environment: Environment; warnings: readonly ConfigurationWarning[] }> {
  if (file === null) return { environment: createEnvironment(real), warnings: [] };
  try {
    const text = await readFile(file, 'utf8');
    if (text.length > largestDotenv) throw new Error('it is larger than 1 MB');
    return { environment: createEnvironment(real, parse(text), file), warnings: [] };
  } catch (error) {
    const message = `This file can’t be read: ${error instanceof Error ? error.message : String(error)}`;
    return { environment: createEnvironment(real), warnings: [{ file, line: null, message }] };
  }
}
