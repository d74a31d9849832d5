import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { installFakeGcs } from './setup/fake-gcs.mjs';
import { installDependencies } from './setup/node.mjs';
import { build, runProject, vsCodeVariables } from './setup/project.mjs';
import { installEvidently, installPython } from './setup/python.mjs';
import { endWithNpm, reportFailure, root, SetupError } from './setup/steps.mjs';
import { installSystemPackages } from './setup/system.mjs';
import { installVsCode } from './setup/vscode.mjs';

/**
 * npm test [-- suite…] [-- file…] [-- -t name]: sets up what the suites need, runs them and ends with the line
 * `N passed, N failed, N skipped`. What is not the name of a suite goes to vitest.
 */
const SUITES = {
  unit: { needs: [] },
  integration: { needs: ['python', 'evidently', 'fakeGcs'] },
  security: { needs: ['python'] },
  e2e: { needs: ['python', 'vsCode'] },
};
/** These run together. */
const MEASURED = ['unit', 'integration', 'security'];

/** Percent of lines. */
const LEAST_COVERED = 90;

const strict = /^(1|true)$/i.test(process.env.CI ?? '');

async function main(args) {
  const named = args.filter((arg) => arg in SUITES);
  const rest = args.filter((arg) => !(arg in SUITES));
  const suites = named.length > 0 ? Object.keys(SUITES).filter((suite) => named.includes(suite)) : Object.keys(SUITES);
  await installDependencies();
  const { variables, missing } = await prepare(suites);
  await build();

  const results = [];
  const ready = suites.filter((suite) => !SUITES[suite].needs.some((need) => missing.has(need)));
  for (const suite of suites.filter((each) => !ready.includes(each))) results.push(notStarted(suite, missing));
  const fast = ready.filter((suite) => MEASURED.includes(suite));
  // What is covered is a figure of all suites together.
  const whole = ready.length === Object.keys(SUITES).length && rest.length === 0;
  const dumps = whole ? await mkdtemp(join(tmpdir(), 'mlops-coverage-')) : undefined;
  const measured = dumps ? { ...variables, MLOPS_CHILD_COVERAGE: dumps } : variables;
  if (fast.length > 0) results.push(await runSuites(fast, [...(whole ? ['--coverage'] : []), ...rest], measured));
  if (ready.includes('e2e')) results.push(await runSuites(['e2e'], rest, measured));
  if (dumps) results.push(await checkCoverage(dumps));
  return summarize(results);
}

async function checkCoverage(dumps) {
  console.log('\nLines covered by all suites, in all processes:');
  const code = await runProject(
    [join(root, 'scripts', 'coverage.ts'), '--dumps', dumps, '--threshold', String(LEAST_COVERED)],
    {},
  );
  await rm(dumps, { recursive: true, force: true });
  const enough = code === 0;
  const failures = enough ? [] : [`fewer than ${LEAST_COVERED} % of lines are covered`];
  return { title: 'coverage', passed: enough ? 1 : 0, failed: enough ? 0 : 1, skipped: 0, failures };
}

/** Makes what the suites need. What can't be made leaves out the suites that need it. */
async function prepare(suites) {
  const needs = new Set(suites.flatMap((suite) => SUITES[suite].needs));
  const missing = new Map();
  let variables = {};
  const attempt = async (need, make) => {
    if (!needs.has(need)) return;
    try {
      variables = { ...variables, ...(await make()) };
    } catch (error) {
      if (!(error instanceof SetupError)) throw error;
      missing.set(need, error.log ? `${error.message} (${error.log})` : error.message);
    }
  };
  await attempt('python', async () => {
    await installSystemPackages('git', 'python', 'venv', ...(strict ? ['alertmanager', 'neovim', 'prometheus'] : []));
    return { MLOPS_TEST_PYTHON: await installPython() };
  });
  await attempt('evidently', async () => {
    await installSystemPackages('python', 'venv');
    return { MLOPS_TEST_EVIDENTLY: await installEvidently() };
  });
  await attempt('fakeGcs', async () => {
    try {
      // Where somebody looks on, Go is theirs to install: its tests alone are skipped without it.
      if (strict) await installSystemPackages('go');
      return { MLOPS_FAKE_GCS_SERVER: await installFakeGcs() };
    } catch (error) {
      if (strict || !(error instanceof SetupError)) throw error;
      console.log(`  The tests of Google Cloud Storage are left out: ${error.message}`);
      return {};
    }
  });
  await attempt('vsCode', async () => {
    // On other systems the desktop's VS Code is downloaded.
    if (process.platform !== 'linux') return vsCodeVariables(undefined);
    await installSystemPackages('chromium', 'python', 'compiler', 'kerberos', 'pkgConfig');
    return vsCodeVariables(await installVsCode());
  });
  return { variables, missing };
}

/** Where nobody looks on, a suite that can't start has failed. */
function notStarted(suite, missing) {
  const reasons = SUITES[suite].needs.flatMap((need) => missing.get(need) ?? []);
  const failures = reasons.map((reason) => `${suite} could not start: ${reason}`);
  return { title: suite, passed: 0, failed: strict ? 1 : 0, skipped: strict ? 0 : 1, failures };
}

async function runSuites(suites, args, variables) {
  const folder = await mkdtemp(join(tmpdir(), 'mlops-tests-'));
  const report = join(folder, 'report.json');
  try {
    const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs');
    const projects = suites.flatMap((suite) => ['--project', suite]);
    const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
    const code = await runProject([vitest, 'run', ...projects, ...reporters, ...args], variables);
    return count(suites.join(', '), JSON.parse(await readFile(report, 'utf8').catch(() => 'null')), code);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function count(title, report, code) {
  const result = { title, passed: 0, failed: 0, skipped: 0, failures: [] };
  for (const file of report?.testResults ?? []) {
    if (file.status === 'failed' && !file.assertionResults.some((test) => test.status === 'failed')) {
      result.failed += 1;
      result.failures.push(`${file.name}: ${firstLine(file.message) || 'did not load'}`);
    }
    for (const test of file.assertionResults) {
      if (test.status === 'passed') result.passed += 1;
      else if (test.status === 'failed') {
        result.failed += 1;
        result.failures.push(`${test.fullName}: ${firstLine(test.failureMessages[0])}`);
      } else result.skipped += 1;
    }
  }
  // Coverage below the threshold, an error outside of every test, a run that was cut off.
  if (code !== 0 && result.failed === 0) {
    result.failed += 1;
    result.failures.push(`${title}: vitest ended with ${code}; what it said is above`);
  }
  return result;
}

function firstLine(text) {
  return (text ?? '').split('\n')[0];
}

function summarize(results) {
  const sum = (what) => results.reduce((total, result) => total + result[what], 0);
  const line = (from) => `${from('passed')} passed, ${from('failed')} failed, ${from('skipped')} skipped`;
  console.log('');
  for (const result of results) {
    console.log(`${result.title}: ${line((what) => result[what])}`);
    for (const failure of result.failures) console.log(`  ${failure}`);
  }
  console.log(line(sum));
  // Nothing that ran is nothing that was tested.
  return sum('failed') > 0 || (strict && sum('passed') === 0) ? 1 : 0;
}

endWithNpm();
await main(process.argv.slice(2).filter((arg) => arg !== '--')).then(
  (status) => {
    process.exitCode = status;
  },
  (error) => {
    reportFailure(error);
    console.log('0 passed, 1 failed, 0 skipped');
  },
);
