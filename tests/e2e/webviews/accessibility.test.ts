import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { PanelState } from '#schemas/protocol/webview.ts';
import { accessibilityProblems } from './accessibility.ts';
import { FakeHost } from './fake-host.ts';
import { WebviewHarness } from './harness.ts';
import { makeRuns, refOf } from './made-data.ts';
import type { ThemeName } from './themes.ts';

let harness: WebviewHarness;
beforeAll(async () => {
  harness = await WebviewHarness.start();
});
afterAll(() => harness?.stop());

const runs = makeRuns(60);
const compared = runs.slice(1, 6);
const runsState: PanelState = { panel: 'runs', folder: '/ws', tracker: 'local', experimentIds: ['1'], title: 'churn' };
const compareState: PanelState = { panel: 'compare', folder: '/ws', runs: compared.map(refOf) };

const pages = [
  ['runs table', runsState, {}, '.grid-row:not(.pending)'],
  ['charts', compareState, { smoothing: 0.5, tables: ['val/loss'] }, 'chart-panel'],
  ['comparison table', compareState, { tab: 'table', onlyDifferent: true }, '.grid-row'],
  ['scatter plot', compareState, { tab: 'scatter' }, 'circle'],
  ['parallel coordinates', compareState, { tab: 'parallel' }, '.plot-run'],
] as const;

describe.each<ThemeName>(['dark', 'light', 'highContrast'])('%s theme', (theme) => {
  test.each(pages)('%s: axe finds nothing, the policy forbids nothing', async (_name, state, view, ready) => {
    const panel = await harness.open({ host: new FakeHost({ runs, state }), theme, saved: { view } });
    await panel.page.locator(ready).first().waitFor();
    expect(await accessibilityProblems(panel.page)).toEqual([]);
    expect(panel.problems).toEqual([]);
    await panel.close();
  });
});

test('open popups are accessible', async () => {
  const panel = await harness.open({ host: new FakeHost({ runs, state: runsState }) });
  await panel.page.locator('.grid-row:not(.pending)').first().waitFor();
  await panel.page.getByRole('button', { name: 'Choose columns' }).click();
  await panel.page.getByRole('dialog', { name: 'Columns' }).waitFor();
  expect(await accessibilityProblems(panel.page)).toEqual([]);
  await panel.page.keyboard.press('Escape');
  await panel.page.getByRole('combobox').click();
  await panel.page.getByRole('listbox').waitFor();
  expect(await accessibilityProblems(panel.page)).toEqual([]);
  await panel.close();
});
