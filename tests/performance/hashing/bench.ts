import { execFile } from 'node:child_process';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, open, readFile, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { testPython } from '../../testbeds/python.ts';
import { repository } from '../../testbeds/vscode.ts';
import { type BenchResult, median } from '../result.ts';

const FILES = 40;
/** The target is stated for 4,096; less serves to see whether something got worse. */
const MEGABYTES = Number(process.env.MLOPS_BENCH_MODEL_MB ?? 1024);
const ROUNDS = 3;
const CLI = join(repository, 'dist', 'cli.js');
const SHA256SUM = { name: `sha256sum × ${availableParallelism()}` };
const PYTHON = { name: 'PyPI model-signing' };

const execute = promisify(execFile);

/** Registers, signs and verifies a directory by whole processes, beside sha256sum over all cores on the same files. */
export async function run(): Promise<BenchResult[]> {
  if (!existsSync(CLI)) throw new Error('Build first: node scripts/build.ts');
  const folder = await mkdtemp(join(tmpdir(), 'mlops-bench-'));
  try {
    return figures(await measure(await prepare(folder)));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

interface Place {
  readonly folder: string;
  readonly model: string;
  readonly privateKey: string;
  readonly publicKey: string;
}

async function prepare(folder: string): Promise<Place> {
  const place: Place = {
    folder,
    model: join(folder, 'model'),
    privateKey: join(folder, 'key.pem'),
    publicKey: join(folder, 'key.pub'),
  };
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  await writeFile(place.privateKey, privateKey.export({ type: 'pkcs8', format: 'pem' }));
  await writeFile(place.publicKey, publicKey.export({ type: 'spki', format: 'pem' }));
  await mkdir(place.model);
  const block = randomBytes(1024 * 1024);
  for (let index = 0; index < FILES; index += 1) {
    await using file = await open(join(place.model, `part-${String(index).padStart(2, '0')}`), 'w');
    block.writeUInt32LE(index);
    const blocks = Math.round(((index + 1) * MEGABYTES) / FILES) - Math.round((index * MEGABYTES) / FILES);
    for (let count = 0; count < blocks; count += 1) await file.write(block);
  }
  return place;
}

/** What one process took. */
interface Cost {
  readonly ms: number;
  readonly peakMb: number;
}

interface Round {
  readonly sha256sum: number;
  readonly sign: Cost;
  readonly verify: Cost;
  readonly register: Cost;
  /** What a bare copy takes until it is on the disk. */
  readonly copy: number;
  /** null where it is not installed. */
  readonly python: { readonly sign: number; readonly verify: number } | null;
}

/** Rounds of all, so that what else the machine does meets each of them. */
async function measure(place: Place): Promise<Round[]> {
  const python = await modelSigning();
  await sha256sum(place);
  const rounds: Round[] = [];
  for (let count = 0; count < ROUNDS; count += 1) {
    rounds.push({
      sha256sum: await sha256sum(place),
      sign: await mlops(place, ['model', 'sign', place.model, '--key', place.privateKey]),
      verify: await mlops(place, ['model', 'verify', place.model, '--key', place.publicKey]),
      register: await register(place),
      copy: await copy(place),
      python: python === null ? null : await pythonRound(python, place),
    });
  }
  return rounds;
}

async function timed(act: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await act();
  return performance.now() - started;
}

function sha256sum({ model }: Place): Promise<number> {
  const command = `find . -type f -print0 | xargs -0 -n 1 -P ${availableParallelism()} sha256sum > /dev/null`;
  return timed(() => execute('sh', ['-c', command], { cwd: model }));
}

async function copy({ folder, model }: Place): Promise<number> {
  const target = join(folder, 'copy');
  const ms = await timed(() => execute('sh', ['-c', 'cp -r "$0" "$1" && sync -f "$1"', model, target]));
  await rm(target, { recursive: true });
  return ms;
}

/** Each time into a workspace of its own: what is stored already would not be written again. */
async function register({ folder, model }: Place): Promise<Cost> {
  const workspace = await mkdtemp(join(folder, 'workspace-'));
  const cost = await mlops({ folder: workspace }, ['model', 'register', model, '--name', 'bench']);
  await rm(workspace, { recursive: true });
  return cost;
}

// The kernel counts the highest number of pages of the process itself, all threads together.
const TELL_PEAK = `data:text/javascript,${encodeURIComponent(
  `import { readFileSync, writeFileSync } from 'node:fs';
  process.on('exit', () => writeFileSync(process.env.MLOPS_BENCH_PEAK, readFileSync('/proc/self/status')));`,
)}`;

async function mlops({ folder }: Pick<Place, 'folder'>, args: readonly string[]): Promise<Cost> {
  const status = join(folder, 'status');
  const env = { ...process.env, MLOPS_BENCH_PEAK: status };
  const ms = await timed(() => execute(process.execPath, ['--import', TELL_PEAK, CLI, ...args], { cwd: folder, env }));
  const peak = /^VmHWM:\s+(\d+) kB$/m.exec(await readFile(status, 'utf8'))?.[1];
  return { ms, peakMb: Number(peak) / 1024 };
}

async function modelSigning(): Promise<string | null> {
  const python = await testPython();
  return execute(python, ['-c', 'import model_signing']).then(
    () => python,
    () => null,
  );
}

async function pythonRound(
  python: string,
  { folder, model, privateKey, publicKey }: Place,
): Promise<NonNullable<Round['python']>> {
  const command = (verb: string, ...key: string[]) =>
    timed(() =>
      execute(python, ['-m', 'model_signing', verb, 'key', model, ...key, '--signature', join(folder, 'python.sig')]),
    );
  return {
    sign: await command('sign', '--private_key', privateKey),
    verify: await command('verify', '--public_key', publicKey),
  };
}

function figures(rounds: readonly Round[]): BenchResult[] {
  const middle = (value: (round: Round) => number) => median(rounds.map(value));
  const size = MEGABYTES >= 1000 ? `${(MEGABYTES / 1024).toFixed(1)} GiB` : `${MEGABYTES} MiB`;
  const sum = { ...SHA256SUM, value: middle((round) => round.sha256sum) };
  const results = (['sign', 'verify'] as const).flatMap((verb): BenchResult[] => {
    const figure = `${verb === 'sign' ? 'Signing' : 'Verifying'} ${size} in ${FILES} files: whole process`;
    const ours = middle((round) => round[verb].ms);
    const known = rounds.every(({ python }) => python !== null);
    const python = known ? { ...PYTHON, value: middle((round) => round.python?.[verb] ?? Number.NaN) } : null;
    return [
      { figure, unit: 'ms', ours, peer: sum, target: { timesAhead: 0.8 } },
      { figure: '… beside the reference', unit: 'ms', ours, peer: python, target: { timesAhead: 1 } },
      {
        figure: '… memory at its peak',
        unit: 'MB',
        ours: middle((round) => round[verb].peakMb),
        peer: null,
        target: { atMost: 200 },
      },
    ];
  });
  const { ms, peakMb } = {
    ms: middle(({ register: cost }) => cost.ms),
    peakMb: middle(({ register: cost }) => cost.peakMb),
  };
  return [
    ...results,
    {
      figure: `Registering ${size} with a copy into the local store`,
      unit: 'ms',
      ours: ms,
      peer: sum,
      target: { timesAhead: 0.8 },
    },
    {
      figure: '… beside the same by hand: digests, and a copy on the disk',
      unit: 'ms',
      ours: ms,
      peer: { name: 'sha256sum, cp, sync', value: middle((round) => round.sha256sum + round.copy) },
      target: { timesAhead: 0.8 },
    },
    { figure: '… memory at its peak', unit: 'MB', ours: peakMb, peer: null, target: { atMost: 200 } },
  ];
}
