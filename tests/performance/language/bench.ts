import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import type { BenchResult } from '../result.ts';
import { median } from '../result.ts';
import { LspClient, type ServerCommand } from './lsp-client.ts';

const root = join(import.meta.dirname, '..', '..', '..');
const OURS = join(root, 'dist', 'server.js');
const PEER = join(root, 'node_modules', 'yaml-language-server', 'bin', 'yaml-language-server');
const schema = pathToFileURL(join(root, 'schemas', 'json', 'pipeline.schema.json')).href;

const ours: ServerCommand = { args: [OURS], settings: {}, languageId: 'mlops' };
const peer: ServerCommand = {
  args: [PEER],
  settings: {
    yaml: {
      schemas: { [schema]: '*.yaml' },
      schemaStore: { enable: false },
      validate: true,
      hover: true,
      completion: true,
    },
  },
  languageId: 'yaml',
};

interface Size {
  readonly lines: number;
  readonly edits: number;
  /** Fewer: each takes so long there. */
  readonly peerEdits: number;
  readonly target: number;
}

const sizes: readonly Size[] = [
  { lines: 1000, edits: 200, peerEdits: 40, target: 10 },
  { lines: 10_000, edits: 200, peerEdits: 20, target: 25 },
  { lines: 50_000, edits: 200, peerEdits: 3, target: 60 },
];

interface Figures {
  readonly open: number;
  readonly edit: number;
  readonly completion: number;
  readonly hover: number;
}

/** Key press to diagnostics, completion, hover and opening, beside yaml-language-server with the same schema. */
export async function run(): Promise<BenchResult[]> {
  const results: BenchResult[] = [];
  for (const size of sizes) {
    const text = pipelineOf(size.lines);
    const own = existsSync(OURS) ? await measure(ours, text, size.edits) : null;
    const other = await measure(peer, text, size.peerEdits);
    results.push(...figuresOf(size, own, other));
  }
  return [...results, ...(await indexFigures())];
}

const FILES = 1000;
const LINES_A_FILE = 100;
const SETTLE_MS = 3000;

/** What each step runs, so that each file is held to it. */
const SCRIPT = `import argparse

parser = argparse.ArgumentParser()
parser.add_argument("--in")
parser.add_argument("--n", type=int)
`;

/** A thousand files that nobody has open: read for the first time, and again with what was kept of them. */
async function indexFigures(): Promise<BenchResult[]> {
  const folder = await mkdtemp(join(tmpdir(), 'mlops-index-'));
  try {
    for (let index = 0; index < FILES; index++)
      await writeFile(join(folder, `p${index}.mlops.yaml`), pipelineOf(LINES_A_FILE));
    await writeFile(join(folder, 'step.py'), SCRIPT);
    const isBuilt = existsSync(OURS);
    const cold = isBuilt ? await indexed(folder) : null;
    const warm = isBuilt ? await indexed(folder) : null;
    const title = `${FILES.toLocaleString('en')} files of ${LINES_A_FILE} lines`;
    const figure = (name: string, unit: BenchResult['unit'], ours: number | null, atMost: number): BenchResult => ({
      ...{ figure: `${title}: ${name}`, unit, ours, peer: null, target: { atMost }, note: 'not built' },
    });
    return [
      figure('cold index', 'ms', cold?.ms ?? null, 1500),
      figure('warm index', 'ms', warm?.ms ?? null, 300),
      figure('resident memory after a cold index', 'MB', cold?.megabytes ?? null, 200),
      figure('resident memory after a warm index', 'MB', warm?.megabytes ?? null, 200),
    ];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function indexed(folder: string): Promise<{ ms: number; megabytes: number | null }> {
  const client = await LspClient.start(ours, [pathToFileURL(folder).href]);
  try {
    const read = client.logged(/files of the workspace were read in (\d+) ms/);
    const first = pathToFileURL(join(folder, 'p0.mlops.yaml')).href;
    await client.open(first, pipelineOf(LINES_A_FILE));
    const [, ms] = await read;
    await client.edit(first, { line: 0, character: 0 }, { line: 0, character: 0 }, '#');
    // What the files call is looked at once they are read, and counts as well.
    await delay(SETTLE_MS);
    return { ms: Number(ms), megabytes: await residentOf(client.pid) };
  } finally {
    await client.stop();
  }
}

/** Resident megabytes of a process; null where the system does not say so in a file. */
async function residentOf(pid: number | undefined): Promise<number | null> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  const found = /^VmRSS:\s+(\d+) kB$/m.exec(status);
  return found ? Number(found[1]) / 1000 : null;
}

function figuresOf({ lines, target }: Size, own: Figures | null, other: Figures): BenchResult[] {
  const isMiddle = lines === 10_000;
  const figure = (name: string, key: keyof Figures, wanted: BenchResult['target']): BenchResult => ({
    figure: `${lines.toLocaleString('en')} lines: ${name}`,
    unit: 'ms',
    ours: own?.[key] ?? null,
    peer: { name: 'yaml-language-server', value: other[key] },
    target: wanted,
    note: 'not built',
  });
  return [
    figure('key press → diagnostics, p95', 'edit', { atMost: target, ...(isMiddle ? { timesAhead: 20 } : {}) }),
    figure('completion, p95', 'completion', isMiddle ? { atMost: 15 } : {}),
    figure('hover, p95', 'hover', isMiddle ? { atMost: 5 } : {}),
    figure('open → diagnostics', 'open', isMiddle ? { atMost: 400 } : {}),
  ];
}

const LINES_A_STEP = 11;

function pipelineOf(lines: number): string {
  let text = 'apiVersion: mlops/v1\nkind: Pipeline\nmetadata: {name: bench}\nsteps:\n';
  for (let index = 1; index < lines / LINES_A_STEP; index++) text += stepOf(index);
  return text;
}

function stepOf(index: number): string {
  const input = index === 1 ? 'data/raw.parquet' : `\${{ steps.step_${index - 1}.outputs.data.path }}`;
  return `  step_${index}:
    run: python step.py --in ${input} --n ${index}
    needs: [${index === 1 ? '' : `step_${index - 1}`}]
    timeout: 30m
    retry:
      limit: 3
      backoff: {initial: 5s, factor: 2}
    outputs:
      data:
        type: dataset
        path: work/data-${index}.parquet
`;
}

async function measure(command: ServerCommand, text: string, edits: number): Promise<Figures> {
  const client = await LspClient.start(command);
  const lines = text.split('\n');
  const random = generator(7);
  const uri = 'file:///bench/pipeline.mlops.yaml';
  try {
    await client.open('file:///bench/warm.mlops.yaml', pipelineOf(200));
    const open = await time(() => client.open(uri, text));
    const edit: number[] = [];
    const completion: number[] = [];
    const hover: number[] = [];
    for (let count = 0; count < edits; count += 2) {
      const line = Math.floor(random() * (lines.length - 1));
      const character = Math.floor(random() * ((lines[line]?.length ?? 0) + 1));
      const at = { line, character };
      const after = { line, character: character + 1 };
      edit.push(await time(() => client.edit(uri, at, at, 'x')));
      edit.push(await time(() => client.edit(uri, at, after, '')));
      // The `timeout` of some step: half a key, and the key.
      const step = 4 + LINES_A_STEP * Math.floor(random() * Math.floor((lines.length - 5) / LINES_A_STEP)) + 3;
      completion.push(await time(() => client.ask('completion', uri, { line: step, character: 6 })));
      hover.push(await time(() => client.ask('hover', uri, { line: step, character: 6 })));
    }
    return { open, edit: p95(edit), completion: p95(completion), hover: p95(hover) };
  } finally {
    await client.stop();
  }
}

async function time(call: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await call();
  return performance.now() - started;
}

function p95(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.ceil(sorted.length * 0.95) - 1] ?? median(values);
}

/** The same numbers in every run (Lehmer’s generator). */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}
