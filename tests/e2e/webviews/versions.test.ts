import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { compareVersions } from '#schemas/protocol/models.ts';
import { openFileDiff, type PanelState, panelDataChanged } from '#schemas/protocol/webview.ts';
import { accessibilityProblems } from './accessibility.ts';
import { FakeHost } from './fake-host.ts';
import { type OpenOptions, type OpenPanel, WebviewHarness } from './harness.ts';
import { madeComparison } from './made-versions.ts';
import type { ThemeName } from './themes.ts';

let harness: WebviewHarness;
let panel: OpenPanel;
beforeAll(async () => {
  harness = await WebviewHarness.start();
});
afterAll(() => harness?.stop());

const state: PanelState = { panel: 'versions', folder: '/ws', model: 'churn', before: '1.2.0', after: '2.0.0' };

async function open(options: Partial<OpenOptions> = {}): Promise<FakeHost> {
  const host = options.host ?? new FakeHost({ state });
  panel = await harness.open({ ...options, host });
  return host;
}

async function close(): Promise<void> {
  expect(panel.problems).toEqual([]);
  await panel.close();
}

const section = (name: string) => panel.page.getByRole('region', { name });
const rowNames = (name: string) => section(name).getByRole('rowheader').allInnerTexts();

describe.each<ThemeName>(['dark', 'light', 'highContrast'])('%s theme', (theme) => {
  test('axe finds nothing, the policy forbids nothing', async () => {
    await open({ theme, saved: { view: { onlyDifferent: false } } });
    await section('Model card').waitFor();
    expect(await accessibilityProblems(panel.page)).toEqual([]);
    await close();
  });
});

describe('two versions', () => {
  test('show only what differs, or everything, and remember which', async () => {
    await open();
    await section('Files').waitFor();
    expect(await rowNames('Metrics')).toEqual(['auc', 'log_loss', 'latency_ms']);
    expect(await rowNames('Files')).toEqual(['MLmodel', 'model.pkl', 'requirements.txt', 'input_example.json']);
    await panel.page.getByLabel('Only differences').uncheck();
    await expect.poll(() => rowNames('Metrics')).toEqual(['auc', 'log_loss', 'rows', 'latency_ms']);
    expect(await rowNames('Params')).toContain('seed');
    await expect.poll(() => panel.saved()).toMatchObject({ state, view: { onlyDifferent: false } });
    await panel.reload();
    await expect.poll(() => rowNames('Metrics')).toContain('rows');
    await close();
  });

  test('say by how much a metric changed, and whether that is better', async () => {
    await open();
    const change = async (metric: string) =>
      (await section('Metrics').getByRole('row', { name: metric }).getByRole('cell').last().innerText()).replaceAll(
        /\s+/g,
        ' ',
      );
    await section('Metrics').waitFor();
    expect((await change('auc')).trim()).toBe('+0.023 better');
    expect((await change('log_loss')).trim()).toBe('+0.029 worse');
    expect(await change('latency_ms')).toBe('');
    await close();
  });

  test('say in words whether the change breaks what uses the model', async () => {
    await open();
    const signature = section('Inputs and outputs');
    await signature.getByText('Breaking: what uses the model may fail.').waitFor();
    expect(await signature.getByRole('listitem').allInnerTexts()).toEqual([
      'New required input “plan” (string).',
      'Output “score” is gone.',
    ]);
    await close();
  });

  test('show requirements, sizes and model cards of both', async () => {
    await open();
    await section('Requirements').waitFor();
    const cells = async (row: string) =>
      (await panel.page.getByRole('row', { name: row }).getByRole('cell').allInnerTexts()).map((text) => text.trim());
    expect(await rowNames('Requirements')).toEqual(['scikit-learn']);
    expect(await cells('scikit-learn')).toEqual(['==1.5.2', '==1.6.0']);
    expect(await cells('Size')).toEqual(['14.2 MB', '11.9 MB']);
    const cards = section('Model card').getByRole('article');
    expect(await cards.first().innerText()).toContain('Scores customers once a month.');
    expect(await cards.last().innerText()).toContain('Scores customers once a week.');
    await close();
  });

  test('open the differences of a file by key', async () => {
    const host = await open();
    await panel.page.getByRole('button', { name: 'requirements.txt' }).press('Enter');
    await expect
      .poll(() => host.askedFor(openFileDiff))
      .toEqual([
        { folder: '/ws', model: 'churn', before: '1.2.0', after: '2.0.0', path: 'requirements.txt', change: 'changed' },
      ]);
    await close();
  });

  test('stay in sight when a file can’t be shown, with the reason', async () => {
    const host = await open();
    host.failures.set(openFileDiff.method, { reason: 'input', message: '“model.pkl” has 14 MB.', remedy: null });
    await panel.page.getByRole('button', { name: 'model.pkl' }).click();
    await panel.page.getByRole('alert').getByText('“model.pkl” has 14 MB.').waitFor();
    expect(await rowNames('Files')).toContain('model.pkl');
    await close();
  });

  test('follow the registry', async () => {
    const host = await open();
    await section('Metrics').waitFor();
    host.comparison = { ...host.comparison, metrics: [] };
    await panel.tell(panelDataChanged, { tracker: null, revision: null });
    await section('Metrics').waitFor({ state: 'detached' });
    await close();
  });

  test('that can’t be compared say why, and are tried again', async () => {
    const host = new FakeHost({ state });
    const refused = { reason: 'not-found', message: 'There is no churn@2.0.0.', remedy: 'Choose another.' } as const;
    host.failures.set(compareVersions.method, refused);
    await open({ host });
    await panel.page.getByText('There is no churn@2.0.0.').waitFor();
    expect(await accessibilityProblems(panel.page)).toEqual([]);
    host.failures.clear();
    await panel.page.getByRole('button', { name: 'Try again' }).click();
    await section('Files').waitFor();
    await close();
  });

  test('that are alike say so', async () => {
    const host = new FakeHost({ state });
    const { before, files, metrics } = madeComparison();
    host.comparison = {
      ...{ ...host.comparison, before, after: before, cards: { before: '<p>One</p>', after: '<p>One</p>' } },
      signature: { type: 'none', details: [] },
      metrics: metrics.map((row) => ({ ...row, after: row.before, differs: false })),
      files: files.map((row) => ({ ...row, after: row.before, differs: false, change: 'same' })),
    };
    await open({ host });
    await section('Files').getByText('All 5 are the same.').waitFor();
    await section('Model card').getByText('It is the same.').waitFor();
    await close();
  });

  test('fit a narrow editor', async () => {
    await open({ width: 420 });
    await section('Files').waitFor();
    const { width, content } = await panel.page
      .locator('versions-panel')
      .evaluate((element) => ({ width: element.clientWidth, content: element.scrollWidth }));
    expect(content).toBeLessThanOrEqual(width);
    await close();
  });
});

test('what a hostile card would run or load is stopped by the page’s policy too', async () => {
  const host = new FakeHost({ state });
  const after =
    '<p onclick="window.ran = true" id="bait">Bait</p><script>window.ran = true</script><img src="https://example.invalid/p.png" onerror="window.ran = true">';
  host.comparison = { ...host.comparison, cards: { before: null, after } };
  await open({ host });
  await panel.page.locator('#bait').click();
  await expect.poll(() => panel.problems.some((problem) => problem.includes('img-src'))).toBe(true);
  expect(await panel.page.evaluate(() => Reflect.get(window, 'ran'))).toBeUndefined();
  await panel.close();
});
