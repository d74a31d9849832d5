import { existsSync } from 'node:fs';
import { output, run, SetupError, step, which } from './steps.mjs';

/** What is needed of the system: how to see that it is there, and the Debian package that has it. */
const needs = {
  chromium: { package: 'chromium', isThere: async () => findChromium() !== undefined },
  git: { package: 'git', isThere: async () => which('git') !== undefined },
  compiler: { package: 'build-essential', isThere: async () => which('make') && which('g++', 'c++', 'clang++') },
  go: { package: 'golang', isThere: async () => findGo() !== undefined },
  kerberos: { package: 'libkrb5-dev', isThere: async () => existsSync('/usr/include/gssapi/gssapi.h') },
  alertmanager: {
    package: 'prometheus-alertmanager',
    isThere: async () => which('prometheus-alertmanager') !== undefined,
  },
  prometheus: { package: 'prometheus', isThere: async () => which('prometheus') && which('promtool') },
  neovim: { package: 'neovim', isThere: async () => which('nvim') !== undefined },
  pkgConfig: { package: 'pkg-config', isThere: async () => which('pkg-config') !== undefined },
  python: { package: 'python3', isThere: async () => which('python3') !== undefined },
  venv: {
    package: 'python3-venv',
    isThere: async () => (await output(['python3', '-c', 'import ensurepip, venv'])) !== undefined,
  },
};

/** What is there already is not asked for again. @param {...(keyof typeof needs)} names */
export async function installSystemPackages(...names) {
  if (process.platform !== 'linux') return;
  const missing = [];
  for (const name of names) if (!(await needs[name].isThere())) missing.push(needs[name].package);
  if (missing.length === 0) return;
  const list = missing.join(' ');
  if (!which('apt-get') || process.getuid?.() !== 0) {
    throw new SetupError(
      which('apt-get')
        ? `System packages are missing. Install them and try again: sudo apt-get install -y --no-install-recommends ${list}`
        : `System packages are missing. Install what your system calls (names of Debian): ${list}`,
    );
  }
  await step(`System packages: ${list}`, async () => {
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    await run(['apt-get', 'update'], { log: 'apt-update', env, failure: 'apt-get could not read the package lists.' });
    await run(['apt-get', 'install', '-y', '--no-install-recommends', ...missing], {
      log: 'apt-install',
      env,
      failure: `apt-get could not install ${list}.`,
    });
  });
}

/** The Go on PATH, or where its own installer puts it. */
export function findGo() {
  return which('go') ?? ['/usr/local/go/bin/go', '/opt/homebrew/bin/go'].find((path) => existsSync(path));
}

/** The Chromium that drives VS Code and the panels: CHROMIUM_PATH, or one of those that the system has. */
export function findChromium() {
  if (process.env.CHROMIUM_PATH) return process.env.CHROMIUM_PATH;
  const places = [
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
  ];
  return (
    which('chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome') ??
    places.find((path) => existsSync(path))
  );
}
