import type { FrameLocator, Locator } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { setTheme } from './harness/settings.ts';
import { webview } from './harness/webview.ts';
import { contextMenu, tab } from './harness/workbench.ts';
import { rowNames } from './product/panels.ts';
import { experimentItem, experimentsView, openExample, type Product } from './product/product.ts';

const sweep = [2, 3, 5].flatMap((depth) => ['0.03', '0.1', '0.3'].map((lr) => `depth ${depth}, lr ${lr}`));
const all = ['depth 0', 'boosting sweep', 'logistic baseline', ...sweep].toSorted();

let product: Product;
let panel: FrameLocator;
let grid: Locator;

const heading = (name: string) => grid.getByRole('columnheader', { name, exact: true });
const names = async () => (await rowNames(grid)).toSorted();

async function filter(text: string): Promise<void> {
  const input = panel.locator('filter-box input');
  await input.fill(text);
  // Suggestions come as one types; Escape puts them away.
  await input.press('Escape');
  await input.press('Enter');
}

beforeAll(async () => {
  product = await openExample({ settings: { 'workbench.colorTheme': 'Dark Modern' } });
  const view = await experimentsView(product.page);
  await contextMenu(experimentItem(view, 'churn'), 'Open Table of Runs…');
  await tab(product.page, 'Runs: churn').waitFor();
  panel = webview(product.page);
  grid = panel.locator('data-grid').first();
  await grid.locator('[data-action="open"]').first().waitFor();
});

beforeEach(async () => {
  await filter('');
  await expect.poll(names).toEqual(all);
});

afterAll(async () => {
  await product?.stop();
});

describe('the runs table', () => {
  it('shows every run of the experiment, nested ones too, the newest first', async () => {
    expect((await rowNames(grid))[0]).toBe('depth 0');
    expect((await rowNames(grid)).at(-1)).toBe('logistic baseline');
    await product.vsCode.screenshot('runs-table-dark');
  });

  it('sorts by a metric, the largest first, and the other way round', async () => {
    await heading('auc').click();
    await expect.poll(() => heading('auc').getAttribute('aria-sort')).toBe('descending');
    await expect.poll(async () => (await rowNames(grid))[0]).not.toBe('depth 0');
    const descending = (await rowNames(grid)).filter((name) => name !== 'depth 0');
    await heading('auc').click();
    await expect.poll(() => heading('auc').getAttribute('aria-sort')).toBe('ascending');
    await expect.poll(async () => (await rowNames(grid))[0]).toBe(descending.at(-1));
    await heading('auc').click();
    await expect.poll(() => heading('auc').getAttribute('aria-sort')).toBe('none');
  });

  it('filters in MLflow’s syntax', async () => {
    await filter("params.depth = '3' AND metrics.auc > 0.5");
    await expect.poll(names).toEqual(sweep.filter((name) => name.startsWith('depth 3')));
  });

  it('says where a filter is wrong and leaves the runs as they are', async () => {
    await filter('metrics.auc >');
    await expect.poll(() => panel.locator('.field-error').textContent()).toContain('character 14');
    expect(await names()).toEqual(all);
    await product.vsCode.screenshot('runs-table-filter-error');
  });

  it('shows the columns that are picked', async () => {
    await panel.getByRole('button', { name: 'Choose columns' }).click();
    const picker = panel.locator('column-picker');
    await picker.getByLabel('Search columns').fill('f1');
    await picker.getByRole('checkbox', { name: /^f1/ }).uncheck();
    await expect.poll(() => heading('f1').count()).toBe(0);
    await product.vsCode.screenshot('runs-table-columns');
    await picker.getByRole('button', { name: 'Reset' }).click();
    await expect.poll(() => heading('f1').count()).toBe(1);
    await picker.getByRole('button', { name: 'Close' }).click();
  });

  it.each(['light', 'high-contrast', 'dark'] as const)('follows the theme: %s', async (theme) => {
    await setTheme(product.vsCode, theme);
    await expect.poll(names).toEqual(all);
    await product.vsCode.screenshot(`runs-table-${theme}`);
  });

  it('compares the runs that are selected', async () => {
    await filter("params.depth = '3'");
    await expect.poll(names).toEqual(sweep.filter((name) => name.startsWith('depth 3')));
    for (const row of [0, 2]) {
      await grid.locator(`[role="row"][data-row="${row}"] [data-action="select"]`).click();
    }
    await panel.getByRole('button', { name: 'Compare (2)' }).click();
    await tab(product.page, 'Compare 2 runs').waitFor();
    await webview(product.page).locator('metric-tile').first().waitFor();
  });
});
