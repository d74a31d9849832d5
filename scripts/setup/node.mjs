import { readFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { lock } from './cache.mjs';
import { output, root, run, SetupError, step, which, windows } from './steps.mjs';

const NODE_MAJOR = 24;
const QUIET = ['--no-audit', '--no-fund'];

/** Makes node_modules what package-lock.json says; does nothing when it already is. */
export async function installDependencies() {
  if (await isInstalled()) return;
  await step('Dependencies from npm', async () => {
    const release = await lock(join(root, '.npm-ci.lock'));
    try {
      if (await isInstalled()) return;
      await installPackages();
    } finally {
      await release();
    }
    if (!(await isInstalled()))
      throw new SetupError(`npm installed no Node ${NODE_MAJOR}: are install scripts allowed?`);
  });
}

async function installPackages() {
  // The set-up builds when it is due, so that `prepare` has nothing to do.
  const env = environment([], { MLOPS_SET_UP: '1' });
  const options = { env, failure: 'npm could not install the dependencies.' };
  try {
    await run([...npm(), 'ci', ...QUIET], { ...options, log: 'npm-ci' });
  } catch (error) {
    if (!(error instanceof SetupError) || !(await lacksPlatformsOnly(error.log))) throw error;
    // Takes every version that the lock file names, and the rest from the packages that ask for exactly one version.
    await run([...npm(), 'install', '--no-save', ...QUIET], { ...options, log: 'npm-install' });
  }
}

/**
 * A lock file written where the registry had no packages for other platforms names them without a version, and `npm ci`
 * refuses it, even where they are not needed.
 */
async function lacksPlatformsOnly(log) {
  const complaints = (await readFile(log, 'utf8')).match(/(Missing|Invalid): .*/g) ?? [];
  return complaints.length > 0 && complaints.every((line) => /^Missing: \S+@ from lock file$/.test(line));
}

/** npm keeps beside the packages what it has installed: the set-up is over when that is what the lock file asks for. */
async function isInstalled() {
  const [wanted, present] = await Promise.all(
    ['package-lock.json', 'node_modules/.package-lock.json'].map((file) => packages(join(root, file))),
  );
  if (!wanted || !present) return false;
  for (const [path, { version, optional, link }] of Object.entries(wanted)) {
    if (path === '' || link) continue;
    if (!present[path]) {
      if (optional) continue;
      return false;
    }
    if (present[path].version !== version) return false;
  }
  return (await output([projectNode(), '--version']))?.startsWith(`v${NODE_MAJOR}.`) ?? false;
}

async function packages(file) {
  const text = await readFile(file, 'utf8').catch(() => undefined);
  return text === undefined ? undefined : JSON.parse(text).packages;
}

/** The Node that the project runs on: the one that VS Code has. */
export function projectNode() {
  return join(root, 'node_modules', 'node', 'bin', windows ? 'node.exe' : 'node');
}

/** How npm starts: by the Node and the npm that run this, else the one on PATH. */
export function npm(node = process.execPath) {
  const script = process.env.npm_execpath;
  if (script?.endsWith('.js') && /npm-cli\.js$/.test(script)) return [node, script];
  const program = which('npm');
  if (!program) throw new SetupError('npm is not on PATH: install Node.js with npm (https://nodejs.org).');
  return [program];
}

/** What npm tells its scripts of itself and of the call that started it; a global or forced one is not to be repeated. */
const left =
  /^npm_(lifecycle|package|command|config_(user_agent|local_prefix|global|prefix|force|include|install_links|allow_|save|dry_run))/i;

/** The environment without what an npm around this process left in it, and with other programs first on PATH. */
export function environment(first = [], more = {}) {
  const inherited = Object.entries(process.env).filter(([name]) => !left.test(name));
  const env = Object.fromEntries(inherited);
  // On Windows the name is `Path`, and a copy of the environment minds the case.
  const path = Object.keys(env).find((name) => name.toUpperCase() === 'PATH') ?? 'PATH';
  return { ...env, [path]: [...first, env[path] ?? ''].join(delimiter), ...more };
}

/** The environment in which the project's own scripts run. */
export function projectEnvironment(more = {}) {
  const folders = [join(root, 'node_modules', 'node', 'bin'), join(root, 'node_modules', '.bin')];
  return environment(folders, more);
}
