import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { editor, goTo, hover, replaceText, suggest, suggestion, visibleText } from './harness/editor.ts';
import { setTheme } from './harness/settings.ts';
import { openFile } from './harness/workbench.ts';
import { openExample, type Product } from './product/product.ts';

const document = `apiVersion: mlops/v1
kind: Model
metadata:
  name: churn
validation:
  gates:
    - minimum: 0.8
      metric: 
`;

let product: Product;
let page: Page;

beforeAll(async () => {
  product = await openExample({ settings: { 'workbench.colorTheme': 'Dark Modern' } });
  ({ page } = product);
});

afterAll(async () => {
  await product?.stop();
});

/** Opens the list anew until it has what the tracker knows. */
async function suggestLive(label: RegExp): Promise<void> {
  const row = page.locator('.suggest-widget.visible .monaco-list-row').filter({ hasText: label });
  await expect
    .poll(
      async () => {
        await page.keyboard.press('Escape');
        await suggest(page);
        return row.count();
      },
      { timeout: 30_000, interval: 500 },
    )
    .toBeGreaterThan(0);
}

describe('values of past runs in the editor', () => {
  it('are offered as metrics of a gate, with where they come from and how old they are, and put in', async () => {
    await openFile(page, 'model.mlops.yaml');
    await replaceText(page, document);
    await goTo(page, 8, 15);
    await suggestLive(/\d+ runs · best/);
    await product.vsCode.screenshot('live-metrics-dark');
    await setTheme(product.vsCode, 'light');
    await editor(page).locator('.view-lines').waitFor();
    await suggestLive(/\d+ runs · best/);
    await product.vsCode.screenshot('live-metrics-light');
    await suggestion(page, 'auc').click();
    await expect.poll(() => visibleText(page)).toContain('metric: auc');
  });

  it('are told when the mouse rests on a metric', async () => {
    await goTo(page, 8, 16);
    const text = await (await hover(page)).innerText();
    await product.vsCode.screenshot('live-metric-hover');
    expect(text).toMatch(/auc in local: metric of \d+ runs · best 0\.\d+ · last/);
    await page.keyboard.press('Escape');
  });
});
