import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { getRun, listArtifacts, metricCurves, metricHistory, previewArtifact } from '#schemas/protocol/experiments.ts';
import { openRun, panelDataChanged, saveFile } from '#schemas/protocol/webview.ts';
import { accessibilityProblems } from './accessibility.ts';
import { FakeHost } from './fake-host.ts';
import { type OpenOptions, type OpenPanel, WebviewHarness } from './harness.ts';
import { detailsOf, type MadeRun, makeRuns, refOf } from './made-data.ts';

let harness: WebviewHarness;
let panel: OpenPanel;
beforeAll(async () => {
  harness = await WebviewHarness.start();
});
afterAll(() => harness?.stop());
afterEach(async () => {
  expect(panel.problems).toEqual([]);
  await panel.close();
});

function hostOf(change: (made: MadeRun) => void = () => {}, extraMetrics = 0): FakeHost {
  const runs = makeRuns(2, extraMetrics);
  const made = runs[1];
  if (!made) throw new Error('No runs were made.');
  change(made);
  return new FakeHost({ runs, state: { panel: 'run', folder: '/ws', run: refOf(made) } });
}

async function open(host: FakeHost, view: object = {}, options: Omit<OpenOptions, 'host'> = {}): Promise<void> {
  panel = await harness.open({ host, saved: { view }, ...options });
  await panel.page.getByRole('tab', { name: /Metrics/ }).waitFor();
}

const unreachable = {
  reason: 'unreachable',
  message: 'The tracker “team” does not answer.',
  remedy: 'Start its server.',
} as const;

describe('metrics', () => {
  test('a thousand are neither all in the page nor all read', async () => {
    const host = hostOf(() => {}, 1_000);
    host.details = (made) => {
      const details = detailsOf(made);
      return { ...details, metrics: details.metrics.map((metric) => ({ ...metric, count: 200 })) };
    };
    await open(host);
    await panel.page.locator('.spark path').first().waitFor({ state: 'attached' });
    expect(await panel.page.locator('.metrics-list .grid-row').count()).toBeLessThan(150);
    expect(host.askedFor(metricCurves).length).toBeLessThan(80);
  });

  test('the table behind a chart has every point as logged, read page by page', async () => {
    const host = hostOf();
    host.loggedPoints = 2_500;
    host.details = (made) => {
      const details = detailsOf(made);
      return { ...details, metrics: details.metrics.map((metric) => ({ ...metric, count: 2_500 })) };
    };
    await open(host, { metric: 'val/loss' });
    await panel.page.getByRole('button', { name: 'Show the table of val/loss' }).click();
    const table = panel.page.locator('points-table');
    await table.getByText('1.403335084079299').waitFor();
    expect(host.askedFor(metricHistory)).toHaveLength(1);
    await table.locator('.grid-viewport').evaluate((viewport) => viewport.scrollTo(0, 1e9));
    await table.getByText('2,499', { exact: true }).waitFor();
    expect(host.askedFor(metricHistory)).toMatchObject([{ page: null }, { page: '1000' }, { page: '2000' }]);
    await panel.page.getByRole('button', { name: 'Save val/loss as CSV' }).click();
    await expect.poll(() => host.askedFor(saveFile)).toHaveLength(1);
    const [saved] = host.askedFor(saveFile).map((params) => saveFile.params.parse(params));
    expect(saved?.suggestedName).toBe('val/loss.csv');
    expect(saved?.data.split('\r\n')).toHaveLength(2_502);
    await panel.page.getByRole('button', { name: 'Show the chart of val/loss' }).click();
    await panel.page.locator('chart-panel').waitFor();
  });

  test('one that was logged once shows its point', async () => {
    await open(hostOf());
    await panel.page.getByText('test_auc', { exact: true }).click();
    await panel.page.getByRole('grid', { name: 'Points of test_auc' }).locator('.grid-row').first().waitFor();
    expect(await panel.page.locator('chart-panel').count()).toBe(0);
    await panel.page.getByRole('button', { name: 'Close test_auc' }).click();
    await panel.page.locator('points-table').waitFor({ state: 'detached' });
  });

  test('the log scale is kept', async () => {
    await open(hostOf(), { metric: 'val/loss' });
    await panel.page.getByLabel('Log scale').check();
    await expect.poll(() => panel.saved()).toMatchObject({ view: { logScale: true } });
  });

  test('rows are opened by keys', async () => {
    await open(hostOf());
    await panel.page.getByRole('columnheader', { name: /Metric/ }).focus();
    await panel.page.keyboard.press('ArrowDown');
    await panel.page.keyboard.press('Enter');
    await panel.page.locator('chart-panel, points-table').first().waitFor();
  });
});

describe('params and tags', () => {
  test('a thousand params with long values are there at once', async () => {
    const host = hostOf(({ run }) => {
      run.params = Object.fromEntries(
        Array.from({ length: 1_000 }, (_, index) => [`group.${index}`, `value ${index} `.repeat(1 + (index % 20))]),
      );
    });
    await open(host);
    const milliseconds = await panel.page.evaluate(async () => {
      const started = performance.now();
      document.querySelector<HTMLElement>('#tab-params')?.click();
      while (document.querySelectorAll('.key-value').length < 1_000) await new Promise(requestAnimationFrame);
      await new Promise(requestAnimationFrame);
      return performance.now() - started;
    });
    expect(milliseconds).toBeLessThan(500);
  });

  test('a value of several lines keeps them, a huge one is cut and copied whole', async () => {
    const huge = 'x'.repeat(50_000);
    await open(
      hostOf(({ run }) => Object.assign(run.params, { huge })),
      { tab: 'params' },
    );
    expect(await panel.page.locator('pre.value').textContent()).toContain('\nAnswer with one word:\n');
    await panel.page.getByText('30,000 more characters').waitFor();
  });

  test('system tags are folded away, and found', async () => {
    await open(hostOf(), { tab: 'tags' });
    const commit = panel.page.getByText('mlflow.source.git.commit');
    await panel.page.getByText('stage', { exact: true }).waitFor();
    expect(await commit.isVisible()).toBe(false);
    await panel.page.getByLabel('Filter tags').fill('commit');
    await commit.waitFor();
    await panel.page.getByLabel('Filter tags').fill('');
    await commit.waitFor({ state: 'hidden' });
    await panel.page.getByText('System tags (3)').click();
    await commit.waitFor();
    await expect.poll(() => panel.saved()).toMatchObject({ view: { systemTagsOpen: true } });
  });
});

describe('artifacts', () => {
  test('the tree is walked by keys', async () => {
    const host = hostOf();
    await open(host, { tab: 'artifacts' });
    const focused = () => panel.page.evaluate(() => document.activeElement?.getAttribute('title'));
    await panel.page.getByRole('treeitem', { name: 'model' }).focus();
    await panel.page.keyboard.press('ArrowRight');
    await panel.page.getByRole('treeitem', { name: 'MLmodel' }).waitFor();
    await panel.page.keyboard.press('ArrowRight');
    await expect.poll(focused).toBe('model/MLmodel');
    await panel.page.keyboard.press('Enter');
    await panel.page.locator('.preview-lines').filter({ hasText: '5' }).waitFor();
    await panel.page.keyboard.press('ArrowLeft');
    await expect.poll(focused).toBe('model');
    await panel.page.keyboard.press('ArrowLeft');
    await panel.page.getByRole('treeitem', { name: 'MLmodel' }).waitFor({ state: 'detached' });
    await panel.page.keyboard.press('End');
    await expect.poll(focused).toBe('predictions.csv');
    expect(host.askedFor(listArtifacts)).toMatchObject([{ path: '' }, { path: 'model' }]);
  });

  test('what has no preview says why', async () => {
    await open(hostOf(), { tab: 'artifacts', artifact: 'model/model.pkl', openFolders: ['model'] });
    await panel.page.getByText('Binary files have no preview.').waitFor();
  });

  test('a file that can’t be read says why and can be tried again', async () => {
    const host = hostOf();
    host.failures.set(previewArtifact.method, unreachable);
    await open(host, { tab: 'artifacts', artifact: 'predictions.csv' });
    await panel.page.getByText('Start its server.').waitFor();
    host.failures.clear();
    await panel.page.getByRole('button', { name: 'Try again' }).click();
    await panel.page.getByRole('grid', { name: 'predictions.csv' }).waitFor();
  });
});

describe('the whole page', () => {
  test('says what could not be read, above what could', async () => {
    const host = hostOf();
    host.details = (made) => ({ ...detailsOf(made), warnings: ['Datasets can’t be read: no table.'] });
    await open(host);
    await panel.page.locator('.warnings').getByText('Datasets can’t be read: no table.').waitFor();
  });

  test('fails in words, with a way out and a second try', async () => {
    const host = hostOf();
    host.failures.set(getRun.method, unreachable);
    panel = await harness.open({ host });
    await panel.page.getByRole('alert').getByText('The tracker “team” does not answer.').waitFor();
    await panel.page.getByText('Start its server.').waitFor();
    expect(await accessibilityProblems(panel.page)).toEqual([]);
    host.failures.clear();
    await panel.page.getByRole('button', { name: 'Try again' }).click();
    await panel.page.getByRole('tab', { name: /Metrics/ }).waitFor();
    await panel.page.getByRole('button', { name: 'Open in tracker' }).waitFor();
  });

  test('keeps what it shows when it can’t be read anew, and says so', async () => {
    const host = hostOf();
    await open(host, { metric: 'val/loss' });
    await panel.page.locator('chart-panel').waitFor();
    host.failures.set(getRun.method, unreachable);
    await panel.tell(panelDataChanged, { tracker: 'local', revision: 2 });
    await panel.page.getByRole('alert').getByText('The tracker “team” does not answer.').waitFor();
    expect(await panel.page.locator('chart-panel').count()).toBe(1);
    host.failures.clear();
    await panel.page.getByRole('button', { name: 'Try again' }).click();
    await panel.page.getByRole('alert').waitFor({ state: 'detached' });
  });

  test('reads anew without taking away what is shown', async () => {
    const host = hostOf();
    await open(host, { tab: 'artifacts', artifact: 'model/MLmodel', openFolders: ['model'] });
    await panel.page.getByText('sklearn_version: 1.7.2').waitFor();
    await panel.page.evaluate(() => {
      new MutationObserver((records) => {
        const gone = records.flatMap(({ removedNodes }) => [...removedNodes]).filter((node) => node instanceof Element);
        document.body.dataset.gone = String(Number(document.body.dataset.gone ?? 0) + gone.length);
      }).observe(document.body, { subtree: true, childList: true });
    });
    const before = host.askedFor(previewArtifact).length;
    await panel.tell(panelDataChanged, { tracker: 'local', revision: 2 });
    await expect.poll(() => host.askedFor(previewArtifact).length).toBe(before + 1);
    await expect.poll(() => host.askedFor(listArtifacts).length).toBe(4);
    await panel.page.evaluate(() => new Promise(requestAnimationFrame));
    expect(await panel.page.evaluate(() => document.body.dataset.gone)).toBeUndefined();
  });

  test('leads to the run that it is part of', async () => {
    const host = hostOf(({ run }) => Object.assign(run.tags, { 'mlflow.parentRunId': 'abc123' }));
    await open(host);
    await panel.page.getByRole('button', { name: 'abc123' }).click();
    await expect.poll(() => host.askedFor(openRun)).toMatchObject([{ run: { tracker: 'local', runId: 'abc123' } }]);
  });

  test('a store on disk has no page to open', async () => {
    const host = hostOf();
    host.hasLinks = false;
    await open(host);
    await panel.page.locator('.spark path').first().waitFor();
    expect(await panel.page.getByRole('button', { name: 'Open in tracker' }).count()).toBe(0);
  });
});

test.each([
  ['metrics', 'No metrics'],
  ['params', 'No params'],
  ['tags', 'No tags'],
  ['datasets', 'No datasets'],
  ['models', 'No logged models'],
  ['artifacts', 'No artifacts'],
])('says so where there are no %s', async (tab, title) => {
  const host = hostOf(({ run }) => Object.assign(run, { params: {}, metrics: {}, tags: {} }));
  host.details = (made) => ({ ...detailsOf(made), datasets: [], loggedModels: [] });
  host.artifacts = () => [];
  await open(host, { tab });
  await panel.page.getByText(title, { exact: true }).waitFor();
  expect(await panel.page.locator('.notice-detail').count()).toBe(1);
  expect(await accessibilityProblems(panel.page)).toEqual([]);
});

test.each([400, 1_400])('fits a width of %i pixels', async (width) => {
  const name = `${'very-long-name-'.repeat(8)}end`;
  const host = hostOf(({ run }) =>
    Object.assign(run, { name, tags: { ...run.tags, 'mlflow.note.content': 'word'.repeat(200) } }),
  );
  await open(host, { metric: 'val/loss', artifact: 'model/MLmodel', openFolders: ['model'] }, { width, height: 700 });
  for (const tab of ['metrics', 'params', 'tags', 'datasets', 'models', 'artifacts']) {
    await panel.page.locator(`#tab-${tab}`).click();
    const overflow = await panel.page.evaluate(() => ({
      page: document.documentElement.scrollWidth - document.documentElement.clientWidth,
      main:
        (document.querySelector('.run-main')?.scrollWidth ?? 0) -
        (document.querySelector('.run-main')?.clientWidth ?? 0),
    }));
    expect({ tab, ...overflow }).toEqual({ tab, page: 0, main: 0 });
  }
  await panel.page.getByText('sklearn_version: 1.7.2').waitFor();
  expect(await accessibilityProblems(panel.page)).toEqual([]);
});
