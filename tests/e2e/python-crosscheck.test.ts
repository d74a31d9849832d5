import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { goTo, problems, replaceText, squiggles, suggest, suggestion, visibleText } from './harness/editor.ts';
import { openFile, runCommand, tab } from './harness/workbench.ts';
import { openExample, type Product } from './product/product.ts';

const pipeline = (argument: string) => `apiVersion: mlops/v1
kind: Pipeline
metadata: {name: x}
steps:
  train:
    entrypoint: train.py:main
    with:
      data: work/data
${argument}`;

let product: Product;
let page: Page;

beforeAll(async () => {
  product = await openExample({ settings: { 'files.autoSave': 'off' } });
  ({ page } = product);
});

afterAll(async () => {
  await product?.stop();
});

describe('the Python that a pipeline calls', () => {
  it('is held to it as it stands in its editor, not yet saved', async () => {
    await openFile(page, 'train.mlops.yaml');
    await replaceText(page, pipeline('      dept: 3\n'));
    const rows = await problems(page);
    await rows.filter({ hasText: 'dept' }).first().waitFor();
    await openFile(page, 'train.py');
    await replaceText(page, 'def main(data: str, dept: int = 3):\n    pass\n');
    await rows.filter({ hasText: 'dept' }).first().waitFor({ state: 'detached' });
    await openFile(page, 'train.mlops.yaml');
    await squiggles(page, 'error').first().waitFor({ state: 'detached' });
  });

  it('gives the parameters that are not given yet', async () => {
    await replaceText(page, pipeline('      '));
    await goTo(page, 9, 7);
    await suggest(page);
    await suggestion(page, 'dept').first().click();
    await expect.poll(() => visibleText(page)).toContain('dept: ');
  });

  it('is where a definition leads', async () => {
    await goTo(page, 6, 24);
    await runCommand(page, 'Go to Definition');
    await tab(page, 'train.py').and(page.locator('.active')).waitFor();
    await expect.poll(() => visibleText(page)).toContain('def main(');
  });
});
