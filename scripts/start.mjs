import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { installDependencies } from './setup/node.mjs';
import { build, runProject, vsCodeVariables } from './setup/project.mjs';
import { endWithNpm, reportFailure, root, which, windows } from './setup/steps.mjs';
import { installSystemPackages } from './setup/system.mjs';
import { installVsCode } from './setup/vscode.mjs';

const example = join(root, 'docs', 'examples', 'churn');

async function main() {
  const checking = process.env.MLOPS_START_CHECK === '1';
  await installDependencies();
  const code = checking ? undefined : desktopCode();
  if (!code) {
    await installSystemPackages(
      'git',
      'python',
      'compiler',
      'kerberos',
      'pkgConfig',
      ...(checking ? ['chromium'] : []),
    );
  }
  const vsCode = code ? undefined : await installVsCode();
  await build();
  if (code) return openOnDesktop(code);
  return runProject([join(root, 'scripts', 'vscode', 'open.ts')], vsCodeVariables(vsCode));
}

/** The `code` on PATH; the one inside a remote VS Code's terminal can't open a window for development. */
function desktopCode() {
  return process.env.VSCODE_IPC_HOOK_CLI ? undefined : which('code');
}

/** A window of its own, with user data of its own; ends when the window is closed. */
async function openOnDesktop(code) {
  const data = await mkdtemp(join(tmpdir(), 'mlops-vscode-'));
  const own = ['--user-data-dir', data, '--extensions-dir', join(data, 'extensions'), '--disable-workspace-trust'];
  const args = ['--wait', '--new-window', ...own, `--extensionDevelopmentPath=${root}`, example];
  const quoted = windows ? args.map((each) => `"${each}"`) : args;
  const child = spawn(windows ? `"${code}"` : code, quoted, { stdio: 'inherit', shell: windows });
  console.log('VS Code opens with the example workspace. Close its window, or press Ctrl+C, to stop.');
  const close = async () => {
    // The window's process is not a child of ours; it notes its id in its user data.
    const pid = Number(await readFile(join(data, 'code.lock'), 'utf8').catch(() => ''));
    if (pid) process.kill(pid, 'SIGTERM');
    child.kill('SIGTERM');
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, close);
  const status = await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (exit) => resolve(exit ?? 0));
  });
  await rm(data, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
  return status;
}

endWithNpm();
await main().then((status) => {
  process.exitCode = status;
}, reportFailure);
