import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { downloadAndUnzipVSCode, resolveCliArgsFromVSCodeExecutablePath } from '@vscode/test-electron';
import { _electron } from 'playwright-core';
import { quietSettings, type Settings } from '../../scripts/vscode/server.ts';
import { useClipboardOf } from './clipboard.ts';
import type { OpenWindow, VsCodeOptions } from './vscode.ts';

const START_MS = 120_000;

/** Menus, dialogs and the title bar as VS Code draws them: what the system draws is out of a test's reach. */
const drawn: Settings = {
  'window.dialogStyle': 'custom',
  'window.menuStyle': 'custom',
  'window.titleBarStyle': 'custom',
};

/** A window of the desktop's VS Code, which is downloaded once. */
export async function openDesktop(options: VsCodeOptions): Promise<OpenWindow> {
  const executablePath = await downloadAndUnzipVSCode();
  const data = await mkdtemp(join(tmpdir(), 'mlops-vscode-'));
  const settingsFile = join(data, 'User', 'settings.json');
  await mkdir(join(data, 'User'), { recursive: true });
  await writeFile(settingsFile, JSON.stringify(quietSettings({ ...drawn, ...options.settings }), null, 2));
  const own = [`--user-data-dir=${data}`, `--extensions-dir=${join(data, 'extensions')}`];
  if (options.installVsix) await install(executablePath, [...own, '--install-extension', options.installVsix]);
  const app = await _electron.launch({
    executablePath,
    args: [
      ...own,
      ...['--skip-welcome', '--skip-release-notes', '--disable-updates', '--disable-telemetry', '--no-sandbox'],
      ...(options.trust ? ['--disable-workspace-trust'] : []),
      ...(options.extensionDir ? [`--extensionDevelopmentPath=${options.extensionDir}`] : []),
      ...(options.folder ? [options.folder] : ['--new-window']),
    ],
    env: environment(options.env),
    timeout: START_MS,
  });
  const stop = async () => {
    await app.close();
    await rm(data, { recursive: true, force: true, maxRetries: 10 });
  };
  try {
    const page = await app.firstWindow({ timeout: START_MS });
    useClipboardOf(page, app);
    return { url: undefined, page, settingsFile, logs: () => readLogs(join(data, 'logs')), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function install(executablePath: string, args: readonly string[]): Promise<void> {
  const [cli, ...first] = resolveCliArgsFromVSCodeExecutablePath(executablePath);
  if (!cli) throw new Error('The downloaded VS Code has no command line.');
  await promisify(execFile)(cli, [...first, ...args], { shell: process.platform === 'win32' });
}

function environment(more: NodeJS.ProcessEnv = {}): Record<string, string> {
  const pairs = Object.entries({ ...process.env, ...more }).flatMap(([name, value]) =>
    value === undefined || /^(VSCODE_|ELECTRON_RUN_AS_NODE$|NODE_OPTIONS$)/.test(name) ? [] : [[name, value] as const],
  );
  return Object.fromEntries(pairs);
}

async function readLogs(folder: string): Promise<ReadonlyMap<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const texts = await Promise.all(files.map((file) => readFile(file, 'utf8')));
  return new Map(files.map((file, index) => [file.slice(folder.length + 1), texts[index] ?? '']));
}
