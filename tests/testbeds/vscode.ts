import { cp, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Page } from 'playwright-core';
import { launchChromium } from '../../scripts/vscode/chromium.ts';
import { type Settings, startServer, type VsCodeServer } from '../../scripts/vscode/server.ts';
import { openDesktop } from './vscode-desktop.ts';

export interface VsCodeOptions {
  /** The folder or `.code-workspace` to open; an empty window when left out. */
  readonly folder?: string;
  /** An extension run from its folder, such as the checkout. */
  readonly extensionDir?: string;
  /** A packed extension to install first. */
  readonly installVsix?: string;
  /** Whether every folder is trusted from the start; otherwise it opens restricted until someone trusts it. */
  readonly trust: boolean;
  readonly settings?: Settings;
  readonly env?: NodeJS.ProcessEnv;
}

/** A running VS Code and its window. */
export interface VsCode {
  /** What opens the folder in another page; undefined on the desktop. */
  readonly url: string | undefined;
  readonly page: Page;
  /** Keeps a picture among the test artifacts; answers its path. */
  screenshot(name: string): Promise<string>;
  readonly settingsFile: string;
  /** What was logged: the name of the file → text. `window` is what the page wrote to its console. */
  logs(): Promise<ReadonlyMap<string, string>>;
  /** Ends the window and everything that it started, and removes its data. */
  stop(): Promise<void>;
}

/** A window with its data, however it was opened. */
export interface OpenWindow {
  readonly url: string | undefined;
  readonly page: Page;
  readonly settingsFile: string;
  logs(): Promise<ReadonlyMap<string, string>>;
  stop(): Promise<void>;
}

const WINDOW_MS = 60_000;
const LEAVE_MS = 5_000;
export const repository = join(import.meta.dirname, '..', '..');
const pictures = join(repository, 'tests', 'artifacts', 'screenshots');

/** In the browser on Linux, where it is built from npm; elsewhere the desktop's. MLOPS_TEST_DESKTOP=1 asks for the latter. */
export const onDesktop = process.platform !== 'linux' || process.env.MLOPS_TEST_DESKTOP === '1';

export async function startVsCode(options: VsCodeOptions): Promise<VsCode> {
  const window = await (onDesktop ? openDesktop(options) : openInBrowser(options));
  const console = collectConsole(window.page);
  try {
    await window.page.locator('.monaco-workbench .part.activitybar').waitFor({ timeout: WINDOW_MS });
  } catch (error) {
    await picture(window.page, `did-not-open-${Date.now()}`);
    await window.stop();
    throw error;
  }
  return {
    url: window.url,
    page: window.page,
    screenshot: (name) => picture(window.page, name),
    settingsFile: window.settingsFile,
    logs: async () => new Map([...(await window.logs()), ['window', console()]]),
    stop: window.stop,
  };
}

async function openInBrowser(options: VsCodeOptions): Promise<OpenWindow> {
  const server = await startServer(options);
  const browser = await launchChromium().catch(async (error: unknown) => {
    await server.stop();
    throw error;
  });
  const stop = async () => {
    await leave(
      browser.contexts().flatMap((context) => context.pages()),
      server,
    );
    await browser.close();
    await server.stop();
  };
  try {
    const context = await browser.newContext({
      viewport: { width: 1280, height: 800 },
      permissions: ['clipboard-read', 'clipboard-write'],
    });
    const page = await context.newPage();
    await page.exposeFunction('codeAutomationLog', () => {});
    await page.exposeFunction('codeAutomationExit', () => {});
    const url = server.url(options.folder);
    await page.goto(url, { timeout: WINDOW_MS });
    return { url, page, settingsFile: server.settingsFile, logs: server.logs, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/**
 * Leaves the windows in good order: then the extension hosts end by themselves, with what they started, and write down
 * what they ran. One that takes too long is killed with the server.
 */
async function leave(pages: readonly Page[], server: VsCodeServer): Promise<void> {
  await Promise.all(pages.map((page) => page.goto('about:blank').catch(() => null)));
  const end = Date.now() + LEAVE_MS;
  while (Date.now() < end && (await runningHosts(server)) > 0) await delay(100);
}

async function runningHosts(server: VsCodeServer): Promise<number> {
  const output = (await server.logs()).get('output') ?? '';
  const times = (pattern: RegExp) => output.match(pattern)?.length ?? 0;
  return times(/Launched Extension Host Process/g) - times(/Extension Host Process exited/g);
}

function collectConsole(page: Page): () => string {
  const lines: string[] = [];
  page.on('console', (message) => lines.push(`${message.type()}: ${message.text()}`));
  page.on('pageerror', (error) => lines.push(`pageerror: ${error.stack ?? error.message}`));
  return () => lines.join('\n');
}

async function picture(page: Page, name: string): Promise<string> {
  await mkdir(pictures, { recursive: true });
  const path = join(pictures, `${name}.png`);
  await page.screenshot({ path });
  return path;
}

/** A copy of an example that a test may write into; gone after `dispose`. */
export async function copyOf(example: string): Promise<{ folder: string; dispose(): Promise<void> }> {
  const parent = await mkdtemp(join(tmpdir(), 'mlops-workspace-'));
  const folder = join(parent, 'workspace');
  await cp(join(repository, example), folder, { recursive: true, filter: (path) => !path.endsWith('.mlops') });
  return { folder, dispose: () => rm(parent, { recursive: true, force: true, maxRetries: 5 }) };
}
