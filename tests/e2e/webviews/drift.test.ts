import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { DomainClassifier } from '#schemas/domain/drift-report.ts';
import { checkDrift, driftColumnDetails, driftColumns, exportDrift } from '#schemas/protocol/drift.ts';
import { type PanelState, panelDataChanged, panelProgress, pickSaveFile } from '#schemas/protocol/webview.ts';
import { accessibilityProblems } from './accessibility.ts';
import { FakeHost } from './fake-host.ts';
import { type OpenOptions, type OpenPanel, WebviewHarness } from './harness.ts';
import { type MadeDrift, madeColumn, madeDrift, madeDriftOf } from './made-drift.ts';
import type { ThemeName } from './themes.ts';

let harness: WebviewHarness;
let panel: OpenPanel;
beforeAll(async () => {
  harness = await WebviewHarness.start();
});
afterAll(() => harness?.stop());

const state: PanelState = {
  ...{ panel: 'drift', folder: '/ws', title: 'train.csv ↔ live.csv' },
  target: { kind: 'files', reference: 'train.csv', current: 'live.csv' },
};

function hostOf(drift: MadeDrift): FakeHost {
  const host = new FakeHost({ state });
  host.drift = drift;
  return host;
}

async function open(host: FakeHost, options: Partial<OpenOptions> = {}): Promise<void> {
  panel = await harness.open({ width: 1400, height: 900, ...options, host });
}

async function close(): Promise<void> {
  expect(panel.problems).toEqual([]);
  await panel.close();
}

const grid = () => panel.page.getByRole('grid');
const row = (name: string) => grid().getByRole('rowheader', { name, exact: true });
const names = () => grid().getByRole('rowheader').allInnerTexts();
const verdict = () => panel.page.getByRole('region', { name: 'Verdict' });
const details = (name: string) => panel.page.getByRole('region', { name, exact: true });
const chart = (name: RegExp) => panel.page.getByRole('img', { name });
const count = () => panel.page.locator('.footer .count');

/** Every kind of verdict, with what others add to a report. */
function everything(): MadeDrift {
  const history = [5, 4, 3, 2, 1].map((hours) => ({
    at: Date.now() - hours * 3_600_000,
    statistic: 0.5 - hours * 0.08,
    drifted: hours < 4,
  }));
  const nothing = { statistic: null, threshold: null, method: null, drifted: null } as const;
  return madeDriftOf(
    [
      madeColumn(0, { history }),
      madeColumn(1, { verdict: 'drift', drifted: true, reason: '1,204 values that are new (“gold”, …).' }),
      madeColumn(4, {
        ...{ ...nothing, type: null, missing: null, column: 'gone' },
        ...{ verdict: 'could-not-check', reason: 'The current data lack this column.' },
      }),
      madeColumn(6, { ...nothing, column: 'thin', verdict: 'no-data', reason: 'There are only 12 values to compare.' }),
      madeColumn(3),
    ],
    {
      segments: [
        {
          column: null,
          predicate: "plan = 'pro' AND age >= 40",
          conditions: [],
          explained: 0.71,
          rows: { reference: 0.09, current: 0.21 },
          reason: null,
        },
      ],
    },
  );
}

describe.each<ThemeName>(['dark', 'light', 'highContrast'])('%s theme', (theme) => {
  test('axe finds nothing, the policy forbids nothing: numbers, categories, time, what could not be checked', async () => {
    await open(hostOf(everything()), { theme });
    await chart(/^Distribution of tenure 0/).waitFor();
    expect(await accessibilityProblems(panel.page)).toEqual([]);
    await row('plan 1').click();
    await chart(/^Categories of plan 1/).waitFor();
    await panel.page.getByLabel('Time is in').selectOption('seen_at');
    await chart(/^plan 1 over seen_at/).waitFor();
    for (const summary of await panel.page.locator('summary').all()) await summary.click();
    expect(await accessibilityProblems(panel.page)).toEqual([]);
    await row('gone').click();
    await details('gone').getByText('The current data lack this column.').waitFor();
    expect(await accessibilityProblems(panel.page)).toEqual([]);
    await close();
  });
});

describe('the drift panel', () => {
  test('is right with two columns: the verdict, the figures, both samples of the first', async () => {
    const host = hostOf(madeDrift(2));
    await open(host);
    await verdict().getByText('The data drifted: 1 column (50 % of those that could be compared).').waitFor();
    expect(await verdict().innerText()).toMatch(
      /Reference\s+train.csv\s+120,000 rows\s+Current\s+live.csv\s+34,512 rows/,
    );
    expect(await names()).toEqual(['tenure 0', 'plan 1']);
    await details('tenure 0')
      .getByText('12 values of the reference and 3 of the current data lie farther away.')
      .waitFor();
    const figures = details('tenure 0').getByRole('group', { name: 'Quantiles of tenure 0' });
    expect(await figures.getByRole('row', { name: 'Median' }).innerText()).toMatch(/Median\s+21\s+26\.5/);
    expect(host.askedFor(driftColumnDetails)).toMatchObject([{ column: 'tenure 0', timeColumn: null, whole: false }]);
    await details('tenure 0').getByRole('button', { name: 'Show all' }).click();
    await details('tenure 0').getByText('All values are shown.').waitFor();
    await close();
  });

  test('has a thousand, of which the page holds those in sight, and is searched and sorted', async () => {
    const host = hostOf(madeDrift(1_000));
    await open(host);
    await row('tenure 0').waitFor();
    expect(await grid().getAttribute('aria-rowcount')).toBe('1001');
    expect((await names()).length).toBeLessThan(80);
    await panel.page.getByLabel(/^Words/).fill('PLAN 99');
    await expect.poll(() => count().innerText()).toBe('1–14 of 14');
    expect((await names()).slice(0, 2)).toEqual(['plan 999', 'plan 997']);
    await panel.page.getByRole('columnheader', { name: 'Column' }).click();
    await expect.poll(async () => (await names()).slice(0, 2)).toEqual(['plan 99', 'plan 199']);
    await panel.page.getByRole('button', { name: 'Clear the words' }).click();
    await panel.page.getByRole('combobox', { name: 'Verdict' }).selectOption('Drift');
    await expect.poll(() => count().innerText()).toContain('of 16');
    await panel.page.getByLabel(/^Words/).fill('nothing');
    await panel.page.getByRole('button', { name: 'Show all columns' }).click();
    await expect.poll(() => count().innerText()).toContain('of 1,000');
    await close();
  });

  test('shows a column by key, and remembers it, its time and the check over a reload', async () => {
    const host = hostOf(madeDrift(6));
    await open(host);
    await row('tenure 0').click();
    await panel.page.keyboard.press('ArrowDown');
    await panel.page.keyboard.press('ArrowDown');
    await details('tenure 4').waitFor();
    await panel.page.getByLabel('Time is in').selectOption('seen_at');
    await chart(/^tenure 4 over seen_at/).waitFor();
    await expect
      .poll(() => panel.saved())
      .toMatchObject({ state, view: { column: 'tenure 4', timeColumn: 'seen_at' } });
    const [before] = host.askedFor(checkDrift);
    await panel.reload();
    await chart(/^tenure 4 over seen_at/).waitFor();
    expect(host.askedFor(checkDrift)).toEqual([before, before]);
    await panel.page.getByRole('button', { name: 'Check again' }).click();
    await expect.poll(() => host.askedFor(checkDrift)).toHaveLength(3);
    expect(host.askedFor(checkDrift)[2]).not.toEqual(before);
    await close();
  });

  test('swaps reference and current, also after a reload; a monitor’s are not swapped', async () => {
    const host = hostOf(madeDrift(2));
    await open(host);
    await verdict().waitFor();
    await panel.page.getByRole('button', { name: 'Swap reference and current' }).click();
    await expect.poll(() => verdict().innerText()).toMatch(/Reference\s+live.csv/);
    await expect.poll(() => panel.saved()).toMatchObject({ view: { swapped: true } });
    await panel.reload();
    await expect.poll(() => verdict().innerText()).toMatch(/Reference\s+live.csv/);
    await close();
    const monitor = hostOf(madeDrift(2));
    monitor.state = { ...state, target: { kind: 'monitor', file: '/ws/a.mlops.yaml', name: 'a' }, title: 'a' };
    await open(monitor);
    await verdict().getByText('live/*.parquet').waitFor();
    expect(await panel.page.getByRole('button', { name: /^Swap/ }).count()).toBe(0);
    await close();
  });

  test('says what a classifier of all columns found, also where no column drifted by itself', async () => {
    const domainClassifier = {
      ...{ auc: 0.8312, threshold: 0.55, drifted: true, verdict: 'drift', reason: null },
      columns: [
        { column: 'tenure', share: 0.61 },
        { column: 'plan', share: 0.39 },
      ],
    } satisfies DomainClassifier;
    const calm = { verdict: 'drift', drifted: true, share: 0 } as const;
    await open(hostOf(madeDriftOf([madeColumn(3)], { ...calm, domainClassifier })));
    await verdict().getByText('The data drifted, though no column did by itself.').waitFor();
    await verdict()
      .getByText('a model tells the two sides apart (AUC 0.831, drift above 0.55), most by tenure (61 %), plan (39 %).')
      .waitFor();
    expect(await accessibilityProblems(panel.page)).toEqual([]);
    await close();
  });

  test('shows segments and earlier checks where a report has them', async () => {
    await open(hostOf(everything()));
    await verdict().getByText("plan = 'pro' AND age >= 40").waitFor();
    await verdict().getByText('71 % of the drift, in 9 % of the rows before and 21 % now').waitFor();
    await panel.page.getByRole('img', { name: '5 earlier checks, 3 with drift' }).waitFor();
    await close();
  });

  test('says of what could not be told why, never “no drift”', async () => {
    await open(hostOf({ ...everything(), summary: { ...everything().summary, verdict: 'could-not-check' } }));
    await verdict().getByText('It could not be told: 2 columns drifted, but not all could be checked.').waitFor();
    await row('thin').click();
    await details('thin').getByText('There are only 12 values to compare.').waitFor();
    await row('gone').click();
    await details('gone').getByText('The current data lack this column.').waitFor();
    expect(await details('gone').getByRole('img').count()).toBe(0);
    await close();
  });

  test('shows how far a check is, is cancelled, and started again', async () => {
    const host = hostOf(madeDrift(2));
    host.held.add(checkDrift.method);
    await open(host);
    await panel.page.getByText('Reading both data sets…').waitFor();
    await panel.tell(panelProgress, { method: checkDrift.method, message: '120 of 1,000 columns', percentage: 12 });
    await panel.page.getByText('120 of 1,000 columns').waitFor();
    expect(await panel.page.getByRole('progressbar').evaluate((bar: HTMLProgressElement) => bar.value)).toBe(12);
    expect(await accessibilityProblems(panel.page)).toEqual([]);
    await panel.page.getByRole('button', { name: 'Cancel' }).click();
    await panel.page.getByText('The check was cancelled').waitFor();
    expect(await accessibilityProblems(panel.page)).toEqual([]);
    host.held.clear();
    await panel.page.locator('.notice').getByRole('button', { name: 'Check again' }).click();
    await row('tenure 0').waitFor();
    await close();
  });

  test('that can’t read the data says why, and tries again', async () => {
    const host = hostOf(madeDrift(2));
    host.failures.set(checkDrift.method, {
      ...{ reason: 'corrupt', message: 'live.parquet can’t be read as PARQUET: too small.' },
      remedy: 'Write the file anew; it is damaged, cut off or no Parquet.',
    });
    await open(host);
    await panel.page.getByRole('alert').getByText('live.parquet can’t be read as PARQUET: too small.').waitFor();
    await panel.page.getByText('Write the file anew').waitFor();
    expect(await accessibilityProblems(panel.page)).toEqual([]);
    host.failures.clear();
    await panel.page.getByRole('button', { name: 'Try again' }).click();
    await row('tenure 0').waitFor();
    await close();
  });

  test('that can’t read one column says so beside the others', async () => {
    const host = hostOf(madeDrift(2));
    const failure = {
      reason: 'busy',
      message: 'The data can’t be compared: Out of Memory.',
      remedy: 'Try later.',
    } as const;
    host.failures.set(driftColumnDetails.method, failure);
    await open(host);
    await details('tenure 0').getByText('The data can’t be compared: Out of Memory.').waitFor();
    host.failures.clear();
    await details('tenure 0').getByRole('button', { name: 'Try again' }).click();
    await chart(/^Distribution of tenure 0/).waitFor();
    await close();
  });

  test('has a place for no column at all', async () => {
    await open(hostOf(madeDrift(0, { verdict: 'no-data', drifted: null })));
    await verdict().getByText('There are too few values to tell.').waitFor();
    await panel.page.getByText('There is no column to compare').waitFor();
    expect(await accessibilityProblems(panel.page)).toEqual([]);
    await close();
  });

  test('is exported to a file that the person chose', async () => {
    const host = hostOf(madeDrift(3));
    await open(host);
    await row('tenure 0').waitFor();
    await panel.page.getByRole('button', { name: 'Export HTML' }).click();
    await panel.page
      .getByText(/^Wrote 3 columns, 2 of them with charts to \/home\/ana\/.*html\.$/)
      .first()
      .waitFor();
    await panel.page.getByRole('button', { name: 'Export CSV' }).click();
    await panel.page
      .getByText(/^Wrote 3 columns to .*csv\.$/)
      .first()
      .waitFor();
    expect(host.askedFor(pickSaveFile)).toHaveLength(2);
    expect(host.askedFor(exportDrift)).toMatchObject([{ format: 'html' }, { format: 'csv' }]);
    await close();
  });

  test('computes nothing anew because something else changed', async () => {
    const host = hostOf(madeDrift(2));
    await open(host);
    await chart(/^Distribution/).waitFor();
    await panel.tell(panelDataChanged, { tracker: null, revision: null });
    await row('plan 1').click();
    await chart(/^Categories/).waitFor();
    expect([host.askedFor(checkDrift).length, host.askedFor(driftColumns).length]).toEqual([1, 1]);
    await close();
  });

  test('fits a narrow editor', async () => {
    await open(hostOf(everything()), { width: 420, height: 700 });
    await chart(/^Distribution/).waitFor();
    const { width, content } = await panel.page
      .locator('drift-panel')
      .evaluate((element) => ({ width: element.clientWidth, content: element.scrollWidth }));
    expect(content).toBeLessThanOrEqual(width);
    expect((await panel.page.locator('.table-area').boundingBox())?.height).toBeGreaterThan(90);
    await close();
  });
});
