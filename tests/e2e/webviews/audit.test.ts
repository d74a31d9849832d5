import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { exportAudit, listAudit, verifyAudit } from '#schemas/protocol/models.ts';
import { copyText, type PanelState, panelDataChanged, pickSaveFile } from '#schemas/protocol/webview.ts';
import { accessibilityProblems } from './accessibility.ts';
import { FakeHost } from './fake-host.ts';
import { type OpenOptions, type OpenPanel, WebviewHarness } from './harness.ts';
import { madeEntries, madeVerdict } from './made-audit.ts';
import type { ThemeName } from './themes.ts';

let harness: WebviewHarness;
let panel: OpenPanel;
beforeAll(async () => {
  harness = await WebviewHarness.start();
});
afterAll(() => harness?.stop());

const state: PanelState = { panel: 'audit', folder: '/ws', target: null };
const signed = {
  ...{ file: '000038-00.checkpoint.json', seq: 38, hash: '0'.repeat(64), time: Date.UTC(2026, 0, 3), signer: 'ana' },
  ...{ key: '1'.repeat(64), problem: null },
};

/** A host with so many entries. */
function logOf(count: number, verdict: Parameters<typeof madeVerdict>[1] = {}): FakeHost {
  const host = new FakeHost({ state });
  host.entries = madeEntries(count);
  host.verdict = madeVerdict(count, verdict);
  return host;
}

async function open(host: FakeHost, options: Partial<OpenOptions> = {}): Promise<void> {
  panel = await harness.open({ ...options, host });
}

async function close(): Promise<void> {
  expect(panel.problems).toEqual([]);
  await panel.close();
}

const grid = () => panel.page.getByRole('grid');
const row = (seq: number) =>
  grid()
    .getByRole('row')
    .filter({ has: panel.page.getByRole('rowheader', { name: String(seq), exact: true }) });
const numbers = () => grid().getByRole('rowheader').allInnerTexts();
const verification = () => panel.page.getByRole('region', { name: 'Verification' });
const details = () => panel.page.getByRole('region', { name: /^Entry \d+$/ });
const count = () => panel.page.locator('.footer .count');

describe.each<ThemeName>(['dark', 'light', 'highContrast'])('%s theme', (theme) => {
  test('axe finds nothing, the policy forbids nothing: whole, and not', async () => {
    const host = logOf(40, { anchors: [{ place: 'git', seq: 30 }], checkpoints: [signed] });
    await open(host, { theme });
    await verification().getByText('Signed by ana').waitFor();
    await row(40).getByRole('rowheader').dblclick();
    await details().waitFor();
    expect(await accessibilityProblems(panel.page)).toEqual([]);
    host.verdict = madeVerdict(40, {
      ...{ intact: false, brokenAt: 39, problem: 'changed', detail: 'Entry 39 was changed after it was written.' },
      checkpoints: [{ ...signed, problem: { reason: 'bad-signature', detail: 'It was changed after ana signed it.' } }],
    });
    await panel.tell(panelDataChanged, { tracker: null, revision: null });
    await verification().getByText('Entry 39 was changed').waitFor();
    expect(await accessibilityProblems(panel.page)).toEqual([]);
    await close();
  });
});

describe('the audit log', () => {
  test('is right with two entries, newest first', async () => {
    await open(logOf(2));
    await row(2).waitFor();
    expect(await numbers()).toEqual(['2', '1']);
    expect(await count().innerText()).toBe('1–2 of 2');
    await panel.page
      .getByRole('gridcell', { name: 'manifestDigest: 000000000000; rootDigest: 000000000000' })
      .waitFor();
    await verification().getByText('All 2 entries are as they were written.').waitFor();
    await verification().getByText('Nothing outside of the database vouches for it').waitFor();
    await close();
  });

  test('has ten thousand, of which the page holds those in sight', async () => {
    const host = logOf(10_000);
    await open(host);
    await row(10_000).waitFor();
    expect(await grid().getAttribute('aria-rowcount')).toBe('10001');
    await grid().getByRole('rowheader').first().click();
    await panel.page.keyboard.press('Control+End');
    await row(1).waitFor();
    expect((await numbers()).length).toBeLessThan(80);
    expect(host.askedFor(listAudit).length).toBeLessThan(8);
    await panel.page.keyboard.press('Control+Home');
    await row(10_000).waitFor();
    await close();
  });

  test('is narrowed by words, who, what, model and days, and remembers that', async () => {
    const host = logOf(40);
    await open(host);
    await row(40).waitFor();
    await panel.page.getByLabel('Who').selectOption('ben');
    await expect.poll(() => count().innerText()).toContain('of 14');
    await panel.page.getByLabel('Action').selectOption('promote');
    await panel.page.getByLabel('Model').selectOption('churn');
    await expect.poll(numbers).toEqual(['19', '7']);
    await panel.page.getByLabel('Who').selectOption('Anybody');
    await panel.page.getByLabel(/^Words/).fill('Better MONTH 1.4.0');
    await expect.poll(numbers).toEqual(['19']);
    await panel.page.getByRole('button', { name: 'Clear the words' }).click();
    await panel.page.getByLabel('Period').selectOption('Between two days');
    await panel.page.getByLabel('From', { exact: true }).fill('2026-01-02');
    await panel.page.getByLabel('To', { exact: true }).fill('2026-01-02');
    await panel.page.getByLabel('To', { exact: true }).press('Enter');
    await expect.poll(numbers).toEqual(['39', '35', '27', '23', '19']);
    await expect
      .poll(() => panel.saved())
      .toMatchObject({ state, view: { filter: { action: 'promote', to: '2026-01-02' } } });
    await panel.reload();
    await expect.poll(() => count().innerText()).toContain('of 5');
    await close();
  });

  test('begins with what it was opened for, and shows all when asked', async () => {
    const host = logOf(8);
    host.state = { ...state, target: 'fraud@9.9.9' };
    await open(host);
    await panel.page.getByText('No entry fits').waitFor();
    expect(await panel.page.getByLabel('Model').inputValue()).toBe('fraud@9.9.9');
    await panel.page.getByRole('button', { name: 'Show all entries' }).click();
    await expect.poll(() => count().innerText()).toBe('1–8 of 8');
    await close();
  });

  test('shows all of an entry by key, follows the arrows, and gives the focus back', async () => {
    const host = logOf(8);
    await open(host);
    await row(7).getByRole('rowheader').click();
    await panel.page.keyboard.press('Enter');
    await details().getByText('better on last month’s calls').waitFor();
    expect(await details().getByRole('row').last().innerText()).toMatch(/stage of 1\.1\.0\s+staging\s+production/);
    await panel.page.keyboard.press('ArrowUp');
    await panel.page.getByRole('heading', { name: 'Entry 8' }).waitFor();
    await details().getByRole('button', { name: 'Copy entry' }).click();
    await expect.poll(() => host.askedFor(copyText)).toHaveLength(1);
    expect(JSON.parse(Object(host.askedFor(copyText)[0]).text)).toEqual(host.entries[7]);
    await panel.page.keyboard.press('Escape');
    await details().waitFor({ state: 'detached' });
    expect(await panel.page.evaluate(() => document.activeElement?.textContent?.trim())).toBe('8');
    await close();
  });

  test('offers by menu and key to copy an entry, and to see others like it', async () => {
    const host = logOf(8);
    await open(host);
    await row(6).getByRole('rowheader').click();
    await panel.page.keyboard.press('c');
    await expect.poll(() => host.askedFor(copyText)).toHaveLength(1);
    await panel.page.keyboard.press('Shift+F10');
    expect(await panel.page.getByRole('menuitem').allInnerTexts()).toEqual([
      ...[expect.stringContaining('Show details'), expect.stringContaining('Copy entry')],
      ...['Only of fraud@1.1.0', 'Only by ana', 'Only validate'],
    ]);
    await panel.page.getByRole('menuitem', { name: 'Only validate' }).click();
    await expect.poll(numbers).toEqual(['6', '2']);
    await close();
  });

  test('is exported as it is narrowed, to a file that the person chose', async () => {
    const host = logOf(8);
    await open(host);
    await panel.page.getByLabel('Action').selectOption('promote');
    await expect.poll(numbers).toEqual(['7', '3']);
    await panel.page.getByRole('button', { name: 'Export CSV' }).click();
    await panel.page.getByText('Wrote 2 entries to /home/ana/audit-log.csv.').first().waitFor();
    await panel.page.getByRole('button', { name: 'Export JSON' }).click();
    await panel.page.getByText('Wrote 2 entries to /home/ana/audit-log.json.').first().waitFor();
    expect(host.askedFor(pickSaveFile)).toEqual([
      { suggestedName: 'audit-log.csv' },
      { suggestedName: 'audit-log.json' },
    ]);
    expect(host.askedFor(exportAudit)).toMatchObject([
      { action: 'promote', actor: null, format: 'csv', path: '/home/ana/audit-log.csv' },
      { action: 'promote', format: 'json' },
    ]);
    await close();
  });

  test('says which entry is not what was written, and why, and goes there', async () => {
    const host = logOf(500, {
      ...{ intact: false, brokenAt: 3, problem: 'changed', detail: 'Entry 3 was changed after it was written.' },
      anchors: [{ place: 'git', seq: 400 }],
    });
    await open(host);
    await panel.page.getByRole('alert').getByText('Entry 3 was changed after it was written.').waitFor();
    await panel.page.getByRole('button', { name: 'Show entry 3' }).click();
    await row(3).getByRole('img', { name: 'Here the log is not what was written' }).waitFor();
    expect(
      await panel.page.evaluate(() => document.activeElement?.closest('[data-row]')?.getAttribute('data-row')),
    ).toBe('497');
    await close();
  });

  test('tells who vouches for it, and marks the entries that they signed', async () => {
    const later = { ...signed, file: 'other.checkpoint.json', seq: 39, signer: null };
    const problem = { reason: 'unknown-key', detail: 'The key 1111 is no member’s.' } as const;
    await open(logOf(40, { anchors: [{ place: 'git', seq: 30 }], checkpoints: [signed, { ...later, problem }] }));
    await verification()
      .getByText(/^Signed by ana up to entry 38/)
      .waitFor();
    await verification().getByText('Noted in Git up to entry 30.').waitFor();
    await verification().getByText('2 entries came after that.').waitFor();
    await verification().getByText('Checkpoint other.checkpoint.json: The key 1111 is no member’s.').waitFor();
    await row(38).getByRole('img', { name: 'Signed by ana' }).waitFor();
    await close();
  });

  test('follows the registry', async () => {
    const host = logOf(2);
    await open(host);
    await row(2).waitFor();
    host.entries = madeEntries(3);
    host.verdict = madeVerdict(3);
    await panel.tell(panelDataChanged, { tracker: null, revision: null });
    await row(3).waitFor();
    await verification().getByText('All 3 entries').waitFor();
    await close();
  });

  test('says that there is none yet', async () => {
    await open(logOf(0, { detail: 'There is no entry yet.' }));
    await panel.page.getByText('Every change of the registry is told here').waitFor();
    expect(await accessibilityProblems(panel.page)).toEqual([]);
    await close();
  });

  test('that can’t be read says why and is tried again; one that can’t be verified is shown all the same', async () => {
    const host = logOf(2);
    const refused = { reason: 'corrupt', message: 'models.db is damaged.', remedy: 'Bring back a copy.' } as const;
    host.failures.set(listAudit.method, refused);
    host.failures.set(verifyAudit.method, refused);
    await open(host);
    await panel.page.getByText('models.db is damaged.').waitFor();
    expect(await accessibilityProblems(panel.page)).toEqual([]);
    host.failures.delete(listAudit.method);
    await panel.page.getByRole('button', { name: 'Try again' }).click();
    await row(2).waitFor();
    await verification().getByText('It can’t be verified.').waitFor();
    await close();
  });

  test('fits a narrow editor', async () => {
    await open(logOf(40, { checkpoints: [signed] }), { width: 420, height: 600 });
    await row(40).waitFor();
    const { width, content } = await panel.page
      .locator('audit-panel')
      .evaluate((element) => ({ width: element.clientWidth, content: element.scrollWidth }));
    expect(content).toBeLessThanOrEqual(width);
    expect((await panel.page.locator('.table-area').boundingBox())?.height).toBeGreaterThan(120);
    await close();
  });
});
