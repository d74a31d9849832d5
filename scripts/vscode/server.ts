import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { endGroup, startGroup, watchOutput } from './processes.ts';

export type Settings = Readonly<Record<string, unknown>>;

export interface ServerOptions {
  /** Whether every folder is trusted from the start; otherwise it opens restricted until someone trusts it. */
  readonly trust: boolean;
  readonly settings?: Settings;
  /** An extension that is run from its folder. */
  readonly extensionDir?: string;
  /** A module whose `run()` is called in the extension host once the window is open. */
  readonly extensionTests?: string;
  /** A packed extension to install first. */
  readonly installVsix?: string;
  /** The port to serve on; a free one when left out. */
  readonly port?: number;
  readonly env?: NodeJS.ProcessEnv;
}

/** VS Code served to browsers of this machine, with user data of its own. */
export interface VsCodeServer {
  /** The address that opens a folder, or an empty window. */
  url(folder?: string): string;
  /** Where the settings of the user are. */
  readonly settingsFile: string;
  /** What the server and the extension hosts have logged: file name → text. */
  logs(): Promise<ReadonlyMap<string, string>>;
  stop(): Promise<void>;
}

const START_MS = 60_000;

const quiet: Settings = {
  'chat.disableAIFeatures': true,
  'extensions.autoCheckUpdates': false,
  'extensions.autoUpdate': 'off',
  'files.simpleDialog.enable': true,
  'telemetry.telemetryLevel': 'off',
  'update.mode': 'none',
  'workbench.enableExperiments': false,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
};

/** The settings in which nothing but what is looked at takes part. */
export function quietSettings(more: Settings = {}): Settings {
  return { ...quiet, ...more };
}

/** The browser's VS Code that the set-up has built: it names its Node and its script. */
function vsCodeProgram(): readonly [string, string] {
  const { MLOPS_VSCODE_NODE: node, MLOPS_VSCODE_SERVER: script } = process.env;
  if (!node || !script) throw new Error('Set MLOPS_VSCODE_NODE and MLOPS_VSCODE_SERVER (npm test and npm start do).');
  return [node, script];
}

export async function startServer(options: ServerOptions): Promise<VsCodeServer> {
  const folder = await mkdtemp(join(tmpdir(), 'mlops-vscode-'));
  const settingsFile = join(folder, 'user', 'User', 'settings.json');
  await mkdir(join(settingsFile, '..'), { recursive: true });
  await writeFile(settingsFile, JSON.stringify(quietSettings(options.settings), null, 2));
  const env = cleanEnvironment(options.env);
  if (options.installVsix) await install(options.installVsix, folder, env);
  const child = startGroup([...vsCodeProgram(), ...argumentsFor(folder, options)], env);
  const output = watchOutput(child);
  const stop = async () => {
    await endGroup(child);
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  };
  try {
    const [, port] = await output.match(/Extension host agent listening on (\d+)/, START_MS);
    return {
      url: (opened) => address(Number(port), opened, options),
      settingsFile,
      logs: async () => new Map([['output', output.text()], ...(await readLogs(folder))]),
      stop,
    };
  } catch (error) {
    await stop();
    throw new Error('The VS Code for the browser did not start.', { cause: error });
  }
}

function argumentsFor(folder: string, { trust, port = 0 }: ServerOptions): string[] {
  const serving = ['--host', '127.0.0.1', '--port', String(port), '--without-connection-token'];
  const silent = ['--accept-server-license-terms', '--telemetry-level', 'off'];
  // Honours what the address says of an extension under development.
  const development = ['--enable-smoke-test-driver'];
  return [...serving, ...silent, ...places(folder), ...development, ...(trust ? ['--disable-workspace-trust'] : [])];
}

function places(folder: string): string[] {
  const user = ['--user-data-dir', join(folder, 'user'), '--extensions-dir', join(folder, 'extensions')];
  return ['--server-data-dir', join(folder, 'server'), ...user];
}

async function install(vsix: string, folder: string, env: NodeJS.ProcessEnv): Promise<void> {
  const child = startGroup([...vsCodeProgram(), ...places(folder), '--install-extension', vsix], env);
  await watchOutput(child).match(/was successfully installed/, START_MS);
  await endGroup(child);
}

/** Without what another VS Code or npm around this process has set. */
function cleanEnvironment(more: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(
    ([name]) => !/^(VSCODE_|ELECTRON_|npm_|NODE_OPTIONS$|VITEST)/.test(name),
  );
  return { ...Object.fromEntries(own), ...more };
}

function address(port: number, folder: string | undefined, { extensionDir, extensionTests }: ServerOptions): string {
  const authority = `127.0.0.1:${port}`;
  const remote = (path: string) => `vscode-remote://${authority}${path}`;
  const payload: [string, string][] = [];
  if (extensionDir) payload.push(['extensionDevelopmentPath', remote(extensionDir)]);
  if (extensionTests) payload.push(['extensionTestsPath', remote(extensionTests)]);
  const query = new URLSearchParams();
  if (folder) query.set(folder.endsWith('.code-workspace') ? 'workspace' : 'folder', folder);
  if (payload.length > 0) query.set('payload', JSON.stringify(payload));
  return `http://${authority}/?${query}`;
}

async function readLogs(folder: string): Promise<[string, string][]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const files = entries
    .filter((entry) => entry.isFile() && entry.name.endsWith('.log'))
    .map((entry) => join(entry.parentPath, entry.name));
  return Promise.all(
    files.map(async (file) => [file.slice(folder.length + 1), await readFile(file, 'utf8')] as const),
  ).then((pairs) => pairs.map(([name, text]) => [name, text]));
}
