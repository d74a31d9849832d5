import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readClipboard } from '../testbeds/clipboard.ts';
import type { TestServer } from '../testbeds/http-server.ts';
import { type MlflowServer, startMlflowServer } from '../testbeds/mlflow-server.ts';
import { repository } from '../testbeds/vscode.ts';
import { editor } from './harness/editor.ts';
import { answer, expand, openView, pick, runCommand, tab, treeItem, treeTexts } from './harness/workbench.ts';
import { startCountingProxy } from './product/counting-proxy.ts';
import { choose, dialog } from './product/dialog.ts';
import {
  collapseAll,
  connectionsView,
  experimentItem,
  experimentsView,
  openExample,
  type Product,
} from './product/product.ts';
import { writeTrackers } from './product/workspace-file.ts';

const username = 'ana';
const password = 'correct horse battery staple';
const token = 'token-of-the-environment-4711';

let mlflow: MlflowServer;
let proxy: TestServer;
let storeFolder: string;
let product: Product;
let page: Page;

beforeAll(async () => {
  storeFolder = await mkdtemp(join(tmpdir(), 'mlops-store-'));
  const store = join(storeFolder, 'mlflow.db');
  await copyFile(join(repository, 'docs', 'examples', 'churn', 'mlflow.db'), store);
  mlflow = await startMlflowServer({ backendStore: `sqlite:///${store}`, basicAuth: { username, password } });
  proxy = await startCountingProxy(mlflow.url);
  product = await openExample({
    settings: { 'workbench.colorTheme': 'Dark Modern' },
    // Of no server that the folder names: it must go nowhere.
    env: { MLFLOW_TRACKING_TOKEN: token },
    prepare: (folder) => writeTrackers(folder, { local: 'sqlite:///mlflow.db', team: proxy.url }),
  });
  ({ page } = product);
});

afterAll(async () => {
  await product?.stop();
  await proxy?.[Symbol.asyncDispose]();
  await mlflow?.stop();
  if (storeFolder) await rm(storeFolder, { recursive: true, force: true });
});

// In this order, as a person comes to a new folder: each begins where the one before ended.
describe('a server that mlops.yaml names', () => {
  it('is not connected to before it was allowed', async () => {
    const view = await experimentsView(page);
    const question = dialog(page, `connect to ${proxy.url}?`);
    await question.waitFor();
    await product.vsCode.screenshot('connections-permission');
    // What needs no permission is there meanwhile.
    await expand(treeItem(view, 'local'));
    await experimentItem(view, 'churn-networks').waitFor();
    expect({ connections: proxy.connections, requests: proxy.seen.length }).toEqual({ connections: 0, requests: 0 });
    await choose(question, 'Allow');
    await expect.poll(() => proxy.seen.length).toBeGreaterThan(0);
  });

  it('is signed in to by quick picks, and shows its runs then', async () => {
    const view = await experimentsView(page);
    await collapseAll(view);
    await expand(view.locator('[role="treeitem"][aria-label^="team"]'));
    const refused = view
      .locator('[role="treeitem"][aria-level="2"]')
      .filter({ hasText: /sign in|user name|password/i });
    await refused.waitFor();
    await product.vsCode.screenshot('connections-sign-in');
    expect(proxy.seen.filter(({ headers }) => headers.authorization !== undefined)).toEqual([]);
    await refused.click();
    await pick(page, 'User name', 'User name and password');
    await answer(page, username, 'User name');
    await answer(page, password, 'Password');
    await experimentItem(view, 'churn-networks').waitFor();
    expect(await experimentItem(view, 'churn').getAttribute('aria-level')).toBe('2');
    await product.vsCode.screenshot('connections-signed-in');
    const sent = new Set(proxy.seen.map(({ headers }) => headers.authorization).filter((value) => value !== undefined));
    expect([...sent]).toEqual([`Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`]);
  });

  it('shows its health in the Connections view', async () => {
    await openView(page, 'Connections');
    const view = await connectionsView(page);
    const item = (name: string) => view.locator('[role="treeitem"]').filter({ hasText: name }).first();
    const health = async (name: string) => (await item(name).getAttribute('aria-label')) ?? '';
    await expect.poll(() => health('local')).toMatch(/^Experiments, local, healthy, /);
    await expect.poll(() => health('team')).toMatch(/^Experiments, team, healthy, .*\d+ ms/);
    await product.vsCode.screenshot('connections-view');
    await proxy[Symbol.asyncDispose]();
    await runCommand(page, 'MLOps: Check Connections');
    await expect.poll(() => health('team')).toMatch(/^Experiments, team, not healthy, /);
    expect(await health('local')).toMatch(/^Experiments, local, healthy, /);
    expect((await treeTexts(view)).length).toBeGreaterThanOrEqual(2);
  });

  it('leaves no secret in the collected diagnostics', async () => {
    await runCommand(page, 'MLOps: Collect Diagnostics');
    await tab(page, 'Untitled-1').waitFor();
    await editor(page).locator('.view-lines').click();
    await page.keyboard.press('ControlOrMeta+A');
    await page.keyboard.press('ControlOrMeta+C');
    await product.vsCode.screenshot('connections-diagnostics');
    const text = await readClipboard(page);
    expect(text).toContain('team');
    expect(text).toMatch(/mlops-workbench\.mlops-workbench \d+\.\d+\.\d+/);
    expect(text).toMatch(/^- .+ \d+\.\d+\.\d+ in the browser, (host|remote) /m);
    const basic = Buffer.from(`${username}:${password}`).toString('base64');
    for (const secret of [password, token, basic]) expect(text).not.toContain(secret);
    const logs = [...(await product.vsCode.logs()).values()].join('\n');
    for (const secret of [password, token, basic]) expect(logs).not.toContain(secret);
  });
});
