import { cp, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { readClipboard } from '../testbeds/clipboard.ts';
import { startHttpServer, type TestServer } from '../testbeds/http-server.ts';
import { type MlflowServer, startMlflowServer } from '../testbeds/mlflow-server.ts';
import { mlflowStores } from '../testbeds/mlflow-stores.ts';
import { onDesktop } from '../testbeds/vscode.ts';
import { webview } from './harness/webview.ts';
import { answer, contextMenu, expand, pick, quickPickRow, runCommand, tab } from './harness/workbench.ts';
import { choose, dialog, saveAt } from './product/dialog.ts';
import { type LiveRun, startLiveRun } from './product/live-run.ts';
import { rowNames, shownTexts } from './product/panels.ts';
import {
  collapseAll,
  connectionsView,
  experimentItem,
  experimentsView,
  openExample,
  openExperiment,
  type Product,
  reloadWindow,
  runItem,
  runNames,
  spoken,
} from './product/product.ts';
import { writeTrackers } from './product/workspace-file.ts';

let mlflow: MlflowServer;
let silent: TestServer;
let live: LiveRun;
let product: Product;
let page: Page;
let view: Locator;

/** A tracker's item by its name. */
const tracker = (name: string) => view.locator(`[role="treeitem"][aria-level="1"][aria-label^="${name}"]`);

beforeAll(async () => {
  const stores = await mlflowStores();
  silent = await startHttpServer(() => {});
  product = await openExample({
    settings: { 'workbench.colorTheme': 'Dark Modern' },
    prepare: async (folder) => {
      await cp(stores.files, join(folder, 'mlruns'), { recursive: true });
      live = await startLiveRun(`sqlite:///${folder}/served.db`, 'served', 'falling loss');
      for (const [step, value] of [0.9, 0.2, 0.4].entries()) await live.log('loss', value, step);
      await live.end('FINISHED');
      mlflow = await startMlflowServer({ backendStore: `sqlite:///${folder}/served.db` });
      await writeTrackers(folder, { local: 'sqlite:///mlflow.db', files: './mlruns', team: mlflow.url });
    },
  });
  ({ page } = product);
  view = await experimentsView(page);
  await choose(dialog(page, `connect to ${mlflow.url}?`), 'Allow');
  await expand(tracker('team'));
});

beforeEach(async () => {
  await page.keyboard.press('Escape');
  await collapseAll(view);
});

afterAll(async () => {
  await product?.stop();
  await live?.stop();
  await mlflow?.stop();
  await silent?.[Symbol.asyncDispose]();
});

describe('back ends of the Experiments view', () => {
  it('a folder that MLflow wrote', async () => {
    await expand(tracker('files'));
    await openExperiment(view, 'plain');
    await expect.poll(async () => (await runNames(view, 3)).length).toBeGreaterThan(5);
    await product.vsCode.screenshot('experiments-files');
  });

  it('a real server, with the last and the best value of a loss', async () => {
    await expand(tracker('team'));
    await expand(experimentItem(view, 'served'));
    await expect.poll(() => spoken(runItem(view, 'falling loss'))).toMatch(/finished, loss 0\.4 · best 0\.2, /);
  });

  // The desktop opens the system's browser, where no test looks.
  it.skipIf(onDesktop)('a real server: the run’s page there', async () => {
    await expand(tracker('team'));
    await expand(experimentItem(view, 'served'));
    const opened = page.context().waitForEvent('page');
    await contextMenu(runItem(view, 'falling loss'), 'Open in MLflow UI');
    const tracked = await opened;
    // VS Code forwards the port of a server beside it.
    await expect.poll(() => tracked.url()).toMatch(new RegExp(`/#/experiments/1/runs/${live.id}$`));
    await tracked.close();
  });

  it('refreshes on demand, and copies the id of a run', async () => {
    await expand(tracker('team'));
    await expand(experimentItem(view, 'served'));
    await runItem(view, 'falling loss').waitFor();
    const more = await startLiveRun(`sqlite:///${product.folder}/served.db`, 'served', 'one more');
    await more.end('FINISHED');
    await more.stop();
    await runCommand(page, 'MLOps: Refresh Experiments');
    await runItem(view, 'one more').waitFor();
    await contextMenu(runItem(view, 'one more'), 'Copy Run ID');
    await expect.poll(() => readClipboard(page)).toBe(more.id);
  });

  it('sorts by what is chosen, and back', async () => {
    await expand(tracker('local'));
    await openExperiment(view, 'churn');
    const newestFirst = ['depth 0', 'boosting sweep', 'logistic baseline'];
    await expect.poll(() => runNames(view, 3)).toEqual(newestFirst);
    await runCommand(page, 'MLOps: Sort Runs…');
    await pick(page, 'Oldest', 'Oldest first');
    await expect.poll(() => runNames(view, 3)).toEqual(newestFirst.toReversed());
    await runCommand(page, 'MLOps: Sort Runs…');
    const input = page.locator('.quick-input-widget input[type="text"]');
    await input.fill('auc');
    await page.locator('.quick-input-widget .monaco-list-row[aria-label="auc"]').click();
    await pick(page, 'Higher', 'Higher is better');
    // The one that failed has no such metric: those come last.
    await expect.poll(() => runNames(view, 3)).toEqual(['boosting sweep', 'logistic baseline', 'depth 0']);
    await runCommand(page, 'MLOps: Sort Runs…');
    await pick(page, 'Newest', 'Newest first');
    await expect.poll(() => runNames(view, 3)).toEqual(newestFirst);
  });
});

describe('a connection', () => {
  it('is added by quick picks, and one that never answers holds up nobody', async () => {
    await runCommand(page, 'MLOps: Add Connection');
    await pick(page, 'server', 'MLflow server');
    await answer(page, 'ftp://nowhere', 'Address of the tracking server').catch(() => {});
    await page.locator('.quick-input-message').filter({ hasText: 'begins with http' }).waitFor();
    await answer(page, silent.url);
    await pick(page, 'mlops.yaml', 'mlops.yaml');
    await answer(page, 'slow', 'Name of the connection');
    await choose(dialog(page, `connect to ${silent.url}?`), 'Allow');
    await tracker('slow').waitFor();
    expect(await readFile(join(product.folder, 'mlops.yaml'), 'utf8')).toContain(silent.url);
    const connections = await connectionsView(page);
    await connections.locator('[role="treeitem"]').filter({ hasText: 'slow' }).waitFor();
    await expect.poll(() => silent.seen.length).toBeGreaterThan(0);
    await runCommand(page, 'MLOps: Sort Runs…');
    await quickPickRow(page, 'Oldest first').waitFor({ timeout: 5_000 });
    await quickPickRow(page, 'auc').waitFor();
    await product.vsCode.screenshot('experiments-sort');
    await page.keyboard.press('Escape');
  });
});

describe('panels in the real window', () => {
  it('the runs table keeps its filter and order over a reload', async () => {
    await expand(tracker('local'));
    await contextMenu(experimentItem(view, 'churn'), 'Open Table of Runs…');
    await tab(page, 'Runs: churn').waitFor();
    const grid = () => webview(page).locator('data-grid').first();
    const input = webview(page).locator('filter-box input');
    await input.fill("params.depth = '3'");
    await input.press('Escape');
    await input.press('Enter');
    await expect.poll(async () => (await rowNames(grid())).length).toBe(3);
    await grid().getByRole('columnheader', { name: 'auc', exact: true }).click();
    await expect
      .poll(() => grid().getByRole('columnheader', { name: 'auc', exact: true }).getAttribute('aria-sort'))
      .toBe('descending');
    const before = await rowNames(grid());
    await reloadWindow(page);
    await tab(page, 'Runs: churn').waitFor();
    await expect.poll(() => rowNames(grid())).toEqual(before);
    expect(await webview(page).locator('filter-box input').inputValue()).toBe("params.depth = '3'");
    await runCommand(page, 'View: Close Editor');
  });

  it('a run’s page shows its tags, and saves an artifact where the person says', async () => {
    view = await experimentsView(page);
    await expand(tracker('local'));
    await openExperiment(view, 'churn-networks');
    await runItem(view, '16 units').click();
    await tab(page, 'Run 16 units').waitFor();
    const panel = webview(page);
    await panel.getByRole('tab', { name: /^Tags/ }).click();
    await expect.poll(() => shownTexts(panel.getByRole('tabpanel'))).not.toEqual([]);
    await panel.getByRole('tab', { name: /^Artifacts/ }).click();
    await treeItemOf(panel.getByRole('treeitem'), 'evaluation.json').click();
    await panel.getByText('Download…').click();
    const target = join(product.folder, 'saved.json');
    await saveAt(page, target);
    await expect.poll(() => readFile(target, 'utf8').catch(() => '')).toContain('"threshold": 0.5');
  });
});

function treeItemOf(items: Locator, text: string): Locator {
  return items.filter({ hasText: text }).first();
}
