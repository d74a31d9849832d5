import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { key, madeOnce } from './cache.mjs';
import { output, root, run, SetupError, step, which, windows } from './steps.mjs';

const NAMES = ['python3', 'python3.13', 'python3.12', 'python3.11', 'python3.10', 'python'];
const MINIMUM = [3, 10];
/** Version and place: an environment lives no longer than the Python that it was made from. */
const ASK = 'import sys; print("%d.%d" % sys.version_info[:2], sys.base_prefix)';

/**
 * A Python environment with MLflow and what the tests compare with, made once. Answers the path of its Python.
 * @returns {Promise<string>}
 */
export function installPython() {
  return install('MLflow', 'requirements.txt');
}

/**
 * The same with Evidently and SciPy: Evidently needs a pandas that is older than what MLflow brings.
 * @returns {Promise<string>}
 */
export function installEvidently() {
  return install('Evidently', 'evidently-requirements.txt');
}

async function install(what, file) {
  const requirements = join(root, 'tests', 'testbeds', 'python', file);
  const { python, identity } = await findPython();
  const name = `python-${key(await readFile(requirements, 'utf8'), identity, process.arch)}`;
  // In place: an environment holds its own absolute path.
  const folder = await madeOnce(name, (made) => build(made, python, requirements, what), { inPlace: true });
  return inside(folder);
}

async function build(folder, python, requirements, what) {
  await step(`Python environment with ${what}, made once into the cache`, async () => {
    await run([python, '-m', 'venv', folder], { log: 'python-venv', failure: 'Python could not make an environment.' });
    await run([inside(folder), '-m', 'pip', 'install', '--disable-pip-version-check', '-r', requirements], {
      log: 'python-pip',
      failure: `pip could not install ${what}.`,
    });
  });
}

function inside(folder) {
  return windows ? join(folder, 'Scripts', 'python.exe') : join(folder, 'bin', 'python');
}

async function findPython() {
  for (const name of NAMES) {
    const python = which(name);
    const answer = python && (await output([python, '-c', ASK]));
    if (!answer) continue;
    const [major, minor] = answer.split('.').map((part) => Number.parseInt(part, 10));
    if (major === MINIMUM[0] && minor >= MINIMUM[1]) return { python, identity: answer };
  }
  throw new SetupError(`Python ${MINIMUM.join('.')} or newer is not on PATH: the tests run real MLflow with it.`);
}
