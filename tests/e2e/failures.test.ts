import { createHash, randomUUID } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { editor, problems, replaceText, squiggles, typeText } from './harness/editor.ts';
import { expand, openFile, runCommand, treeItem } from './harness/workbench.ts';
import { marked, processesOf, seesProcesses } from './product/processes.ts';
import { experimentItem, experimentsView, openExample, type Product, runItem } from './product/product.ts';
import { writeTrackers } from './product/workspace-file.ts';

const marker = randomUUID();

let product: Product;
let page: Page;
let view: Locator;
let before: Record<string, string>;

/** What lies in the folder, but for the extension's own state: path → digest of its bytes. */
async function contents(folder: string): Promise<Record<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const own = files.filter((file) => !file.startsWith(join(folder, '.mlops')));
  const digests = own.map(async (file) => {
    const digest = createHash('sha256').update(await readFile(file));
    return [file.slice(folder.length + 1), digest.digest('hex')] as const;
  });
  return Object.fromEntries(await Promise.all(digests));
}

beforeAll(async () => {
  product = await openExample({
    settings: { 'workbench.colorTheme': 'Dark Modern', 'files.autoSave': 'off' },
    env: marked(marker),
    prepare: async (folder) => {
      const whole = await readFile(join(folder, 'mlflow.db'));
      // The first page says that it is SQLite; what should follow is missing or wrong.
      await writeFile(join(folder, 'damaged.db'), Buffer.concat([whole.subarray(0, 4096), Buffer.alloc(8192, 0x5a)]));
      await writeFile(join(folder, 'text.db'), 'This is no database.\n'.repeat(100));
      await writeTrackers(folder, {
        damaged: 'sqlite:///damaged.db',
        local: 'sqlite:///mlflow.db',
        missing: 'sqlite:///missing.db',
        text: 'sqlite:///text.db',
      });
      before = await contents(folder);
    },
  });
  ({ page } = product);
  view = await experimentsView(page);
});

afterAll(async () => {
  await product?.stop();
});

describe('what goes wrong', () => {
  it('in one store is told where it belongs, and the others work', async () => {
    await expand(treeItem(view, 'local'));
    await experimentItem(view, 'churn-networks').waitFor();
    const tracker = (name: string) => view.locator(`[role="treeitem"][aria-level="1"]`).filter({ hasText: name });
    for (const name of ['damaged', 'missing', 'text']) await expand(tracker(name).first());
    const messages = view.locator('[role="treeitem"][aria-level="2"]:not([aria-label^="experiment"])');
    await expect.poll(() => messages.count()).toBe(3);
    await product.vsCode.screenshot('failures-stores');
    const texts = await messages.evaluateAll((items) => items.map((item) => item.getAttribute('aria-label') ?? ''));
    expect(texts[0]).toMatch(/damaged/i);
    expect(texts[1]).toMatch(/missing\.db/);
    expect(texts[2]).toMatch(/text\.db/);
    for (const text of texts) expect(text).not.toMatch(/SQLITE_|Error:|\bat .*\.js/);
  });

  it.runIf(seesProcesses)('with the backend process is over by itself: the view recovers', async () => {
    const [pid, ...others] = await processesOf(marker, 'backend.js');
    expect(others).toEqual([]);
    expect(pid).toBeDefined();
    if (pid === undefined) return;
    process.kill(pid, 'SIGKILL');
    await expect.poll(() => processesOf(marker, 'backend.js')).not.toContain(pid);
    await expand(experimentItem(view, 'churn-networks'));
    await runItem(view, '16 units').waitFor();
    await expect.poll(async () => (await processesOf(marker, 'backend.js')).length).toBe(1);
    await runItem(view, '16 units').click();
    await page.locator('.tabs-container .tab').filter({ hasText: 'Run 16 units' }).waitFor();
  });

  it.runIf(seesProcesses)('with the language server leaves texts that nobody has saved checked as before', async () => {
    await openFile(page, 'train.mlops.yaml');
    await replaceText(
      page,
      'apiVersion: mlops/v1\nkind: Pipeline\nmetadata: {name: x}\nsteps: {a: {run: x}}\nspeed: 1\n',
    );
    await squiggles(page, 'error').first().waitFor();
    const [pid] = await processesOf(marker, 'server.js');
    expect(pid).toBeDefined();
    if (pid === undefined) return;
    process.kill(pid, 'SIGKILL');
    await expect.poll(async () => (await processesOf(marker, 'server.js')).filter((id) => id !== pid).length).toBe(1);
    // Only a server that was given the text as it stands here can tell what the next key presses make of it.
    await editor(page).locator('.view-lines').click();
    await page.keyboard.press('ControlOrMeta+End');
    await typeText(page, 'colour: 2\n');
    const rows = await problems(page);
    await rows.filter({ hasText: 'speed' }).first().waitFor();
    await rows.filter({ hasText: 'colour' }).first().waitFor();
    await runCommand(page, 'File: Revert File');
  });

  it('or not, no byte of a store has changed and no file lies beside it', async () => {
    await runCommand(page, 'MLOps: Refresh Experiments');
    await experimentItem(view, 'churn-networks').waitFor();
    expect(await contents(product.folder)).toEqual(before);
  });
});
