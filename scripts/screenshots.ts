import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { goTo, suggest, typeText } from '../tests/e2e/harness/editor.ts';
import { setTheme } from '../tests/e2e/harness/settings.ts';
import { webview } from '../tests/e2e/harness/webview.ts';
import { contextMenu, openFile, runCommand, tab } from '../tests/e2e/harness/workbench.ts';
import {
  experimentItem,
  experimentsView,
  openExample,
  openExperiment,
  type Product,
  runItem,
  selectRuns,
} from '../tests/e2e/product/product.ts';

/**
 * Takes the pictures of README and walkthrough anew, in the real VS Code. It needs what `npm test -- e2e` sets up: the
 * variables CHROMIUM_PATH, MLOPS_VSCODE_NODE and MLOPS_VSCODE_SERVER.
 */
const folder = join(import.meta.dirname, '../media/screenshots');

async function picture({ page }: Product, name: string): Promise<void> {
  // Nothing that only the pointer brought up belongs into a picture.
  await page.mouse.move(760, 788);
  await page.waitForTimeout(1_500);
  await page.screenshot({ path: join(folder, `${name}.png`) });
  console.log(`media/screenshots/${name}.png`);
}

async function main(): Promise<void> {
  await mkdir(folder, { recursive: true });
  const product = await openExample({ settings: { 'workbench.colorTheme': 'Dark Modern', 'window.zoomLevel': 0 } });
  try {
    const { page } = product;
    const view = await experimentsView(page);
    await openExperiment(view, 'churn-networks');
    await selectRuns(view, ['16 units', '64 and 32 units', '64 and 32 units, fast']);
    await runCommand(page, 'MLOps: Compare Runs…');
    await tab(page, 'Compare 3 runs').waitFor();
    await webview(page).locator('metric-tile chart-panel').first().waitFor();
    await picture(product, 'compare');

    await openExperiment(view, 'churn');
    await contextMenu(experimentItem(view, 'churn'), 'Open Table of Runs…');
    await webview(page).locator('[role="row"]').nth(3).waitFor();
    await picture(product, 'table');

    await runItem(view, 'logistic baseline').click();
    await tab(page, 'Run logistic baseline').waitFor();
    await picture(product, 'run');

    await openFile(page, 'train.mlops.yaml');
    await goTo(page, 33, 1);
    await page.keyboard.press('End');
    await page.keyboard.press('Enter');
    await typeText(page, 'maxParalel: 2');
    await page.keyboard.press('Enter');
    await suggest(page);
    await picture(product, 'yaml');
    await setTheme(product.vsCode, 'light');
    await picture(product, 'yaml-light');
  } finally {
    await product.stop();
  }
}

await main();
