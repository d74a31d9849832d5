import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { exportTable, markRuns, tableWindow, trackerLink } from '#schemas/protocol/experiments.ts';
import { openCompare, openRun, type PanelState, panelDataChanged } from '#schemas/protocol/webview.ts';
import { FakeHost } from './fake-host.ts';
import { type OpenPanel, WebviewHarness } from './harness.ts';
import { makeRuns } from './made-data.ts';

const state: PanelState = { panel: 'runs', folder: '/ws', tracker: 'local', experimentIds: ['1'], title: 'churn' };
const many = makeRuns(10_000);

let harness: WebviewHarness;
let panel: OpenPanel;
let host: FakeHost;
beforeAll(async () => {
  harness = await WebviewHarness.start();
});
afterAll(() => harness?.stop());

async function open(runs = many, options: { saved?: unknown; width?: number } = {}): Promise<void> {
  host = new FakeHost({ runs, state });
  panel = await harness.open({ host, ...options });
}
const ready = () => panel.page.locator('.grid-row:not(.pending)').first().waitFor();
const cell = (row: number, text: string) =>
  panel.page.locator(`[data-row="${row}"] [role="rowheader"]`, { hasText: text });
const name = (row: number) => panel.page.locator(`[data-row="${row}"] [role="rowheader"]`).innerText();
const focused = () =>
  panel.page.evaluate(() => {
    const element = document.activeElement;
    return `${element?.closest('[data-row]')?.getAttribute('data-row')},${element?.getAttribute('data-column')}`;
  });

afterEach(async () => {
  expect(panel.problems).toEqual([]);
  await panel.close();
});

describe('10,000 runs', () => {
  beforeEach(async () => {
    await open();
    await ready();
  });

  test('keeps few rows in the page and asks for the pages in sight alone', async () => {
    expect(await panel.page.locator('[role="row"]').count()).toBeLessThan(60);
    expect(await panel.page.locator('.count').textContent()).toMatch(/^1–\d+ of 10,000$/);
    expect(host.askedFor(tableWindow)).toMatchObject([{ start: 0, count: 100 }]);
    await panel.page.locator('.grid-viewport').evaluate((viewport) => viewport.scrollTo({ top: 5_000 * 24 }));
    await cell(5_000, many[5_000]?.run.name ?? '').waitFor();
    expect(host.askedFor(tableWindow).at(-1)).toMatchObject({ start: 5_000 });
  });

  test('is walked by keys: arrows, pages, ends', async () => {
    await panel.page.locator('[data-row="0"] [role="rowheader"]').click({ position: { x: 2, y: 2 } });
    await panel.page.keyboard.press('ArrowDown');
    await panel.page.keyboard.press('ArrowRight');
    expect(await focused()).toBe('1,3');
    await panel.page.keyboard.press('Control+End');
    await cell(9_999, many[9_999]?.run.name ?? '').waitFor();
    expect(await focused()).toMatch(/^9999,/);
    await panel.page.keyboard.press('Home');
    expect(await focused()).toBe('9999,0');
    await panel.page.keyboard.press('PageUp');
    expect(Number((await focused()).split(',')[0])).toBeLessThan(9_985);
    await panel.page.keyboard.press('Control+Home');
    expect(await focused()).toBe('0,0');
  });

  test('opens, stars and selects by keys; compares what is selected', async () => {
    await panel.page.locator('[data-row="0"] [role="rowheader"]').click({ position: { x: 2, y: 2 } });
    await panel.page.keyboard.press('Enter');
    await expect.poll(() => host.askedFor(openRun)).toMatchObject([{ run: { runId: many[0]?.run.id } }]);
    await panel.page.keyboard.press('s');
    await panel.page.locator('[data-row="0"] .starred').waitFor();
    expect(host.askedFor(markRuns)).toMatchObject([{ starred: true }]);
    await panel.page.keyboard.press('Space');
    await panel.page.keyboard.press('Shift+ArrowDown');
    await panel.page.keyboard.press('Shift+ArrowDown');
    await panel.page.getByRole('button', { name: 'Compare (3)' }).click();
    const ids = many.slice(0, 3).map(({ run }) => ({ runId: run.id }));
    await expect.poll(() => host.askedFor(openCompare)).toMatchObject([{ runs: ids }]);
  });

  test('sorts by a click, by several columns with shift', async () => {
    await panel.page.getByRole('columnheader', { name: /val\/auc/ }).click();
    const sorted = () => host.askedFor(tableWindow).at(-1);
    await expect.poll(sorted).toMatchObject({ sort: [{ column: 'metric.val/auc', descending: true }] });
    expect(await panel.page.getByRole('columnheader', { name: /val\/auc/ }).getAttribute('aria-sort')).toBe(
      'descending',
    );
    await panel.page.getByRole('columnheader', { name: /Status/ }).click({ modifiers: ['Shift'] });
    await expect.poll(sorted).toMatchObject({
      sort: [
        { column: 'metric.val/auc', descending: true },
        { column: 'attribute.status', descending: false },
      ],
    });
  });

  test('shows what the server says of a filter below it, and keeps the rows', async () => {
    const filter = panel.page.getByRole('combobox');
    await filter.fill('metrics.');
    await filter.press('Escape');
    await filter.press('Enter');
    await panel.page.getByText('an operator is expected').waitFor();
    expect(await filter.getAttribute('aria-invalid')).toBe('true');
    expect(await panel.page.locator('.count').textContent()).toContain('10,000');
    await filter.fill('metrics.`val/auc` > 0.9');
    await filter.press('Escape');
    await filter.press('Enter');
    await expect.poll(() => panel.page.locator('.count').textContent()).not.toContain('10,000');
    expect(await panel.page.getByText('an operator is expected').count()).toBe(0);
  });

  test('picks columns and writes what is shown as CSV', async () => {
    await panel.page.getByRole('button', { name: 'Choose columns' }).click();
    await panel.page.getByLabel('Search columns').fill('stage');
    await panel.page.getByRole('checkbox', { name: /^stage/ }).check();
    await panel.page.keyboard.press('Escape');
    await panel.page.getByRole('button', { name: 'Export as CSV' }).click();
    await panel.page.getByText('Wrote 10,000 runs').first().waitFor();
    const [asked] = host.askedFor(exportTable);
    expect(asked).toMatchObject({ path: '/home/ana/churn-runs.csv' });
    expect(JSON.stringify(asked)).toContain('tag.stage');
  });

  test('reads changes anew where the person is', async () => {
    await panel.page.locator('.grid-viewport').evaluate((viewport) => viewport.scrollTo({ top: 300 * 24 }));
    await cell(310, many[310]?.run.name ?? '').waitFor();
    host.runs = makeRuns(10_001).toReversed();
    host.revision = 2;
    await panel.tell(panelDataChanged, { tracker: 'local', revision: 2 });
    await expect.poll(() => name(310)).toBe(host.runs[310]?.run.name);
    expect(await panel.page.locator('.grid-viewport').evaluate(({ scrollTop }) => scrollTop)).toBe(300 * 24);
    expect(await panel.page.locator('.count').textContent()).toContain('10,001');
  });

  test('is as it was after a reload', async () => {
    await panel.page.getByRole('columnheader', { name: /val\/auc/ }).click();
    await panel.page.locator('[data-row="1"] [data-action="select"]').click();
    await panel.page.locator('.grid-viewport').evaluate((viewport) => viewport.scrollTo({ top: 2_400 }));
    await expect
      .poll(() => panel.saved())
      .toMatchObject({
        state,
        view: { scroll: { top: 2_400 }, sort: [{ column: 'metric.val/auc' }], selected: [{}] },
      });
    await panel.reload();
    await panel.page.getByRole('button', { name: 'Compare (1)' }).waitFor();
    await panel.page.locator('[data-row="105"]:not(.pending)').first().waitFor();
    expect(await panel.page.getByRole('columnheader', { name: /val\/auc/ }).getAttribute('aria-sort')).toBe(
      'descending',
    );
  });

  test('has a menu for a run, by mouse and by keys', async () => {
    await panel.page.locator('[data-row="2"] [role="rowheader"]').click({ button: 'right' });
    await panel.page.getByRole('menuitem', { name: /Hide/ }).click();
    await expect
      .poll(() => host.askedFor(markRuns))
      .toMatchObject([{ hidden: true, runs: [{ runId: many[2]?.run.id }] }]);
    await expect.poll(() => panel.page.locator('.count').textContent()).toContain('9,999');
  });
});

describe('selecting', () => {
  const compare = () => panel.page.getByRole('button', { name: /^Compare/ });
  const disabled = () =>
    panel.page.locator('vscode-button', { hasText: 'Compare' }).evaluate((button) => button.matches('[disabled]'));
  const clickRow = (row: number, modifiers: 'Shift'[] = []) =>
    panel.page.locator(`[data-row="${row}"] [role="rowheader"]`).click({ position: { x: 2, y: 2 }, modifiers });

  test('comparing takes two runs at least', async () => {
    await open(makeRuns(5));
    await ready();
    expect(await disabled()).toBe(true);
    await panel.page.locator('[data-row="0"] [data-action="select"]').click();
    await expect.poll(() => compare().innerText()).toBe('Compare (1)');
    expect(await disabled()).toBe(true);
    await panel.page.locator('[data-row="1"] [data-action="select"]').click();
    await expect.poll(disabled).toBe(false);
  });

  test('takes all by Ctrl+A or by the heading, which clears them too', async () => {
    await open(makeRuns(150));
    await ready();
    await clickRow(0);
    await panel.page.keyboard.press('Control+a');
    await expect.poll(() => compare().innerText()).toBe('Compare (150)');
    await panel.page.getByTitle('Clear the selection').click();
    await expect.poll(() => compare().innerText()).toBe('Compare');
    await panel.page.getByTitle('Select all').click();
    await compare().click();
    await expect
      .poll(() => host.askedFor(openCompare).map((params) => openCompare.params.parse(params).runs.length))
      .toEqual([150]);
  });

  test('says so where all are more than can be compared', async () => {
    await open();
    await ready();
    await clickRow(0);
    await panel.page.keyboard.press('Control+a');
    await panel.page
      .locator('.footer')
      .getByText('At most 200 runs are compared at once, and these are 10,000.')
      .waitFor();
    expect(await compare().innerText()).toBe('Compare');
  });

  test('takes rows between two that nobody has scrolled past', async () => {
    await open();
    await ready();
    const scrollTo = (row: number) =>
      panel.page.locator('.grid-viewport').evaluate((viewport, top) => viewport.scrollTo({ top }), row * 24);
    await scrollTo(55);
    await cell(60, many[60]?.run.name ?? '').waitFor();
    await clickRow(60);
    await scrollTo(245);
    await cell(250, many[250]?.run.name ?? '').waitFor();
    // The page between the two is read for this alone.
    expect(host.askedFor(tableWindow).map((params) => tableWindow.params.parse(params).start)).not.toContain(100);
    await clickRow(250, ['Shift']);
    await expect.poll(() => compare().innerText()).toBe('Compare (191)');
  });

  test('leaves the keys of the editor alone', async () => {
    await open(makeRuns(5));
    await ready();
    await clickRow(0);
    await panel.page.keyboard.press('Control+a');
    await expect.poll(() => compare().innerText()).toBe('Compare (5)');
    for (const key of ['Control+c', 'Control+s', 'Control+h']) await panel.page.keyboard.press(key);
    await compare().click();
    await expect.poll(() => host.askedFor(openCompare)).toHaveLength(1);
    expect(host.askedFor(markRuns)).toEqual([]);
  });
});

test.each([true, false])('offers the tracker’s own page where it has one: %s', async (hasLinks) => {
  host = new FakeHost({ runs: makeRuns(3), state });
  host.hasLinks = hasLinks;
  panel = await harness.open({ host });
  await ready();
  await expect.poll(() => host.askedFor(trackerLink)).toHaveLength(1);
  await panel.page.locator('[data-row="1"] [role="rowheader"]').click({ button: 'right' });
  await panel.page.getByRole('menuitem', { name: 'Copy run ID' }).waitFor();
  expect(await panel.page.getByRole('menuitem', { name: 'Open in MLflow UI' }).count()).toBe(hasLinks ? 1 : 0);
});

test('asks for no more columns than are in sight of a thousand', async () => {
  const runs = makeRuns(300, 1_000);
  const columns = Object.keys(runs[1]?.run.metrics ?? {}).map((key) => `metric.${key}`);
  await open(runs, { saved: { view: { columns } } });
  await ready();
  expect(await panel.page.getByRole('columnheader').count()).toBeLessThan(40);
  const [asked] = host.askedFor(tableWindow).map((params) => tableWindow.params.parse(params).columns.length);
  expect(asked).toBeLessThan(40);
});

test('says so where there is nothing', async () => {
  await open([]);
  await panel.page.getByText('No runs yet').waitFor();
});

test('says what failed and reads again when asked to', async () => {
  host = new FakeHost({ runs: many, state });
  host.failures.set('experiments/tableColumns', {
    reason: 'unreachable',
    message: 'http://127.0.0.1:5000 does not answer.',
    remedy: 'Is the server running?',
  });
  panel = await harness.open({ host });
  await panel.page.getByText('Is the server running?').waitFor();
  host.failures.clear();
  await panel.page.getByRole('button', { name: 'Try again' }).click();
  await ready();
});
