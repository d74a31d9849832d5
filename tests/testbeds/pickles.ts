import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { madeOnce } from './made-once.ts';
import { runPython, testPython } from './python.ts';

const SCRIPT = join(import.meta.dirname, 'python', 'make-pickles.py');

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
  const python = await testPython();
  const script = createHash('sha256').update(await readFile(SCRIPT));
  const folder = await madeOnce(`pickles-${script.digest('hex').slice(0, 12)}`, async (target) => {
    await runPython(python, [SCRIPT, target]);
  });
  const text = await readFile(join(folder, 'reference.json'), 'utf8');
  return { folder, ...reference.parse(JSON.parse(text)) };
}
