import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { previewArtifact } from '#schemas/protocol/experiments.ts';
import { copyText, openExternal, panelDataChanged, saveArtifact } from '#schemas/protocol/webview.ts';
import { FakeHost } from './fake-host.ts';
import { type OpenPanel, WebviewHarness } from './harness.ts';
import { type MadeRun, makeRuns, refOf } from './made-data.ts';

let harness: WebviewHarness;
let panel: OpenPanel;
let host: FakeHost;
beforeAll(async () => {
  harness = await WebviewHarness.start();
});
afterAll(() => harness?.stop());
afterEach(async () => {
  expect(panel.problems).toEqual([]);
  await panel.close();
});

async function open(view: object = {}): Promise<MadeRun> {
  const runs = makeRuns(3);
  const made = runs[1];
  if (!made) throw new Error('No runs were made.');
  made.run.tags['mlflow.note.content'] = 'Kept for <b>the report</b>.';
  host = new FakeHost({ runs, state: { panel: 'run', folder: '/ws', run: refOf(made) } });
  panel = await harness.open({ host, saved: { view } });
  await panel.page.getByRole('heading', { name: made.run.name }).waitFor();
  return made;
}

test('says what the run is, and takes its note for text', async () => {
  const { run } = await open();
  await panel.page.getByText('Kept for <b>the report</b>.').waitFor();
  await panel.page.getByRole('button', { name: 'Copy run id' }).click();
  await expect.poll(() => host.askedFor(copyText)).toEqual([{ text: run.id }]);
  await panel.page.getByRole('button', { name: 'Open in tracker' }).click();
  await expect.poll(() => host.askedFor(openExternal)).toMatchObject([{ url: expect.stringContaining(run.id) }]);
});

test('shows a metric’s chart below the metrics, kept over a reload', async () => {
  await open();
  await panel.page.locator('.spark path').first().waitFor();
  await panel.page.getByText('val/loss', { exact: true }).click();
  await panel.page.locator('chart-panel').waitFor();
  await expect.poll(() => panel.saved()).toMatchObject({ view: { metric: 'val/loss' } });
  await panel.reload();
  await panel.page.locator('chart-panel').waitFor();
});

test('shows params whole, and finds in them', async () => {
  await open({ tab: 'params' });
  await expect
    .poll(() => panel.page.locator('.value').filter({ hasText: 'careful' }).innerText())
    .toBe('You are a careful analyst.\nAnswer with one word:\nstay or leave.');
  await panel.page.getByLabel('Filter params').fill('depth');
  await expect.poll(() => panel.page.locator('.key-value').count()).toBe(1);
});

test('tabs are walked by arrows', async () => {
  await open();
  await panel.page.getByRole('tab', { name: /Metrics/ }).focus();
  await panel.page.keyboard.press('ArrowRight');
  await panel.page.locator('.key-values').waitFor();
  expect(await panel.page.getByRole('tab', { name: /Params/ }).getAttribute('aria-selected')).toBe('true');
});

test('opens folders, looks into files, downloads them', async () => {
  await open({ tab: 'artifacts' });
  await panel.page.getByText('model', { exact: true }).click();
  await panel.page.getByText('MLmodel', { exact: true }).click();
  await panel.page.getByText('sklearn_version: 1.7.2').waitFor();
  expect(host.askedFor(previewArtifact).at(-1)).toMatchObject({ path: 'model/MLmodel' });
  await panel.page.getByText('predictions.csv', { exact: true }).first().click();
  await panel.page.getByRole('grid', { name: 'predictions.csv' }).waitFor();
  await panel.page.getByRole('button', { name: 'Download…', exact: true }).click();
  await expect.poll(() => host.askedFor(saveArtifact)).toMatchObject([{ path: 'predictions.csv' }]);
});

test('shows an image of the artifacts', async () => {
  await open({ tab: 'artifacts', artifact: 'plots/confusion.png' });
  const width = () =>
    panel.page.locator('img').evaluate((image) => (image instanceof HTMLImageElement ? image.naturalWidth : 0));
  await expect.poll(width).toBe(1);
});

test('follows a run that goes on, without losing what is shown', async () => {
  const { run } = await open();
  const metric = run.metrics['val/loss'];
  if (!metric) throw new Error('The made run has no loss.');
  metric.value = 0.1234;
  await panel.tell(panelDataChanged, { tracker: 'local', revision: 2 });
  await panel.page.getByText('0.1234').first().waitFor();
});

test('says what could not be read in the words of the server', async () => {
  const made = makeRuns(1);
  host = new FakeHost({ runs: made, state: { panel: 'run', folder: '/ws', run: { tracker: 'local', runId: 'gone' } } });
  panel = await harness.open({ host });
  await panel.page.getByText('There is no run gone.').waitFor();
});
