import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { launchChromium } from './chromium.ts';
import { startServer, type VsCodeServer } from './server.ts';

/**
 * Serves the example workspace in the browser's VS Code with the extension of this checkout. With MLOPS_START_CHECK=1 it
 * only sees that the page answers and the extension has activated, and ends.
 */
const root = join(import.meta.dirname, '..', '..');
const example = join(root, 'docs', 'examples', 'churn');
const identifier = 'mlops-workbench.mlops-workbench';
const CHECK_MS = 90_000;

async function main(): Promise<void> {
  const server = await startServer({ trust: true, extensionDir: root });
  const stopped = untilSignal();
  try {
    const url = server.url(example);
    console.log(`\nVS Code with MLOps Workbench: ${url}`);
    if (process.env.MLOPS_START_CHECK === '1') {
      await Promise.race([check(server, url), stopped.then(() => Promise.reject(new Error('Interrupted.')))]);
    } else {
      console.log('Stop it with Ctrl+C.');
      await stopped;
    }
  } finally {
    await server.stop();
  }
}

async function untilSignal(): Promise<void> {
  // Held open by a timer: waiting for a signal alone does not keep a process alive.
  const hold = setInterval(() => {}, 2 ** 30);
  await Promise.race(['SIGINT', 'SIGTERM', 'SIGHUP'].map((signal) => once(process, signal)));
  clearInterval(hold);
}

async function check(server: VsCodeServer, url: string): Promise<void> {
  const browser = await launchChromium();
  try {
    const page = await browser.newPage();
    // The window reports its log to whoever drives it.
    await page.exposeFunction('codeAutomationLog', () => {});
    await page.exposeFunction('codeAutomationExit', () => {});
    await page.goto(url, { timeout: CHECK_MS });
    await page.locator('.activitybar .action-label[aria-label^="MLOps"]').waitFor({ timeout: CHECK_MS });
    await untilActivated(server);
  } finally {
    await browser.close();
  }
  console.log('The page answers and the extension has activated.');
}

async function untilActivated(server: VsCodeServer): Promise<void> {
  const deadline = Date.now() + CHECK_MS;
  while (Date.now() < deadline) {
    const logs = [...(await server.logs()).values()].join('\n');
    if (new RegExp(`Activating extension ${identifier} failed`).test(logs)) {
      throw new Error(`The extension failed to activate:\n${linesAbout(logs)}`);
    }
    if (logs.includes(`ExtensionService#_doActivateExtension ${identifier}`)) return;
    await delay(200);
  }
  throw new Error(`The extension did not activate in ${CHECK_MS / 1000} s.`);
}

function linesAbout(logs: string): string {
  const lines = logs.split('\n').filter((line) => line.includes('[error]'));
  return lines.slice(0, 20).join('\n');
}

await main()
  .catch((error: unknown) => {
    console.error(error);
    process.exitCode = 1;
  })
  // Whatever is left of a browser or a socket must not hold the process.
  .finally(() => process.exit());
