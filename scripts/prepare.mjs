import { installDependencies } from './setup/node.mjs';
import { build } from './setup/project.mjs';
import { reportFailure } from './setup/steps.mjs';

/**
 * npm runs this when it has installed the dependencies of a checkout, or packs one, as pre-commit has it do. For a
 * global installation from Git it comes without the dependencies. The set-up of `npm start` and `npm test` builds by
 * itself.
 */
async function prepare() {
  if (process.env.MLOPS_SET_UP) return;
  await installDependencies();
  await build();
}

await prepare().catch(reportFailure);
