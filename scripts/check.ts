import { spawn } from 'node:child_process';
import { join } from 'node:path';

/** Runs everything that is checked without running the product, one line each; with `--count`, ends with a summary line. */
const root = join(import.meta.dirname, '..');
/** A dependency check that saw fewer modules than this has looked at the wrong place, or could not read TypeScript. */
const FEWEST_MODULES = 150;

interface Check {
  readonly title: string;
  readonly command: readonly [string, ...string[]];
  /** What is wrong although the program ended well. */
  readonly complaint?: (output: string) => string | undefined;
}

const bin = (name: string, script: string) => [process.execPath, join(root, 'node_modules', name, script)] as const;

const checks: readonly Check[] = [
  { title: 'Types', command: [...bin('typescript', 'bin/tsc'), '-b'] },
  {
    title: 'Lint and format',
    command: [...bin('@biomejs/biome', 'bin/biome'), 'ci', '--colors=off', '--error-on-warnings', '.'],
  },
  {
    title: 'Dependency rules',
    command: [
      ...bin('dependency-cruiser', 'bin/dependency-cruise.mjs'),
      ...['--config', '.dependency-cruiser.cjs', 'schemas', 'server', 'client', 'webviews'],
    ],
    complaint: tooFewModules,
  },
  { title: 'Unused code', command: bin('knip', 'bin/knip.js') },
  { title: 'Generated files', command: [process.execPath, 'scripts/generate.ts', '--check'] },
  { title: 'Messages to translate', command: [process.execPath, 'scripts/l10n.ts', '--check'] },
];

function tooFewModules(output: string): string | undefined {
  const modules = Number(/(\d+) modules/.exec(output)?.[1] ?? 0);
  return modules < FEWEST_MODULES ? `Only ${modules} modules were looked at, fewer than ${FEWEST_MODULES}.` : undefined;
}

async function passes({ title, command, complaint }: Check): Promise<boolean> {
  const start = Date.now();
  const { code, output } = await run(command);
  const wrong = code === 0 ? complaint?.(output) : `It ended with ${code}.`;
  const seconds = ((Date.now() - start) / 1000).toFixed(1);
  console.log(`${wrong === undefined ? '✔' : '✘'} ${title} (${seconds} s)`);
  if (wrong !== undefined) console.log(`${output.trimEnd()}\n${wrong}`);
  return wrong === undefined;
}

function run([program, ...args]: readonly [string, ...string[]]): Promise<{ code: number; output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (chunk: string) => {
        output += chunk;
      });
    }
    child.once('error', reject);
    child.once('close', (code) => resolve({ code: code ?? -1, output }));
  });
}

const results: boolean[] = [];
for (const check of checks) results.push(await passes(check));
const failed = results.filter((passed) => !passed).length;
if (process.argv.includes('--count')) console.log(`${results.length - failed} passed, ${failed} failed, 0 skipped`);
process.exitCode = failed > 0 ? 1 : 0;
