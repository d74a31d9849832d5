import type { Page } from 'playwright-core';
import { FakeHost } from '../../e2e/webviews/fake-host.ts';
import { WebviewHarness } from '../../e2e/webviews/harness.ts';
import { type MadeRun, makeRuns, refOf } from '../../e2e/webviews/made-data.ts';
import type { BenchResult } from '../result.ts';
import { mainThreadWork } from './main-thread.ts';

const wheelTurns = 60;
const passes = 4;

/** A figure by the clock, and the CPU time of the page's main thread in it, which a busy machine does not change. */
interface Measured {
  readonly wall: number;
  readonly cpu: number;
}

/** The pages in a real Chromium: what a person waits for, from the data's arrival to the painted frame. */
export async function run(): Promise<BenchResult[]> {
  const harness = await WebviewHarness.start();
  try {
    return [
      ...results('runs table, longest frame, 10,000 runs scrolled', 50, await scrolling(harness, 'down')),
      ...results('runs table, longest frame, 1,000 columns scrolled', 50, await scrolling(harness, 'across')),
      ...results('compare, 50 curves of 10,000 points, arrival to painted', 300, await drawing(harness)),
    ];
  } finally {
    await harness.stop();
  }
}

/** Other processes only ever add to a time: the best pass is the page's own. */
function results(figure: string, atMost: number, measured: readonly Measured[]): BenchResult[] {
  const best = (of: (one: Measured) => number) => Math.min(...measured.map(of));
  return [
    { figure, unit: 'ms', ours: best(({ wall }) => wall), peer: null, target: { atMost } },
    { figure: `${figure} (CPU)`, unit: 'ms', ours: best(({ cpu }) => cpu), peer: null, target: { atMost } },
  ];
}

async function scrolling(harness: WebviewHarness, direction: 'down' | 'across'): Promise<Measured[]> {
  const runs = direction === 'down' ? makeRuns(10_000) : makeRuns(2_000, 1_000);
  const host = new FakeHost({
    runs,
    state: { panel: 'runs', folder: '/ws', tracker: 'local', experimentIds: ['1'], title: 'churn' },
  });
  const columns = [
    'attribute.status',
    'attribute.startTime',
    'attribute.duration',
    ...Object.keys(runs[1]?.run.metrics ?? {}).map((key) => `metric.${key}`),
    ...Object.keys(runs[1]?.run.params ?? {}).map((key) => `param.${key}`),
  ];
  const { page, close } = await harness.open({ host, saved: { view: { columns } } });
  await page.locator('.grid-row:not(.pending)').first().waitFor();
  const measured: Measured[] = [];
  for (let pass = 0; pass < passes; pass += 1) {
    let wall = Number.NaN;
    const work = await mainThreadWork(page, async () => {
      wall = await longestFrame(page, direction);
    });
    measured.push({ wall, cpu: work.longestTask });
  }
  await close();
  return measured;
}

/** The longest time between two frames while the wheel turns, there and back again. */
async function longestFrame(page: Page, direction: 'down' | 'across'): Promise<number> {
  await page.mouse.move(600, 400);
  await page.evaluate(() => {
    const frames: number[] = [];
    Object.assign(globalThis, { frames });
    let last = performance.now();
    const step = (now: number) => {
      frames.push(now - last);
      last = now;
      if ('frames' in globalThis) requestAnimationFrame(step);
    };
    requestAnimationFrame(step);
  });
  for (let turn = 0; turn < wheelTurns; turn += 1) {
    const distance = turn < wheelTurns / 2 ? 400 : -400;
    if (direction === 'down') await page.mouse.wheel(0, distance);
    else await page.mouse.wheel(distance, 0);
  }
  return page.evaluate(() => {
    const frames: unknown = Reflect.get(globalThis, 'frames');
    Reflect.deleteProperty(globalThis, 'frames');
    return Array.isArray(frames) ? Math.max(...frames.slice(2)) : Number.NaN;
  });
}

async function drawing(harness: WebviewHarness): Promise<Measured[]> {
  const runs = makeRuns(60)
    .filter(({ run: { status } }) => status === 'FINISHED')
    .slice(0, 50);
  const measured: Measured[] = [];
  for (let pass = 0; pass < passes; pass += 1) measured.push(await drawOnce(harness, runs));
  return measured;
}

/** The first chart of a page that has drawn none yet. */
async function drawOnce(harness: WebviewHarness, runs: readonly MadeRun[]): Promise<Measured> {
  const host = new FakeHost({ runs, state: { panel: 'compare', folder: '/ws', runs: runs.map(refOf) } });
  host.loggedPoints = 10_000;
  const view = { search: 'no such metric', expanded: 'val/loss' };
  const { page, close } = await harness.open({ host, saved: { view } });
  const search = page.getByLabel('Search metrics');
  await search.waitFor();
  let wall = Number.NaN;
  const work = await mainThreadWork(page, async () => {
    await search.fill('val/loss');
    wall = await page.evaluate(async () => {
      const drawn = () => performance.getEntriesByName('chart-drawn', 'mark').at(-1);
      while (drawn() === undefined) await new Promise(requestAnimationFrame);
      // The frame that shows it: after the next animation callbacks and what follows them.
      await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
      const painted = performance.mark('painted').startTime;
      return painted - (performance.getEntriesByName('answer', 'mark').at(-1)?.startTime ?? Number.NaN);
    });
  });
  const points = await page.locator('chart-panel').evaluate((panel) => {
    const data: unknown = Reflect.get(panel, 'chartData');
    const series: unknown = typeof data === 'object' && data !== null ? Reflect.get(data, 'series') : [];
    return Array.isArray(series) ? series.reduce((sum: number, one: { x: unknown[] }) => sum + one.x.length, 0) : 0;
  });
  await close();
  if (points < 50_000) throw new Error(`Only ${points} points were drawn.`);
  return { wall, cpu: work.between('answer', 'painted') };
}
