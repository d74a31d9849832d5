import type { Locator } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { metricCurves } from '#schemas/protocol/experiments.ts';
import { openRun, type PanelState, panelDataChanged, saveFile } from '#schemas/protocol/webview.ts';
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

async function open(count: number, view: object = {}): Promise<readonly MadeRun[]> {
  const runs = makeRuns(count + 1).slice(1);
  const state: PanelState = { panel: 'compare', folder: '/ws', runs: runs.map(refOf) };
  host = new FakeHost({ runs, state });
  panel = await harness.open({ host, saved: { view } });
  return runs;
}

const tile = (metric: string) => panel.page.locator(`metric-tile[data-metric="${metric}"]`);
const chartData = z.object({
  axis: z.string(),
  series: z.array(z.object({ name: z.string(), x: z.array(z.number()), y: z.array(z.number().nullable()) })),
});

async function dataOf(chart: Locator): Promise<z.infer<typeof chartData>> {
  const data = await chart
    .locator('chart-panel')
    .evaluate((element) => JSON.stringify(Reflect.get(element, 'chartData')));
  return chartData.parse(JSON.parse(data));
}

/** Pixels of a chart's canvas that are of no axis or grid: those with colour. */
async function colouredPixels(chart: Locator): Promise<number> {
  return chart.locator('canvas.chart-plot').evaluate((canvas) => {
    if (!(canvas instanceof HTMLCanvasElement)) return 0;
    const { data } = canvas.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height) ?? { data: [] };
    let coloured = 0;
    for (let at = 0; at + 3 < data.length; at += 4) {
      const [red = 0, green = 0, blue = 0, alpha = 0] = data.slice(at, at + 4);
      if (alpha > 100 && Math.max(red, green, blue) - Math.min(red, green, blue) > 60) coloured += 1;
    }
    return coloured;
  });
}

describe('charts', () => {
  test('draw the curves of all runs, those logged once as a dot each', async () => {
    const runs = await open(2);
    await tile('val/loss').locator('chart-panel').waitFor();
    const { axis, series } = await dataOf(tile('val/loss'));
    expect(axis).toBe('step');
    expect(series.map(({ name }) => name)).toEqual(runs.map(({ run }) => run.name));
    expect(series[0]?.x).toHaveLength(200);
    expect(await colouredPixels(tile('val/loss'))).toBeGreaterThan(400);
    expect((await dataOf(tile('test_auc'))).axis).toBe('run');
    expect(await colouredPixels(tile('test_auc'))).toBeGreaterThan(40);
  });

  test('are read when they come into sight', async () => {
    const runs = makeRuns(3, 200).slice(1);
    host = new FakeHost({ runs, state: { panel: 'compare', folder: '/ws', runs: runs.map(refOf) } });
    panel = await harness.open({ host });
    await panel.page.locator('chart-panel').first().waitFor();
    expect(await panel.page.locator('metric-tile').count()).toBe(206);
    expect(host.askedFor(metricCurves).length).toBeLessThan(20);
    await panel.page.locator('.chart-grid').evaluate((grid) => grid.scrollTo({ top: grid.scrollHeight }));
    await panel.page.locator('metric-tile').last().locator('chart-panel').waitFor();
  });

  test('follow axis, smoothing, log scale and hidden runs, and remember them', async () => {
    await open(3);
    await tile('val/loss').locator('chart-panel').waitFor();
    await panel.page.getByLabel('Axis').selectOption('relative');
    await expect.poll(async () => (await dataOf(tile('val/loss'))).axis).toBe('relative');
    await panel.page.getByLabel('Smoothing').fill('0.7');
    await panel.page.getByLabel('Log scale').check();
    await panel.page.locator('run-legend').getByRole('checkbox').first().uncheck();
    await panel.page.getByText('2 of 3 runs').waitFor();
    await expect
      .poll(() => panel.saved())
      .toMatchObject({
        view: { axis: 'relative', smoothing: 0.7, logScale: true, hidden: [{}] },
      });
    await panel.reload();
    await panel.page.getByText('2 of 3 runs').waitFor();
    expect(await panel.page.getByLabel('Smoothing').inputValue()).toBe('0.7');
  });

  test('go by time as well; smoothing and the log scale change what is drawn', async () => {
    await open(2);
    const chart = tile('val/loss');
    await chart.locator('chart-panel').waitFor();
    const image = () =>
      chart.locator('canvas.chart-plot').evaluate((canvas) => Reflect.get(canvas, 'toDataURL').call(canvas));
    const differs = async (change: () => Promise<unknown>) => {
      const before = await image();
      await change();
      await expect.poll(image).not.toBe(before);
    };
    await differs(() => panel.page.getByLabel('Log scale').check());
    await differs(() => panel.page.getByLabel('Smoothing').fill('0.9'));
    await panel.page.getByLabel('Axis').selectOption('time');
    await expect.poll(async () => (await dataOf(chart)).axis).toBe('time');
    const { x } = (await dataOf(chart)).series[0] ?? { x: [] };
    expect(x[0]).toBeGreaterThan(Date.UTC(2020, 0));
    expect(x).toEqual(x.toSorted((one, other) => one - other));
  });

  test('tell 50 runs apart, and find one among them', async () => {
    await open(50);
    await tile('val/loss').locator('chart-panel').waitFor();
    expect((await dataOf(tile('val/loss'))).series).toHaveLength(50);
    const styles = await panel.page
      .locator('run-legend .swatch line')
      .evaluateAll((lines) =>
        lines.map((line) => `${line.getAttribute('stroke')} ${line.getAttribute('stroke-dasharray')}`),
      );
    expect(new Set(styles).size).toBe(50);
    await panel.page.getByLabel('Search runs').fill('-17');
    await expect.poll(() => panel.page.locator('.legend-entry').count()).toBe(1);
  });

  test('zoom by dragging: the part is read finer, and all of it comes back', async () => {
    await open(2);
    host.loggedPoints = 5_000;
    await panel.tell(panelDataChanged, { tracker: null, revision: null });
    const chart = tile('val/loss');
    await expect.poll(async () => (await dataOf(chart)).series[0]?.x.at(-1)).toBeGreaterThan(4_900);
    const box = await chart.locator('.chart-area').boundingBox();
    if (!box) throw new Error('The chart has no place.');
    await panel.page.mouse.move(box.x + box.width * 0.4, box.y + 60);
    await panel.page.mouse.down();
    await panel.page.mouse.move(box.x + box.width * 0.5, box.y + 60, { steps: 4 });
    await panel.page.mouse.up();
    await expect
      .poll(() =>
        host
          .askedFor(metricCurves)
          .map((params) => metricCurves.params.parse(params))
          .at(-1),
      )
      .toMatchObject({ key: 'val/loss', from: expect.any(Number), to: expect.any(Number) });
    await expect.poll(async () => (await dataOf(chart)).series[0]?.x[0]).toBeGreaterThan(1_000);
    await chart.getByRole('button', { name: 'Show all of val/loss' }).click();
    await expect.poll(async () => (await dataOf(chart)).series[0]?.x[0]).toBe(0);
  });

  test('zoom by keys', async () => {
    await open(2);
    await tile('val/loss').locator('.chart-area').focus();
    await panel.page.keyboard.press('+');
    await expect
      .poll(() => panel.saved())
      .toMatchObject({ view: { zoom: { 'val/loss': { from: expect.any(Number) } } } });
    await panel.page.keyboard.press('0');
    await expect.poll(() => panel.saved()).toMatchObject({ view: { zoom: {} } });
  });

  test('have their table behind them, and are saved as CSV and PNG', async () => {
    const runs = await open(2);
    const chart = tile('val/loss');
    await chart.getByRole('button', { name: 'Save val/loss as an image' }).click();
    await chart.getByRole('button', { name: 'Show the table of val/loss' }).click();
    const grid = chart.getByRole('grid', { name: 'Values of val/loss' });
    await grid.waitFor();
    expect(await grid.getAttribute('aria-rowcount')).toBe('201');
    await chart.getByRole('button', { name: 'Save val/loss as CSV' }).click();
    await expect.poll(() => host.askedFor(saveFile)).toHaveLength(2);
    const [image, csv] = host.askedFor(saveFile).map((params) => saveFile.params.parse(params));
    expect(image).toMatchObject({ suggestedName: 'val/loss.png', encoding: 'base64' });
    expect(
      Buffer.from(image?.data ?? '', 'base64')
        .subarray(1, 4)
        .toString(),
    ).toBe('PNG');
    expect(csv?.data.split('\r\n')).toHaveLength(202);
    expect(csv?.data).toContain(runs[0]?.run.name);
  });

  test('tell what lies under the pointer, the largest first, and bring that run out everywhere', async () => {
    await open(3);
    const chart = tile('val/auc');
    await chart.locator('chart-panel').waitFor();
    const box = await chart.locator('.chart-area').boundingBox();
    if (!box) throw new Error('The chart has no place.');
    await panel.page.mouse.move(box.x + box.width / 2, box.y + 50);
    await panel.page.mouse.move(box.x + box.width / 2 + 4, box.y + 50);
    await chart.locator('.chart-tip').waitFor();
    const values = (await chart.locator('.tip-value').allInnerTexts()).map(Number);
    expect(values).toEqual(values.toSorted((a, b) => b - a));
    expect(await panel.page.locator('.legend-entry.highlighted').count()).toBe(1);
  });

  test('say what they can’t show', async () => {
    const runs = makeRuns(6).slice(5);
    host = new FakeHost({ runs, state: { panel: 'compare', folder: '/ws', runs: runs.map(refOf) } });
    panel = await harness.open({ host });
    await tile('val/loss')
      .getByText(/points NaN/)
      .waitFor();
  });

  test('are drawn in the new colours when the theme changes', async () => {
    await open(2);
    await tile('val/loss').locator('chart-panel').waitFor();
    const colour = () => panel.page.locator('run-legend .swatch line').first().getAttribute('stroke');
    const before = await colour();
    await panel.setTheme('light');
    await expect.poll(colour).not.toBe(before);
  });
});

describe('table', () => {
  test('shows only what differs, and each run’s distance to the baseline', async () => {
    const runs = await open(4, { tab: 'table' });
    await panel.page.getByText('seed', { exact: true }).waitFor();
    await panel.page.getByLabel('Only what differs').check();
    await expect.poll(() => panel.page.getByText('seed', { exact: true }).count()).toBe(0);
    expect(await panel.page.locator('.delta').count()).toBe(0);
    await panel.page.getByRole('columnheader', { name: runs[2]?.run.name ?? '' }).click();
    await panel.page.locator('.delta').first().waitFor();
    const heads = await panel.page.getByRole('columnheader').allInnerTexts();
    expect(heads[1]).toContain(runs[2]?.run.name);
    await expect
      .poll(() => panel.saved())
      .toMatchObject({ view: { onlyDifferent: true, baseline: `local/${runs[2]?.run.id}` } });
  });

  test('marks the best value, the least of a loss', async () => {
    const runs = await open(4, { tab: 'table', search: 'val/loss' });
    await panel.page.locator('.best').first().waitFor();
    const values = runs.map(({ run }) => Number(run.metrics['val/loss']?.value));
    expect(Number((await panel.page.locator('.best').first().innerText()).split('\n')[0])).toBeCloseTo(
      Math.min(...values),
      4,
    );
  });

  test('keeps few of 50 runs in the page', async () => {
    await open(50, { tab: 'table' });
    await panel.page.locator('.grid-cell').first().waitFor();
    expect(await panel.page.getByRole('columnheader').count()).toBeLessThan(15);
    await panel.page.locator('.grid-viewport').evaluate((viewport) => viewport.scrollTo({ left: 1e6 }));
    await panel.page.getByRole('columnheader').filter({ hasText: '-50' }).waitFor();
  });
});

test('opens a run from the legend', async () => {
  const runs = await open(2);
  await panel.page.getByRole('button', { name: `Open ${runs[0]?.run.name}` }).click();
  await expect.poll(() => host.askedFor(openRun)).toMatchObject([{ run: { runId: runs[0]?.run.id } }]);
});

test.each(['scatter', 'parallel'])('%s shows every run, and leaves out the hidden', async (tab) => {
  await open(8, { tab });
  const drawn = panel.page.locator('.plot-run');
  await drawn.first().waitFor();
  const before = await drawn.count();
  await panel.page.locator('run-legend').getByRole('checkbox').first().uncheck();
  await expect.poll(() => drawn.count()).toBe(before - 1);
});
