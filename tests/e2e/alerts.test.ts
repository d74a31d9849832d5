import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sendJson, startHttpServer, type TestServer } from '../testbeds/http-server.ts';
import { notification, quickPickRow, runCommand } from './harness/workbench.ts';
import { choose, dialog } from './product/dialog.ts';
import { experimentsView, openExample, type Product } from './product/product.ts';

let receiver: TestServer;
let product: Product;
let page: Page;

const command = 'MLOps: Send a Test to an Alert Channel…';

beforeAll(async () => {
  receiver = await startHttpServer((_, response) => sendJson(response, {}));
  product = await openExample({
    settings: { 'workbench.colorTheme': 'Dark Modern' },
    prepare: (folder) =>
      writeFile(
        join(folder, 'mlops.yaml'),
        `apiVersion: mlops/v1
kind: Workspace
metadata: {name: churn}
alerting:
  channels:
    - {name: editor, type: vscode}
    - {name: hook, type: webhook, url: '${receiver.url}'}
`,
      ),
  });
  ({ page } = product);
  await experimentsView(page);
});

afterAll(async () => {
  await product?.stop();
  await receiver?.[Symbol.asyncDispose]();
});

describe('a test of a channel', () => {
  it('is shown as a notification by the editor', async () => {
    await runCommand(page, command);
    await quickPickRow(page, 'editor').click();
    await notification(page, 'test: Test – This is a test of the channel “editor”. Nothing is wrong.');
  });

  it('goes to a webhook once the person allowed its address', async () => {
    await runCommand(page, command);
    await quickPickRow(page, 'hook').click();
    await choose(dialog(page, `connect to ${receiver.url}?`), 'Allow');
    await expect.poll(() => receiver.seen.length).toBe(1);
    expect(JSON.parse(receiver.seen[0]?.body ?? '')).toMatchObject({ kind: 'test', channel: 'hook' });
    await page.locator('.statusbar-item').filter({ hasText: 'A test was sent to hook' }).waitFor();
  });
});
