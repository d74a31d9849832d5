import { cp, mkdir, mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { goTo, squiggles, suggestion, typeText } from '../tests/e2e/harness/editor.ts';
import { setTheme, type Theme } from '../tests/e2e/harness/settings.ts';
import { webview } from '../tests/e2e/harness/webview.ts';
import { contextMenu, expand, openFile, runCommand, tab } from '../tests/e2e/harness/workbench.ts';
import { experimentItem, experimentsView, openExperiment, runItem, selectRuns } from '../tests/e2e/product/product.ts';
import { startVsCode, type VsCode } from '../tests/testbeds/vscode.ts';

/**
 * Takes the pictures of README and walkthrough anew, in the real VS Code, from the example workspace: 1280 × 800. It needs
 * what `npm test -- e2e` sets up: the variables CHROMIUM_PATH, MLOPS_VSCODE_NODE and MLOPS_VSCODE_SERVER.
 */
const root = join(import.meta.dirname, '..');
const pictures = join(root, 'media', 'screenshots');
const MOST_BYTES = 250_000;

const settings = {
  'workbench.colorTheme': 'Dark Modern',
  // Nothing of how the window was opened.
  'window.commandCenter': false,
  'workbench.layoutControl.enabled': false,
  'editor.minimap.enabled': false,
  'workbench.startupEditor': 'none',
};

async function main(): Promise<void> {
  const parent = await mkdtemp(join(tmpdir(), 'mlops-screenshots-'));
  const folder = join(parent, 'churn');
  await cp(join(root, 'docs', 'examples', 'churn'), folder, { recursive: true });
  const vsCode = await startVsCode({ folder, extensionDir: root, trust: true, settings });
  try {
    await mkdir(pictures, { recursive: true });
    await compare(vsCode);
    await runsTable(vsCode);
    await runPage(vsCode);
    await yaml(vsCode);
  } finally {
    await vsCode.stop();
    await rm(parent, { recursive: true, force: true, maxRetries: 5 });
  }
}

async function compare(vsCode: VsCode): Promise<void> {
  const { page } = vsCode;
  const view = await experimentsView(page);
  await openExperiment(view, 'churn-networks');
  await expand(experimentItem(view, 'churn'));
  await expand(runItem(view, 'boosting sweep'));
  await selectRuns(view, ['16 units', '64 and 32 units', '64 and 32 units, fast']);
  await runCommand(page, 'MLOps: Compare Runs…');
  await tab(page, 'Compare 3 runs').waitFor();
  await runCommand(page, 'View: Close Other Editors in Group');
  await webview(page).locator('metric-tile chart-panel canvas').first().waitFor();
  await take(page, 'compare');
  await inTheme(vsCode, 'light', () => take(page, 'compare-light'));
}

async function runsTable({ page }: VsCode): Promise<void> {
  const view = await experimentsView(page);
  await contextMenu(experimentItem(view, 'churn'), 'Open Table of Runs…');
  await tab(page, 'Runs: churn').waitFor();
  await runCommand(page, 'View: Close Other Editors in Group');
  const panel = webview(page);
  await panel.getByRole('columnheader', { name: 'auc', exact: true }).click();
  for (const row of [0, 1, 2]) await panel.locator(`[role="row"][data-row="${row}"] [data-action="select"]`).click();
  await panel.getByRole('button', { name: 'Compare (3)' }).waitFor();
  await take(page, 'table');
}

async function runPage({ page }: VsCode): Promise<void> {
  const view = await experimentsView(page);
  await runItem(view, '16 units').click();
  await tab(page, 'Run 16 units').waitFor();
  await runCommand(page, 'View: Close Other Editors in Group');
  const panel = webview(page);
  await panel.getByText('validation/loss', { exact: true }).first().click();
  await panel.locator('chart-panel canvas').first().waitFor();
  await take(page, 'run');
}

async function yaml({ page }: VsCode): Promise<void> {
  await openFile(page, 'train.mlops.yaml');
  await runCommand(page, 'View: Close Other Editors in Group');
  await runCommand(page, 'View: Show Explorer');
  // A misspelt key above the steps; and below the command of the first step, a key is asked for.
  await goTo(page, 15, 1);
  await typeText(page, 'sed: 7\n');
  await squiggles(page, 'error').first().waitFor();
  await goTo(page, 19, 1);
  await page.keyboard.press('End');
  await typeText(page, '\nre');
  await suggestion(page, 'retry').waitFor();
  await take(page, 'yaml');
}

async function inTheme(vsCode: VsCode, theme: Theme, look: () => Promise<void>): Promise<void> {
  await setTheme(vsCode, theme);
  await look();
  await setTheme(vsCode, 'dark');
}

async function take(page: Page, name: string): Promise<void> {
  // Where no hint opens; and until what fades in has done so.
  await page.mouse.move(640, 798);
  await page.waitForTimeout(1_500);
  const path = join(pictures, `${name}.png`);
  await page.screenshot({ path, caret: 'hide' });
  const { size } = await stat(path);
  if (size > MOST_BYTES) throw new Error(`${path} is too large: ${size} bytes.`);
  console.log(`${path}: ${Math.round(size / 1000)} kB`);
}

await main();
process.exit();
