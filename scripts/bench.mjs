import { join } from 'node:path';
import { installDependencies } from './setup/node.mjs';
import { build, runProject, vsCodeVariables } from './setup/project.mjs';
import { installEvidently, installPython } from './setup/python.mjs';
import { reportFailure, root } from './setup/steps.mjs';
import { installSystemPackages } from './setup/system.mjs';
import { installVsCode } from './setup/vscode.mjs';

/**
 * npm run bench [-- name…]: sets up what the benchmarks and the peers need, builds, and prints our figures beside the
 * peers' from one run.
 */
async function main(names) {
  await installDependencies();
  await installSystemPackages('git', 'python', 'venv', 'chromium', 'compiler', 'kerberos', 'pkgConfig');
  const variables = {
    MLOPS_TEST_PYTHON: await installPython(),
    MLOPS_TEST_EVIDENTLY: await installEvidently(),
    ...vsCodeVariables(await installVsCode()),
  };
  await build();
  return runProject([join(root, 'tests', 'performance', 'bench.ts'), ...names], variables);
}

await main(process.argv.slice(2).filter((arg) => arg !== '--')).then(
  (status) => {
    process.exitCode = status;
  },
  (error) => reportFailure(error),
);
