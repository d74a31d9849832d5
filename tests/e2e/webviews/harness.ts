import { randomBytes, randomUUID } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { panelHtml } from '#client/webview/content.ts';
import type { NotificationDefinition, ParamsOf } from '#schemas/protocol/request.ts';
import { launchChromium } from './chromium.ts';
import type { FakeHost } from './fake-host.ts';
import { defaultStyles, type ThemeName, themes } from './themes.ts';

const built = process.env.MLOPS_WEBVIEWS_DIST ?? join(import.meta.dirname, '../../../dist/webviews');
const types: Readonly<Record<string, string>> = {
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.ttf': 'font/ttf',
  '.html': 'text/html',
};

export interface OpenOptions {
  readonly host: FakeHost;
  readonly theme?: ThemeName;
  readonly width?: number;
  readonly height?: number;
  /** What the page finds saved. */
  readonly saved?: unknown;
  readonly reducedMotion?: boolean;
}

/** A panel's page in a browser, with what VS Code gives it: its policy, its theme, its way to the host. */
export interface OpenPanel {
  readonly page: Page;
  /** Violations of the content security policy, page errors and console errors so far. */
  readonly problems: string[];
  saved(): Promise<unknown>;
  tell<D extends NotificationDefinition>(definition: D, params: ParamsOf<D>): Promise<void>;
  setTheme(theme: ThemeName): Promise<void>;
  /** Loads the page anew, as VS Code does after the panel was hidden. */
  reload(): Promise<void>;
  close(): Promise<void>;
}

export class WebviewHarness {
  readonly #browser: Browser;
  readonly #server: Server;
  readonly #origin: string;

  private constructor(browser: Browser, server: Server) {
    this.#browser = browser;
    this.#server = server;
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('The server of the pages has no port.');
    this.#origin = originOf(address);
  }

  static async start(): Promise<WebviewHarness> {
    const server = createServer(async ({ url }, response) => {
      const { pathname } = new URL(url ?? '/', 'http://page');
      if (pathname === '/favicon.ico') {
        response.writeHead(204).end();
        return;
      }
      try {
        const body = pathname.endsWith('.html') ? pageOf(pathname) : await readFile(join(built, normalize(pathname)));
        response.writeHead(200, { 'Content-Type': types[extname(pathname)] ?? 'application/octet-stream' }).end(body);
      } catch {
        response.writeHead(404).end();
      }
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new WebviewHarness(await launchChromium(), server);
  }

  async open({
    host,
    theme = 'dark',
    width = 1200,
    height = 800,
    saved,
    reducedMotion,
  }: OpenOptions): Promise<OpenPanel> {
    const context = await this.#browser.newContext({
      viewport: { width, height },
      reducedMotion: reducedMotion ? 'reduce' : 'no-preference',
      locale: 'en-US',
      timezoneId: 'UTC',
    });
    const problems: string[] = [];
    const page = await context.newPage();
    const coverageFolder = process.env.MLOPS_CHILD_COVERAGE;
    if (coverageFolder) await page.coverage.startJSCoverage({ resetOnNavigation: false });
    page.on('pageerror', (error) => problems.push(`page error: ${error.message}`));
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') problems.push(`console: ${message.text()}`);
    });
    await connect(context, page, { host, problems, saved });
    await page.addInitScript(applyTheme, { ...themes[theme], styles: defaultStyles });
    await page.goto(`${this.#origin}/${host.state.panel}.html`);
    return {
      page,
      problems,
      saved: () => page.evaluate(() => JSON.parse(sessionStorage.getItem('saved') ?? 'null')),
      tell: (definition, params) =>
        page.evaluate((data) => void window.postMessage(data, '*'), {
          jsonrpc: '2.0',
          method: definition.method,
          params: definition.params.parse(params),
        }),
      setTheme: (name) => page.evaluate(applyTheme, { ...themes[name], styles: '' }),
      reload: async () => void (await page.reload()),
      close: async () => {
        if (coverageFolder) {
          const result = await page.coverage.stopJSCoverage();
          await writeFile(join(coverageFolder, `page-${randomUUID()}.json`), JSON.stringify({ result }));
        }
        await context.close();
      },
    };
  }

  async stop(): Promise<void> {
    await this.#browser.close();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

function originOf({ port }: AddressInfo): string {
  return `http://127.0.0.1:${port}`;
}

function pageOf(pathname: string): string {
  const panel = pathname.slice(1, -'.html'.length);
  return panelHtml({
    nonce: randomBytes(18).toString('base64url'),
    cspSource: `'self'`,
    script: `/${panel}/main.js`,
    styles: [`/${panel}/main.css`],
    title: panel,
    language: 'en',
  });
}

/** Puts `acquireVsCodeApi` into the page and answers what it posts. */
async function connect(
  context: BrowserContext,
  page: Page,
  { host, problems, saved }: { host: FakeHost; problems: string[]; saved: unknown },
): Promise<void> {
  await context.exposeBinding('postToHost', async (_source, text: string) => {
    const message: { id?: number | string; method?: string; params?: unknown } = JSON.parse(text);
    if (message.id === undefined || message.method === undefined) return;
    if (host.holds(message.method, message.params)) return;
    const response = { jsonrpc: '2.0', id: message.id, ...host.answer(message.method, message.params) };
    // The page may be gone by now.
    await page
      .evaluate((data) => {
        performance.mark('answer', { detail: data.id });
        window.postMessage(data, '*');
      }, response)
      .catch(() => undefined);
  });
  await context.exposeBinding('reportProblem', (_source, text: string) => void problems.push(text));
  await page.addInitScript((initial) => {
    const { postToHost, reportProblem } = globalThis as unknown as Record<string, (text: string) => void>;
    document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI, sourceFile, lineNumber }) =>
      reportProblem?.(`policy: ${violatedDirective} ${blockedURI} ${sourceFile}:${lineNumber}`),
    );
    if (initial !== undefined && sessionStorage.getItem('saved') === null) {
      sessionStorage.setItem('saved', JSON.stringify(initial));
    }
    Object.assign(globalThis, {
      acquireVsCodeApi: () => ({
        postMessage: (message: unknown) => postToHost?.(JSON.stringify(message)),
        getState: () => JSON.parse(sessionStorage.getItem('saved') ?? 'null') ?? undefined,
        setState: (state: unknown) => sessionStorage.setItem('saved', JSON.stringify(state)),
      }),
    });
  }, saved);
}

/** Runs in the page: what VS Code does to it for a theme. */
function applyTheme(theme: { bodyClass: string; variables: Readonly<Record<string, string>>; styles: string }): void {
  const apply = () => {
    const root = document.documentElement;
    for (const name of [...root.style]) root.style.removeProperty(name);
    for (const [name, value] of Object.entries(theme.variables)) root.style.setProperty(`--vscode-${name}`, value);
    document.body.classList.remove('vscode-dark', 'vscode-light', 'vscode-high-contrast');
    document.body.classList.add(theme.bodyClass);
  };
  if (theme.styles !== '') {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(`@layer vscode { ${theme.styles} }`);
    const adopt = () => {
      document.adoptedStyleSheets = [sheet, ...document.adoptedStyleSheets];
    };
    document.addEventListener('DOMContentLoaded', adopt, { once: true });
  }
  if (document.body) apply();
  else document.addEventListener('DOMContentLoaded', apply, { once: true });
}
