import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { madeOnce } from './cache.mjs';
import { environment, npm, projectNode } from './node.mjs';
import { nodePackage } from './node-package.mjs';
import { output, run, step } from './steps.mjs';

/** The package that brings VS Code 1.139.1 as a server for the browser. */
const CODE_SERVER = '4.139.1';

/**
 * VS Code for the browser, built once from npm. Answers the Node that its native modules were built for and the server's
 * script.
 * @returns {Promise<{node: string, script: string}>}
 */
export async function installVsCode() {
  const version = (await output([projectNode(), '--version'])).slice(1);
  const platform = `${process.platform}-${process.arch}`;
  const name = `vscode-${CODE_SERVER}-node-${version.split('.')[0]}-${platform}`;
  const make = (folder) =>
    step(`VS Code for the browser, built once into the cache (some minutes)`, () => build(folder, version));
  const folder = await madeOnce(name, make);
  return {
    node: nodeIn(folder).binary,
    script: join(folder, 'node_modules', 'code-server', 'lib', 'vscode', 'out', 'server-main.js'),
  };
}

function nodeIn(folder) {
  const { name, binary } = nodePackage(process.platform, process.arch);
  const headers = join(folder, 'node', 'node_modules', name);
  return { name, headers, binary: join(headers, binary) };
}

async function build(folder, version) {
  const start = npm();
  const failure = 'VS Code could not be built from npm.';
  // The package of Node for one platform has the headers, which native modules are compiled with.
  const { name, headers, binary: node } = nodeIn(folder);
  const from = { start, env: environment(), failure, log: 'vscode-node' };
  await install(join(folder, 'node'), `${name}@${version}`, from);
  const env = environment([dirname(node)], {
    npm_config_nodedir: headers,
    // The packages are pinned by the version above; their native modules must be compiled.
    npm_config_dangerously_allow_all_scripts: 'true',
  });
  const own = start.length > 1 ? npm(node) : start;
  await install(folder, `code-server@${CODE_SERVER}`, { start: own, env, failure, log: 'vscode' });
}

async function install(folder, specification, { start, ...options }) {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'package.json'), '{"private": true}\n');
  await run([...start, 'install', '--no-audit', '--no-fund', '--prefix', folder, specification], {
    ...options,
    cwd: folder,
  });
}
