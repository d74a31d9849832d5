import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { webview } from './harness/webview.ts';
import { openFile, openViewContainer, pick, runCommand, tab } from './harness/workbench.ts';
import { saveAt } from './product/dialog.ts';
import { openExample, type Product, reloadWindow } from './product/product.ts';
import { accessibilityProblems } from './webviews/accessibility.ts';

const monitor = `apiVersion: mlops/v1
kind: Monitor
metadata: {name: churn-drift}
drift:
  reference: data/train.csv
  current: data/live.csv
  columns: {tenure: {method: psi, threshold: 0.2}, plan: {}}
`;

const rows = (count: number, make: (index: number) => readonly (string | number)[]) =>
  ['tenure,plan,seen\n', ...Array.from({ length: count }, (_, index) => `${make(index).join(',')}\n`)].join('');
const day = (index: number) => new Date(Date.UTC(2026, 0, 1 + index)).toISOString().slice(0, 19);

let product: Product;
let page: Page;

beforeAll(async () => {
  product = await openExample({
    settings: { 'workbench.colorTheme': 'Dark Modern', 'explorer.autoReveal': false, 'explorer.compactFolders': false },
    prepare: async (folder) => {
      const data = join(folder, 'data');
      await mkdir(data, { recursive: true });
      const train = rows(600, (i) => [((i * 37) % 101) / 10, i % 3 ? 'free' : 'pro', day(i % 60)]);
      await writeFile(join(data, 'train.csv'), train);
      const live = rows(500, (i) => [((i * 53) % 97) / 10 + 4, i % 2 ? 'free' : '<b>gold</b>', day(60 + (i % 60))]);
      await writeFile(join(data, 'live.csv'), live);
      await writeFile(join(data, 'damaged.parquet'), 'PAR1 and nothing that follows PAR1');
      await writeFile(join(folder, 'drift.mlops.yaml'), monitor);
    },
  });
  ({ page } = product);
});

afterAll(() => product?.stop());

const explorerItem = (name: string): Locator =>
  page.locator('.explorer-folders-view [role="treeitem"]').filter({ hasText: name }).first();
const panel = () => webview(page);
const verdict = () => panel().getByRole('region', { name: 'Verdict' });
const chart = (name: RegExp) => panel().getByRole('img', { name });

/** Selects two files of the folder `data` as a person does, and asks to compare them. */
async function compareInExplorer(first: string, second: string): Promise<void> {
  await openViewContainer(page, 'Explorer');
  if (!(await explorerItem('train.csv').isVisible())) await explorerItem('data').click();
  await explorerItem(second).waitFor();
  const selected = page.locator('.explorer-folders-view [role="treeitem"][aria-selected="true"]');
  const entry = page.locator('.monaco-menu .action-item').filter({ hasText: 'Compare Data (Drift)…' }).first();
  // The editor that the first click opens may take the selection with it, also once the menu is open: then it lacks the entry.
  await expect
    .poll(
      async () => {
        await page.keyboard.press('Escape');
        await explorerItem(first).click();
        await explorerItem(second).click({ modifiers: ['ControlOrMeta'] });
        if ((await selected.count()) !== 2) return false;
        await explorerItem(second).click({ button: 'right' });
        return entry.waitFor({ timeout: 3_000 }).then(
          () => true,
          () => false,
        );
      },
      { timeout: 45_000 },
    )
    .toBe(true);
  await entry.hover();
  // Not a click: a menu ignores those that come right after it opened.
  await page.keyboard.press('Enter');
}

// In this order: each begins where the one before ended.
describe('the drift panel', () => {
  it('opens from two files in the Explorer, once it is said which is the reference', async () => {
    await compareInExplorer('live.csv', 'train.csv');
    await pick(page, 'train.csv', 'compared with live.csv as the current data');
    await tab(page, 'Drift: train.csv ↔ live.csv').waitFor();
    await verdict().getByText('The data drifted: 2 columns (100 % of those that could be compared).').waitFor();
    expect(await verdict().innerText()).toMatch(/data\/train\.csv\s+600 rows/);
    await chart(/^Distribution of tenure|^Categories of plan/).waitFor();
    await product.vsCode.screenshot('drift-files');
  });

  it('shows both samples of a column, over time too, and survives a reload of the window', async () => {
    await panel().getByRole('rowheader', { name: 'tenure' }).click();
    await chart(/^Distribution of tenure/).waitFor();
    await panel().getByLabel('Time is in').selectOption('seen');
    await chart(/^tenure over seen/).waitFor();
    await panel().getByRole('button', { name: 'Swap reference and current' }).click();
    await expect.poll(() => verdict().innerText()).toMatch(/Reference\s+data\/live\.csv/);
    await chart(/^tenure over seen/).waitFor();
    await product.vsCode.screenshot('drift-over-time');
    await reloadWindow(page);
    await chart(/^tenure over seen/).waitFor();
    expect(await verdict().innerText()).toMatch(/Reference\s+data\/live\.csv/);
  });

  it('is exported as one page that loads nothing and runs nothing', async () => {
    const path = join(product.folder, 'report.html');
    await panel().getByRole('button', { name: 'Export HTML' }).click();
    await saveAt(page, path);
    await panel()
      .getByText(/^Wrote 2 columns, 2 of them with charts to/)
      .first()
      .waitFor();
    const exported = await page.context().newPage();
    const asked: string[] = [];
    const complaints: string[] = [];
    exported.on('request', (request) => asked.push(request.url()));
    exported.on('console', (message) => complaints.push(message.text()));
    await exported.goto(pathToFileURL(path).href);
    await exported.getByRole('img', { name: 'Distribution of both samples' }).waitFor();
    expect(asked).toEqual([pathToFileURL(path).href]);
    expect(complaints).toEqual([]);
    // The policy lets the page's own style be.
    expect(await exported.evaluate(() => getComputedStyle(document.body).maxWidth)).toBe('1100px');
    for (const summary of await exported.locator('summary').all()) {
      if (!(await summary.evaluate((one) => one.parentElement?.hasAttribute('open')))) await summary.click();
    }
    await exported.getByRole('rowheader', { name: '<b>gold</b>' }).waitFor();
    expect(await accessibilityProblems(exported)).toEqual([]);
    await exported.close();
    await panel().getByRole('button', { name: 'Export CSV' }).click();
    await saveAt(page, join(product.folder, 'report.csv'));
    await panel()
      .getByText(/^Wrote 2 columns to/)
      .first()
      .waitFor();
    expect(await readFile(join(product.folder, 'report.csv'), 'utf8')).toMatch(/^column,type,verdict,score/);
  });

  it('opens from the lens of a Monitor document, and from the palette', async () => {
    await openFile(page, 'drift.mlops.yaml');
    await page.locator('.codelens-decoration a', { hasText: 'Show drift' }).click();
    await tab(page, 'Drift: churn-drift').waitFor();
    await verdict().getByText('data/train.csv').waitFor();
    expect(await panel().getByRole('button', { name: /^Swap/ }).count()).toBe(0);
    await runCommand(page, 'View: Close Editor');
    await tab(page, 'Drift: churn-drift').waitFor({ state: 'detached' });
    await runCommand(page, 'MLOps: Show Drift…');
    await pick(page, 'churn-drift', 'churn-drift');
    await verdict().getByText('The data drifted: 2 columns').waitFor();
  });

  it('says of damaged data what is wrong, and tries again', async () => {
    await compareInExplorer('damaged.parquet', 'live.csv');
    await pick(page, 'live.csv', 'compared with damaged.parquet');
    await panel().getByRole('alert').getByText('damaged.parquet can’t be read as PARQUET').waitFor();
    await product.vsCode.screenshot('drift-damaged');
    await writeFile(join(product.folder, 'data', 'damaged.parquet'), 'tenure,plan,seen\n');
    await panel().getByRole('button', { name: 'Try again' }).click();
    await panel().getByRole('alert').waitFor();
  });
});
