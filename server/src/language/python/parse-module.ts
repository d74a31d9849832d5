import { commandOf } from './commands.ts';
import { importsOf, namesOf } from './functions.ts';
import type { PythonModule } from './module.ts';
import { parseTree } from './tree.ts';

/**
 * Reads a Python module without running it; broken code gives what can be read of it. Never throws for any text.
 */
export async function parsePythonModule(text: string): Promise<PythonModule> {
  const root = await parseTree(text);
  const names = namesOf(root, text);
  const command = names.open ? null : commandOf({ root, text, imports: importsOf(root, text), names });
  return { ...names, command, lineStarts: lineStartsOf(text) };
}

function lineStartsOf(text: string): number[] {
  return [0, ...[...text.matchAll(/\r\n|\r|\n/g)].map((found) => found.index + found[0].length)];
}
