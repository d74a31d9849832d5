import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runMlops } from '../integration/cli/run-mlops.ts';
import { changeSettings, setTheme } from './harness/settings.ts';
import { contextMenu, expand, openView, openViewContainer, runCommand, tab, treeItem } from './harness/workbench.ts';
import { openExample, type Product } from './product/product.ts';

const table = (shift: number) =>
  `${['age,plan', ...Array.from({ length: 200 }, (_, i) => `${20 + (i % 40) + shift},${i % 3 === 0 ? 'free' : 'pro'}`)].join('\n')}\n`;

const monitor = (name: string, current: string, rest = '') => `apiVersion: mlops/v1
kind: Monitor
metadata: {name: ${name}}
drift: {reference: train.csv, current: ${current}}
${rest}`;

let product: Product;
let page: Page;
const write = (file: string, text: string) => writeFile(join(product.folder, file), text);

beforeAll(async () => {
  product = await openExample({
    settings: { 'workbench.colorTheme': 'Dark Modern' },
    prepare: async (folder) => {
      await rm(join(folder, 'monitor.mlops.yaml'));
      await writeFile(join(folder, 'train.csv'), table(0));
      await writeFile(join(folder, 'same.csv'), table(0));
      await writeFile(join(folder, 'moved.csv'), table(25));
    },
  });
  ({ page } = product);
});

afterAll(() => product?.stop());

async function monitorsView(): Promise<Locator> {
  await openViewContainer(page, 'MLOps');
  // It takes the room that the list of monitors needs.
  const experiments = page.locator('.pane-header[aria-label^="Experiments"]');
  if ((await experiments.getAttribute('aria-expanded')) === 'true') await experiments.click();
  return openView(page, 'Monitors');
}

// In this order: each begins where the one before ended.
describe('the Monitors view', () => {
  it('says what to do where there is nothing, and creates a document to begin with', async () => {
    const view = await monitorsView();
    await expect.poll(() => view.innerText()).toContain('There are no monitors yet');
    await view.getByRole('button', { name: 'Create a Monitor' }).click();
    await tab(page, 'monitor.mlops.yaml').waitFor();
    await treeItem(view, 'never checked').waitFor();
    await product.vsCode.screenshot('monitors-created');
    expect(await readFile(join(product.folder, 'monitor.mlops.yaml'), 'utf8')).toContain('kind: Monitor');
    await runCommand(page, 'View: Close Editor');
  });

  it('shows monitors as their files come and change, and checks one now', async () => {
    const view = await monitorsView();
    await write('monitor.mlops.yaml', monitor('steady', 'same.csv', 'schedule: "0 0 1 1 *"\nmodel: churn@champion\n'));
    await write(
      'moving.mlops.yaml',
      monitor('moving', 'moved.csv', 'alerts: [{when: drift.share >= 0.3, channel: editor, name: moved}]\n'),
    );
    await write('odd.mlops.yaml', monitor('odd', 'same.csv', 'shedule: daily\n'));
    await treeItem(view, 'odd').filter({ hasText: 'invalid document' }).waitFor();
    await contextMenu(treeItem(view, 'steady'), 'Check Monitor Now');
    await view.locator('[role="treeitem"][aria-label^="steady, ok"]').waitFor();
    await contextMenu(treeItem(view, 'moving'), 'Check Monitor Now');
    await view.locator('[role="treeitem"][aria-label^="moving, out of bounds"]').waitFor();
    const badge = page.locator('.activitybar .action-item').filter({ hasText: '1' });
    await badge.first().waitFor();
  });

  it('shows what is out of bounds and by how much, readable in every theme', async () => {
    const view = await monitorsView();
    // A check by somebody else, in a terminal or in CI.
    await runMlops(['monitor', 'check', 'moving.mlops.yaml'], { cwd: product.folder });
    await treeItem(view, '▁▁').waitFor();
    await expand(treeItem(view, 'moving'));
    await treeItem(view, '1 of 2 columns drifted').waitFor();
    await view.locator('[role="treeitem"][aria-label^="age, out of bounds"]').waitFor();
    await expand(treeItem(view, 'steady'));
    for (const theme of ['light', 'high-contrast', 'dark'] as const) {
      await setTheme(product.vsCode, theme);
      const tooltip = page.locator('.monaco-hover').filter({ hasText: 'Next check', visible: true });
      await expect
        .poll(async () => {
          await treeItem(view, 'odd').hover();
          await treeItem(view, 'steady').locator('.label-name').hover();
          await tooltip.waitFor({ timeout: 3_000 }).catch(() => undefined);
          return (await tooltip.isVisible()) ? tooltip.innerText() : '';
        })
        .toContain('0 0 1 1 * (UTC)');
      await product.vsCode.screenshot(`monitors-view-${theme}`);
      await page.keyboard.press('Escape');
    }
  });

  it('opens the document at its place, the drift and the dashboard', async () => {
    const view = await monitorsView();
    await contextMenu(treeItem(view, 'steady'), 'Open Monitor Document');
    await tab(page, 'monitor.mlops.yaml').waitFor();
    await contextMenu(treeItem(view, 'moving'), 'Open Drift');
    await tab(page, 'moving').waitFor();
    await runCommand(page, 'View: Close All Editors');
    await contextMenu(treeItem(view, 'moving'), 'Open Dashboard');
    await tab(page, 'moving').waitFor();
    await runCommand(page, 'View: Close All Editors');
  });

  it('says why one could not be checked', async () => {
    const view = await monitorsView();
    await write('monitor.mlops.yaml', monitor('steady', 'gone.csv', 'schedule: "0 0 1 1 *"\n'));
    await contextMenu(treeItem(view, 'steady'), 'Check Monitor Now');
    await view.locator('[role="treeitem"][aria-label^="steady, could not check"]').waitFor();
    await view.locator('[role="treeitem"]').filter({ hasText: 'gone.csv' }).first().waitFor();
    await product.vsCode.screenshot('monitors-could-not-check');
  });

  it('runs schedules unless the setting says otherwise', async () => {
    const view = await monitorsView();
    await write('monitor.mlops.yaml', monitor('steady', 'same.csv', 'schedule: "* * * * * *"\n'));
    await view.locator('[role="treeitem"][aria-label^="steady, ok"]').waitFor();
    await changeSettings(product.vsCode, { 'mlops.monitoring.schedules': false });
    const tooltip = page.locator('.monaco-hover').filter({ hasText: 'Next check', visible: true });
    await expect
      .poll(async () => {
        await treeItem(view, 'odd').hover();
        await treeItem(view, 'steady').locator('.label-name').hover();
        await tooltip.waitFor({ timeout: 3_000 }).catch(() => undefined);
        return (await tooltip.isVisible()) ? tooltip.innerText() : '';
      })
      .toContain('switched off in the settings');
  });
});
