import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { madeOnce } from './made-once.ts';
import { runPython, testPython } from './python.ts';

const reference = z.object({
  /** Module and name of all that unpickling a file looks up; null where it holds no pickle. */
  names: z.record(z.string(), z.array(z.tuple([z.string(), z.string()])).nullable()),
  /** Byte, name, kind and size of the argument, as Python's pickletools lists them. */
  opcodes: z.array(z.tuple([z.string(), z.string(), z.string().nullable(), z.number()])),
});

export interface RealPickles extends z.output<typeof reference> {
  readonly folder: string;
}

/** Pickles that Python, numpy, pandas, scikit-learn and joblib wrote, made once, and what they say of them. */
export async function realPickles(): Promise<RealPickles> {
  const folder = await madeBy('make-pickles.py');
  const text = await readFile(join(folder, 'reference.json'), 'utf8');
  return { folder, ...reference.parse(JSON.parse(text)) };
}

/** Random programs of opcodes, of which each makes Python look up `os.system`; made once, always the same. */
export async function randomPickles(): Promise<readonly Buffer[]> {
  const folder = await madeBy('random-pickles.py');
  const text = await readFile(join(folder, 'programs.json'), 'utf8');
  return z
    .array(z.string())
    .parse(JSON.parse(text))
    .map((program) => Buffer.from(program, 'base64'));
}

async function madeBy(name: string): Promise<string> {
  const script = join(import.meta.dirname, 'python', name);
  const digest = createHash('sha256')
    .update(await readFile(script))
    .digest('hex');
  return madeOnce(`${name.replace('.py', '')}-${digest.slice(0, 12)}`, async (target) => {
    await runPython(await testPython(), [script, target]);
  });
}
