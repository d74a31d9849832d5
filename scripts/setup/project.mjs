import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { projectEnvironment, projectNode } from './node.mjs';
import { root, run, step } from './steps.mjs';
import { findChromium } from './system.mjs';

/** Bundles the extension, the server, the command line and the panels. */
export function build() {
  return step('Build', () =>
    run([projectNode(), join(root, 'scripts', 'build.ts')], {
      log: 'build',
      env: projectEnvironment(),
      failure: 'The sources do not build.',
    }),
  );
}

/** The environment variables by which scripts and tests find VS Code and its browser. @param {{node: string, script: string} | undefined} vsCode */
export function vsCodeVariables(vsCode) {
  const chromium = findChromium();
  return {
    ...(vsCode ? { MLOPS_VSCODE_NODE: vsCode.node, MLOPS_VSCODE_SERVER: vsCode.script } : {}),
    ...(chromium ? { CHROMIUM_PATH: chromium } : {}),
  };
}

/**
 * Runs a script of the project on its own Node, with its output shown; signals are handed on to it. Answers its exit code.
 * @param {readonly string[]} args @param {NodeJS.ProcessEnv} [variables] @returns {Promise<number>}
 */
export function runProject(args, variables = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(projectNode(), args, { cwd: root, env: projectEnvironment(variables), stdio: 'inherit' });
    const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
    // A terminal's Ctrl+C reaches the child by itself; a second signal does no harm to it.
    const forward = (signal) => child.kill(signal);
    for (const signal of signals) process.on(signal, forward);
    child.once('error', reject);
    child.once('exit', (code) => {
      for (const signal of signals) process.off(signal, forward);
      resolve(code ?? 1);
    });
  });
}
