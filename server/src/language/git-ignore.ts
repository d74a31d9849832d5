import { readFile, stat } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import ignore, { type Ignore } from 'ignore';

/** What one `.gitignore` says about the paths below its folder. */
interface Rules {
  readonly folder: string;
  readonly matcher: Ignore;
}

/** The rules that hold in a folder, nearest first: what a nearer file says beats what one above it says. */
export type IgnoreRules = readonly Rules[];

export async function withRulesOf(folder: string, above: IgnoreRules): Promise<IgnoreRules> {
  const text = await readFile(join(folder, '.gitignore'), 'utf8').catch(() => null);
  return text === null ? above : [{ folder, matcher: ignore().add(text) }, ...above];
}

/**
 * The rules of the folders above one, up to the repository that holds it; none outside of a repository, and none for a
 * folder that they ignore: who asks for it wants to see what is in it.
 */
export async function rulesAbove(folder: string): Promise<IgnoreRules> {
  const parents: string[] = [];
  for (let current = folder; !(await exists(join(current, '.git'))); current = dirname(current)) {
    if (dirname(current) === current) return [];
    parents.unshift(dirname(current));
  }
  let rules: IgnoreRules = [];
  for (const [index, parent] of parents.entries()) {
    rules = await withRulesOf(parent, rules);
    if (isIgnored(parents[index + 1] ?? folder, true, rules)) return [];
  }
  return rules;
}

export function isIgnored(path: string, isFolder: boolean, rules: IgnoreRules): boolean {
  for (const { folder, matcher } of rules) {
    const name = relative(folder, path).split(sep).join('/');
    const { ignored, unignored } = matcher.test(isFolder ? `${name}/` : name);
    if (ignored || unignored) return ignored;
  }
  return false;
}

function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
