import { glob, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import Table from 'cli-table3';
import { type BenchResult, type Target, verdictOf } from './result.ts';

/**
 * Runs every `tests/performance/<name>/bench.ts` (or those named on the command line), one after another, and prints one
 * table. Each exports `run(): Promise<BenchResult[]>`. Exits 1 when a target is missed. The figures go to
 * `out/bench.json` too.
 */
const wanted = process.argv.slice(2);

async function benches(): Promise<string[]> {
  const found: string[] = [];
  for await (const file of glob('*/bench.ts', { cwd: import.meta.dirname })) found.push(file);
  return found.sort().filter((file) => wanted.length === 0 || wanted.some((name) => file.startsWith(name)));
}

async function runBench(file: string): Promise<readonly BenchResult[]> {
  const module: unknown = await import(pathToFileURL(join(import.meta.dirname, file)).href);
  const run = typeof module === 'object' && module !== null && 'run' in module ? module.run : null;
  if (typeof run !== 'function') throw new Error(`${file} exports no function run.`);
  console.error(`${file} …`);
  return run();
}

function inWords({ atMost, timesAhead }: Target, unit: string): string {
  const parts = [
    atMost === undefined ? '' : `≤ ${atMost} ${unit}`,
    timesAhead === undefined ? '' : `${timesAhead} × ahead`,
  ];
  return parts.filter((part) => part !== '').join(', ');
}

function print(results: readonly BenchResult[]): void {
  const table = new Table({
    head: ['figure', 'ours', 'peer', 'ratio', 'target', 'verdict'],
    style: { head: [], border: [] },
  });
  const shown = (value: number, unit: string): string => `${value < 10 ? value.toFixed(1) : Math.round(value)} ${unit}`;
  for (const result of results) {
    const { figure, unit, ours, peer, target, note } = result;
    table.push([
      figure,
      ours === null ? (note ?? '–') : shown(ours, unit),
      peer ? `${shown(peer.value, unit)} (${peer.name})` : '–',
      peer && ours !== null ? `${(peer.value / ours).toFixed(1)} ×` : '–',
      inWords(target, unit),
      verdictOf(result),
    ]);
  }
  console.log(table.toString());
}

const results: BenchResult[] = [];
let failed = false;
for (const file of await benches()) {
  try {
    results.push(...(await runBench(file)));
  } catch (error) {
    // The figures of the others are worth having all the same.
    failed = true;
    console.error(error);
  }
}
print(results);
const report = join(import.meta.dirname, '..', '..', 'out');
await mkdir(report, { recursive: true });
const figures = results.map((result) => ({ ...result, verdict: verdictOf(result) }));
await writeFile(join(report, 'bench.json'), `${JSON.stringify(figures, null, 2)}\n`);
if (failed || results.some((result) => verdictOf(result) === 'MISSED')) process.exitCode = 1;
