import { parse } from 'yaml';
import { z } from 'zod';

/** Lines of a requirements.txt, without comments and empty ones. */
export function requirementLines(source: string): string[] {
  return source
    .split(/\r?\n/)
    .map((line) => line.replace(/(?:^|\s)#.*$/, '').trim())
    .filter((line) => line !== '');
}

const dependencyList = z.object({ dependencies: z.array(z.unknown()) });
const pipList = z.object({ pip: z.array(z.string()) });

/** What pip installs by a python_env.yaml of MLflow; empty where the file is no such thing. */
export function virtualenvRequirements(source: string): string[] {
  return dependenciesIn(source).flatMap((entry) =>
    typeof entry === 'string' && !entry.startsWith('-r ') ? [entry] : [],
  );
}

/** What pip installs by a conda.yaml: Conda's own packages have other names and versions. */
export function condaRequirements(source: string): string[] {
  return dependenciesIn(source).flatMap((entry) => pipList.safeParse(entry).data?.pip ?? []);
}

function dependenciesIn(source: string): readonly unknown[] {
  return dependencyList.safeParse(parsedYaml(source)).data?.dependencies ?? [];
}

function parsedYaml(source: string): unknown {
  try {
    return parse(source, { maxAliasCount: 100, logLevel: 'error' });
  } catch {
    return null;
  }
}
