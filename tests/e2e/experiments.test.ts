import { join } from 'node:path';
import type { Locator } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { runPython, testPython } from '../testbeds/python.ts';
import { answer, contextMenu, expand, pick, runCommand, treeItem } from './harness/workbench.ts';
import { type LiveRun, startLiveRun } from './product/live-run.ts';
import {
  collapseAll,
  experimentItem,
  experimentsView,
  openExample,
  openExperiment,
  type Product,
  runItem,
  runNames,
  spoken,
} from './product/product.ts';

const MANY = join(import.meta.dirname, '..', 'testbeds', 'python', 'make-many-runs.py');
const sweep = [2, 3, 5].flatMap((depth) => ['0.03', '0.1', '0.3'].map((lr) => `depth ${depth}, lr ${lr}`));
const topRuns = ['depth 0', 'boosting sweep', 'logistic baseline'];

let product: Product;
let view: Locator;
let live: LiveRun;

beforeAll(async () => {
  product = await openExample({
    settings: { 'mlops.experiments.pageSize': 10, 'mlops.experiments.refreshSeconds': 1 },
    prepare: async (folder) => {
      const store = `sqlite:///${folder}/mlflow.db`;
      await runPython(await testPython(), [MANY, store, 'many', '25']);
      live = await startLiveRun(store, 'live', 'going on');
    },
  });
  view = await experimentsView(product.page);
  await experimentItem(view, 'many').waitFor();
});

beforeEach(async () => {
  // What a test before left open.
  await product.page.keyboard.press('Escape');
  await collapseAll(view);
});

afterAll(async () => {
  await live?.stop();
  await product?.stop();
});

describe('the Experiments view', () => {
  it('shows experiments with their runs, nested ones below their parents', async () => {
    expect(await spoken(experimentItem(view, 'churn'))).toBe('experiment churn, 12 runs');
    await openExperiment(view, 'churn');
    expect(await runNames(view)).toEqual(topRuns);
    await expand(runItem(view, 'boosting sweep'));
    await runItem(view, 'depth 2, lr 0.03').waitFor();
    expect((await runNames(view, 3)).toSorted()).toEqual(sweep);
    await product.vsCode.screenshot('experiments-tree');
  });

  it('shows how a run ended, and its metric', async () => {
    await openExperiment(view, 'churn');
    const icon = (name: string) => runItem(view, name).locator('.custom-view-tree-node-item-icon');
    await expect.poll(() => icon('depth 0').getAttribute('class')).toContain('codicon-error');
    expect(await icon('logistic baseline').getAttribute('class')).toContain('codicon-pass');
    expect(await spoken(runItem(view, 'depth 0'))).toMatch(/^run depth 0, failed · /);
    expect(await spoken(runItem(view, 'logistic baseline'))).toMatch(
      /^run logistic baseline, finished, auc 0\.99727, /,
    );
  });

  it('describes runs by the metric that was chosen', async () => {
    const { page } = product;
    await openExperiment(view, 'churn');
    await runCommand(page, 'MLOps: Choose the Metric Shown Beside Runs…');
    await pick(page, 'f1', 'f1');
    await pick(page, 'Higher', 'Higher is better');
    await expect.poll(() => spoken(runItem(view, 'logistic baseline'))).toMatch(/finished, f1 0\.\d+/);
    await runCommand(page, 'MLOps: Choose the Metric Shown Beside Runs…');
    await pick(page, 'Automatic', 'Automatic');
    await expect.poll(() => spoken(runItem(view, 'logistic baseline'))).toMatch(/finished, auc /);
  });

  it('filters in MLflow’s syntax, says what it can’t read, and shows all again', async () => {
    const { page } = product;
    await openExperiment(view, 'churn');
    await runCommand(page, 'MLOps: Filter Runs…');
    const input = page.locator('.quick-input-widget input').first();
    await input.fill('metrics.auc >');
    await expect
      .poll(() => page.locator('.quick-input-widget .quick-input-message').innerText())
      .toContain('wrong at character 14');
    await answer(page, "params.model = 'logistic_regression'");
    await expect.poll(() => runNames(view)).toEqual(['logistic baseline']);
    await runCommand(page, 'MLOps: Clear Filter of Runs');
    await expect.poll(() => runNames(view)).toEqual(topRuns);
  });

  it('stars a run, and shows starred runs alone', async () => {
    const { page } = product;
    await openExperiment(view, 'churn');
    await contextMenu(runItem(view, 'logistic baseline'), 'Star');
    await expect.poll(() => spoken(runItem(view, 'logistic baseline'))).toContain('starred');
    await runCommand(page, 'MLOps: Show Starred Runs Only');
    await expect.poll(() => runNames(view)).toEqual(['logistic baseline']);
    await runCommand(page, 'MLOps: Show All Runs, Starred or Not');
    await expect.poll(() => runNames(view)).toEqual(topRuns);
    await contextMenu(runItem(view, 'logistic baseline'), 'Remove Star');
    await expect.poll(() => spoken(runItem(view, 'logistic baseline'))).not.toContain('starred');
  });

  it('hides a run until hidden ones are asked for', async () => {
    const { page } = product;
    await openExperiment(view, 'churn');
    await contextMenu(runItem(view, 'depth 0'), 'Hide');
    await expect.poll(() => runNames(view)).toEqual(['boosting sweep', 'logistic baseline']);
    await runCommand(page, 'MLOps: Show Hidden Runs');
    await expect.poll(() => runNames(view)).toEqual(topRuns);
    expect(await spoken(runItem(view, 'depth 0'))).toContain('hidden');
    await contextMenu(runItem(view, 'depth 0'), 'Show Again');
    await runCommand(page, 'MLOps: Leave Out Hidden Runs');
    await expect.poll(() => runNames(view)).toEqual(topRuns);
    expect(await spoken(runItem(view, 'depth 0'))).not.toContain('hidden');
  });

  it('loads runs page by page', async () => {
    const names = Array.from({ length: 25 }, (_, index) => `run-${String(24 - index).padStart(3, '0')}`);
    await openExperiment(view, 'many');
    expect(await runNames(view)).toEqual(names.slice(0, 10));
    await expect.poll(() => treeItem(view, 'Load more…').innerText()).toContain('10 of 25');
    await treeItem(view, 'Load more…').click();
    await expect.poll(() => runNames(view)).toEqual(names.slice(0, 20));
    await treeItem(view, 'Load more…').click();
    await runItem(view, 'run-000').scrollIntoViewIfNeeded();
    await expect.poll(() => treeItem(view, 'Load more…').count()).toBe(0);
  });

  it('follows a run that is going on by itself', async () => {
    await openExperiment(view, 'live');
    const item = runItem(view, 'going on');
    await expect.poll(() => spoken(item)).toMatch(/running for/);
    await live.log('loss', 0.75, 1);
    await expect.poll(() => spoken(item)).toContain('loss 0.75');
    await live.log('loss', 0.5, 2);
    await expect.poll(() => spoken(item)).toContain('loss 0.5');
    await product.vsCode.screenshot('experiments-running');
    await live.end('FAILED');
    await expect.poll(() => spoken(item)).toContain('failed');
    const icon = item.locator('.custom-view-tree-node-item-icon');
    expect(await icon.getAttribute('class')).toContain('codicon-error');
  });
});
