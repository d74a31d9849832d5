import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { untilActivated } from '../../e2e/harness/activation.ts';
import { openExample } from '../../e2e/product/product.ts';
import { type ExtensionStart, startOf } from '../../e2e/product/startup-performance.ts';
import { repository } from '../../testbeds/vscode.ts';
import { type BenchResult, median } from '../result.ts';

const EXTENSION = 'mlops-workbench.mlops-workbench';
const STARTS = 7;
const BUNDLE = join(repository, 'dist', 'extension.cjs');

/** Load and activation in the real VS Code, by its own marks (`Developer: Startup Performance`). */
export async function run(): Promise<BenchResult[]> {
  if (!existsSync(BUNDLE)) throw new Error('Build first: node scripts/build.ts');
  const starts: ExtensionStart[] = [];
  for (let count = 0; count < STARTS; count += 1) starts.push(await start());
  const middle = (value: (start: ExtensionStart) => number) => median(starts.map(value));
  return [
    {
      figure: `Load and activation of the extension in VS Code, median of ${STARTS} starts`,
      unit: 'ms',
      ours: middle(({ load, activate }) => load + activate),
      peer: null,
      target: { atMost: 100 },
    },
    {
      figure: '… with what other extensions did meanwhile',
      unit: 'ms',
      ours: middle(({ withWaiting }) => withWaiting),
      peer: null,
      target: {},
    },
    {
      figure: '… bytes that are loaded to activate',
      unit: 'kB',
      ours: statSync(BUNDLE).size / 1000,
      peer: null,
      target: { atMost: 200 },
    },
  ];
}

async function start(): Promise<ExtensionStart> {
  const product = await openExample();
  try {
    await untilActivated(product.vsCode, 60_000);
    return await startOf(product.page, EXTENSION);
  } finally {
    await product.stop();
  }
}
