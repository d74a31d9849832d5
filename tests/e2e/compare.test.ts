import type { FrameLocator, Locator } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { setTheme } from './harness/settings.ts';
import { webview } from './harness/webview.ts';
import { runCommand, tab } from './harness/workbench.ts';
import { shownTexts } from './product/panels.ts';
import {
  experimentsView,
  openExample,
  openExperiment,
  type Product,
  reloadWindow,
  selectRuns,
} from './product/product.ts';

const networks = ['16 units', '64 and 32 units', '64 and 32 units, fast'];

let product: Product;
let panel: FrameLocator;

/** What a chart has to draw; the element keeps it for whoever wants to read it. */
function chart(metric: string): Locator {
  return panel.locator(`metric-tile[data-metric="${metric}"] chart-panel`);
}

interface DrawnChart extends HTMLElement {
  readonly chartData: {
    readonly axis: string;
    readonly series: readonly { readonly name: string; readonly x: readonly number[]; readonly y: readonly number[] }[];
  };
}

async function drawn(metric: string) {
  await chart(metric).waitFor();
  return chart(metric).evaluate((element) => {
    const { axis, series } = (element as DrawnChart).chartData;
    return { axis, series: series.map(({ name, x, y }) => ({ name, x: [...x], y: [...y] })) };
  });
}

/** Colours that a canvas shows, without grey: those of its curves. */
async function coloursOf(canvas: Locator): Promise<number> {
  return canvas.evaluate((element: HTMLCanvasElement) => {
    const pixels = element.getContext('2d')?.getImageData(0, 0, element.width, element.height).data ?? [];
    const seen = new Set<string>();
    for (let at = 0; at < pixels.length; at += 4) {
      const [r = 0, g = 0, b = 0, a = 0] = pixels.slice(at, at + 4);
      if (a > 200 && Math.max(r, g, b) - Math.min(r, g, b) > 60) seen.add([r, g, b].map((c) => c >> 6).join());
    }
    return seen.size;
  });
}

beforeAll(async () => {
  product = await openExample({ settings: { 'workbench.colorTheme': 'Dark Modern' } });
  const view = await experimentsView(product.page);
  await openExperiment(view, 'churn-networks');
  await selectRuns(view, networks);
  await runCommand(product.page, 'MLOps: Compare Runs…');
  await tab(product.page, 'Compare 3 runs').waitFor();
  panel = webview(product.page);
});

afterAll(async () => {
  await product?.stop();
});

describe('the compare panel', () => {
  it('draws the curves of the selected runs', async () => {
    const { axis, series } = await drawn('train/loss');
    expect(axis).toBe('step');
    expect(series.map(({ name }) => name)).toEqual(networks);
    for (const { x, y } of series) {
      expect(x).toEqual(Array.from({ length: 80 }, (_, step) => step));
      expect(y[79]).toBeLessThan(y[0] ?? 0);
    }
    await expect.poll(() => coloursOf(chart('train/loss').locator('canvas').first())).toBeGreaterThanOrEqual(3);
    await product.vsCode.screenshot('compare-dark');
  });

  it('shows metrics with a course before those with one value a run', async () => {
    const metrics = await panel
      .locator('metric-tile')
      .evaluateAll((tiles) => tiles.map(({ dataset }) => dataset.metric));
    expect(metrics).toEqual(['train/loss', 'validation/auc', 'validation/loss', 'accuracy', 'auc', 'f1']);
  });

  it('has the table behind a chart', async () => {
    const { series } = await drawn('train/loss');
    await chart('train/loss').getByRole('button', { name: /table/i }).click();
    const texts = await shownTexts(chart('train/loss').locator('data-grid'));
    expect(texts).toEqual(expect.arrayContaining(networks));
    const [first] = series[0]?.y ?? [];
    expect(texts.some((text) => Math.abs(Number(text) - (first ?? Number.NaN)) < 1e-4)).toBe(true);
    await chart('train/loss')
      .getByRole('button', { name: /table|chart/i })
      .first()
      .click();
  });

  it('leaves out what is the same in all runs', async () => {
    await panel.getByRole('tab', { name: 'Table' }).click();
    const table = panel.locator('comparison-table');
    await expect.poll(() => shownTexts(table)).toEqual(expect.arrayContaining(['epochs', 'hidden', 'learning_rate']));
    await panel.getByLabel('Only what differs').check();
    await expect.poll(() => shownTexts(table)).not.toContain('epochs');
    expect(await shownTexts(table)).toEqual(expect.arrayContaining(['hidden', '(16,)', '(64, 32)', 'learning_rate']));
    await product.vsCode.screenshot('compare-table-dark');
  });

  it('keeps how it was set over a reload of the window', async () => {
    await panel.getByRole('tab', { name: 'Table' }).click();
    await panel.getByLabel('Only what differs').check();
    await expect.poll(() => shownTexts(panel.locator('comparison-table'))).not.toContain('epochs');
    await reloadWindow(product.page);
    await tab(product.page, 'Compare 3 runs').waitFor();
    panel = webview(product.page);
    await panel.locator('comparison-table').waitFor({ timeout: 60_000 });
    expect(await panel.getByRole('tab', { name: 'Table' }).getAttribute('aria-selected')).toBe('true');
    expect(await panel.getByLabel('Only what differs').isChecked()).toBe(true);
    await expect.poll(() => shownTexts(panel.locator('comparison-table'))).toContain('hidden');
  });

  it.each(['light', 'high-contrast'] as const)('follows the theme: %s', async (theme) => {
    await panel.getByRole('tab', { name: 'Charts' }).click();
    await setTheme(product.vsCode, theme);
    await expect.poll(() => coloursOf(chart('train/loss').locator('canvas').first())).toBeGreaterThanOrEqual(3);
    await product.vsCode.screenshot(`compare-${theme}`);
  });
});
