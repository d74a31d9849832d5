import type { FrameLocator } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { setTheme } from './harness/settings.ts';
import { webview } from './harness/webview.ts';
import { tab } from './harness/workbench.ts';
import { shownTexts } from './product/panels.ts';
import { experimentsView, openExample, openExperiment, type Product, runItem } from './product/product.ts';

let product: Product;
let panel: FrameLocator;

const select = (name: RegExp) => panel.getByRole('tab', { name }).click();

const artifact = (name: string) => panel.getByRole('treeitem').filter({ hasText: name }).first();

async function preview(path: string): Promise<void> {
  await artifact(path.split('/').at(-1) ?? path).click();
  await panel.locator('.preview-title').getByText(path).waitFor();
}

beforeAll(async () => {
  product = await openExample({ settings: { 'workbench.colorTheme': 'Dark Modern' } });
  const view = await experimentsView(product.page);
  await openExperiment(view, 'churn-networks');
  await runItem(view, '16 units').click();
  await tab(product.page, 'Run 16 units').waitFor();
  panel = webview(product.page);
  await panel.getByRole('heading', { name: '16 units' }).waitFor();
});

afterAll(async () => {
  await product?.stop();
});

describe('the page of a run', () => {
  it('shows its metrics with their course', async () => {
    await select(/^Metrics/);
    const grid = panel.locator('.metrics-list data-grid');
    await expect.poll(() => shownTexts(grid)).toEqual(expect.arrayContaining(['train/loss', 'validation/auc', '80']));
    await product.vsCode.screenshot('run-page-dark');
  });

  it('draws a metric that is chosen', async () => {
    await select(/^Metrics/);
    await panel.getByText('train/loss', { exact: true }).first().click();
    await panel.locator('.metric-chart chart-panel canvas').first().waitFor();
    await product.vsCode.screenshot('run-page-chart-dark');
  });

  it('shows its params', async () => {
    await select(/^Params/);
    await expect
      .poll(async () => (await shownTexts(panel.getByRole('tabpanel'))).join(' '))
      .toMatch(/hidden \(16,\).* learning_rate 0\.001/);
  });

  it('shows its datasets', async () => {
    await select(/^Datasets/);
    await panel.getByText('customers-validation').first().waitFor();
    await product.vsCode.screenshot('run-page-datasets');
  });

  it('looks into its artifacts: text, a table, a picture', async () => {
    await select(/^Artifacts/);
    await preview('evaluation.json');
    await expect.poll(() => panel.locator('.preview-text').textContent()).toContain('"threshold": 0.5');
    await preview('predictions.csv');
    await expect
      .poll(() => shownTexts(panel.locator('.preview-table')))
      .toEqual(expect.arrayContaining(['truth', 'probability']));
    await product.vsCode.screenshot('run-page-table');
    await artifact('plots').click();
    await preview('plots/confusion-matrix.png');
    const image = panel.locator('img.preview-image');
    await expect.poll(() => image.evaluate((element: HTMLImageElement) => element.naturalWidth)).toBeGreaterThan(100);
    await product.vsCode.screenshot('run-page-image');
  });

  it.each(['light', 'high-contrast'] as const)('follows the theme: %s', async (theme) => {
    await select(/^Metrics/);
    await setTheme(product.vsCode, theme);
    await panel.locator('.metrics-list').waitFor();
    await product.vsCode.screenshot(`run-page-${theme}`);
  });
});
