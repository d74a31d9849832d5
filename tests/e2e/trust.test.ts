import { randomUUID } from 'node:crypto';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sendJson, startHttpServer, type TestServer } from '../testbeds/http-server.ts';
import { goTo, problems, squiggles, typeText } from './harness/editor.ts';
import { expand, openFile, openView, runCommand, treeItem } from './harness/workbench.ts';
import { choose, dialog } from './product/dialog.ts';
import { marked, processesOf, seesProcesses } from './product/processes.ts';
import { experimentItem, experimentsView, openExample, type Product } from './product/product.ts';
import { writeTrackers } from './product/workspace-file.ts';

const marker = randomUUID();

let server: TestServer;
let product: Product;
let page: Page;

beforeAll(async () => {
  server = await startHttpServer((_, response) => sendJson(response, { experiments: [] }));
  product = await openExample({
    trust: false,
    settings: { 'security.workspace.trust.startupPrompt': 'never', 'workbench.colorTheme': 'Dark Modern' },
    env: marked(marker),
    prepare: (folder) => writeTrackers(folder, { local: 'sqlite:///mlflow.db', team: server.url }),
  });
  ({ page } = product);
});

afterAll(async () => {
  await product?.stop();
  await server?.[Symbol.asyncDispose]();
});

async function expectNothingRan(): Promise<void> {
  expect(server.connections).toBe(0);
  if (seesProcesses) expect(await processesOf(marker, 'backend.js')).toEqual([]);
}

// In this order: trust is given once, by the last of them.
describe('a folder that is not trusted', () => {
  it('says in the view why it is empty, and starts and asks nothing', async () => {
    const view = await experimentsView(page);
    await expect.poll(() => view.innerText()).toContain('This folder is not trusted yet');
    const models = await openView(page, 'Models');
    await expect.poll(() => models.innerText()).toContain('No registry is opened in a folder that is not trusted');
    await openView(page, 'Connections');
    await product.vsCode.screenshot('trust-untrusted');
    await expectNothingRan();
  });

  it('has YAML checked in open files', async () => {
    await openFile(page, 'mlops.yaml');
    await goTo(page, 4);
    await typeText(page, 'trackng: []\n');
    await squiggles(page, 'error').first().waitFor();
    await (await problems(page)).filter({ hasText: 'schema-unknown-key' }).waitFor();
    await product.vsCode.screenshot('trust-diagnostic');
    await runCommand(page, 'File: Revert File');
    await expectNothingRan();
  });

  it('shows its experiments once it is trusted, and still asks before it connects', async () => {
    await runCommand(page, 'Workspaces: Manage Workspace Trust');
    await page.locator('.workspace-trust-editor').getByRole('button', { name: 'Trust', exact: true }).click();
    const question = dialog(page, `connect to ${server.url}?`);
    await question.waitFor();
    expect(server.connections).toBe(0);
    await choose(question, 'Don’t Allow');
    const view = await experimentsView(page);
    await expand(treeItem(view, 'local'));
    await experimentItem(view, 'churn-networks').waitFor();
    await product.vsCode.screenshot('trust-granted');
    expect(server.connections).toBe(0);
    if (seesProcesses) expect(await processesOf(marker, 'backend.js')).toHaveLength(1);
  });
});
