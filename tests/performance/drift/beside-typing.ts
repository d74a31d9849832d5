import { LspClient } from '../language/lsp-client.ts';
import type { BenchResult } from '../result.ts';
import { compareFiles } from './whole-process.ts';

const EDITS = 150;
/** How much of a millisecond’s noise is no difference. */
const NOISE_MS = 3;
const STEPS = 200;
const URI = 'file:///bench/pipeline.mlops.yaml';

/** Key press to diagnostics while nothing else happens, and while drift checks of a folder’s files run one after another. */
export async function besideTyping(folder: string, server: string): Promise<BenchResult[]> {
  const client = await LspClient.start({ args: [server], settings: {}, languageId: 'mlops' });
  try {
    await client.open(URI, document());
    await typing(client);
    const alone = await typing(client);
    const checks = checking(folder);
    const beside = await typing(client);
    await checks.stop();
    if (checks.done === 0) throw new Error('No drift check ended while keys were pressed.');
    const figure = (name: string, ours: number, target: BenchResult['target']): BenchResult => ({
      ...{ figure: name, unit: 'ms', ours, peer: null, target },
    });
    return [
      figure('Key press → diagnostics, p95, while nothing else happens', alone, {}),
      figure('… while drift checks run', beside, { atMost: Math.round(alone * 1.2 + NOISE_MS) }),
    ];
  } finally {
    await client.stop();
  }
}

/** Checks until it is told to stop, in a process of its own with a worker thread, as the back end is. */
function checking(folder: string): { readonly done: number; stop(): Promise<void> } {
  let [goesOn, done] = [true, 0];
  const loop = (async () => {
    while (goesOn) {
      await compareFiles(folder, []);
      done += 1;
    }
  })();
  return {
    get done() {
      return done;
    },
    stop: async () => {
      goesOn = false;
      await loop;
    },
  };
}

async function typing(client: LspClient): Promise<number> {
  const taken: number[] = [];
  for (let count = 0; count < EDITS; count += 1) {
    const at = { line: 5 + ((count * 7) % (STEPS * 2)), character: 4 };
    const started = performance.now();
    await client.edit(URI, at, at, 'x');
    taken.push(performance.now() - started);
    await client.edit(URI, at, { ...at, character: 5 }, '');
  }
  return taken.sort((a, b) => a - b)[Math.ceil(EDITS * 0.95) - 1] ?? Number.NaN;
}

function document(): string {
  const steps = Array.from({ length: STEPS }, (_, index) => `  step_${index}:\n    run: python step.py --n ${index}\n`);
  return `apiVersion: mlops/v1\nkind: Pipeline\nmetadata: {name: bench}\nsteps:\n${steps.join('')}`;
}
