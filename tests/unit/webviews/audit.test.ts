import { describe, expect, test, vi } from 'vitest';
import type { AuditEntry, AuditVerdict, JudgedCheckpoint } from '#schemas/domain/audit.ts';
import { EntryPages } from '#webviews/audit/entry-pages.ts';
import { rangeOf } from '#webviews/audit/period.ts';
import { auditPanelView } from '#webviews/audit/view.ts';
import { unwitnessed, witnessesOf } from '#webviews/audit/witnesses.ts';

const entry = (seq: number): AuditEntry => ({
  ...{ seq, time: seq, actor: 'ana', action: 'promote', target: 'churn@1.0.0', before: null, after: null },
  ...{ reason: null, previous: '', hash: String(seq) },
});

describe('the pages of a log', () => {
  function setUp(total: number) {
    const asked: { start: number; signal: AbortSignal; fail: (error: Error) => void; answer: () => void }[] = [];
    const [onChange, onError] = [vi.fn(), vi.fn()];
    const pages = new EntryPages({
      fetch: ({ start, count }, signal) => {
        const { promise, resolve, reject } = Promise.withResolvers<{ entries: AuditEntry[]; total: number }>();
        const length = Math.min(count, total - start);
        const entries = Array.from({ length }, (_, index) => entry(total - start - index));
        asked.push({ start, signal, fail: reject, answer: () => resolve({ entries, total }) });
        return promise;
      },
      onChange,
      onError,
    });
    const open = async () => {
      const opened = pages.open(new AbortController().signal);
      asked.at(-1)?.answer();
      await opened;
    };
    return { pages, asked, onChange, onError, open };
  }

  test('are read as they come in sight, each once', async () => {
    const { pages, asked, onChange, open } = setUp(10_000);
    await open();
    expect([pages.total, pages.entry(0)?.seq, pages.entry(100)]).toEqual([10_000, 10_000, undefined]);
    pages.need(190, 230);
    pages.need(191, 231);
    expect(asked.map(({ start }) => start)).toEqual([0, 100, 200]);
    asked[2]?.answer();
    await vi.waitFor(() => expect(onChange).toHaveBeenCalled());
    expect(pages.entry(205)?.seq).toBe(9_795);
  });

  test('that left the sight are not waited for, and are read when it comes back', async () => {
    const { pages, asked, open } = setUp(10_000);
    await open();
    pages.need(500, 520);
    pages.need(9_900, 9_950);
    expect(asked[1]?.signal.aborted).toBe(true);
    pages.need(500, 520);
    expect(asked.map(({ start }) => start)).toEqual([0, 500, 9_900, 500]);
  });

  test('stay while another query is under way, and are its own once it is there', async () => {
    const { pages, asked, open } = setUp(150);
    await open();
    pages.need(90, 120);
    const opening = pages.open(new AbortController().signal);
    expect(pages.entry(0)?.seq).toBe(150);
    asked.at(-1)?.answer();
    await opening;
    expect(asked[1]?.signal.aborted).toBe(true);
    expect(asked.map(({ start }) => start)).toEqual([0, 100, 0, 100]);
  });

  test('that can’t be read are told of; those that were cancelled are not', async () => {
    const { pages, asked, onError, open } = setUp(1_000);
    await open();
    pages.need(100, 120);
    pages.need(300, 320);
    asked[1]?.fail(new Error('cancelled'));
    asked[2]?.fail(new Error('gone'));
    await vi.waitFor(() => expect(onError).toHaveBeenCalledOnce());
    expect(onError).toHaveBeenCalledWith(expect.objectContaining({ message: 'gone' }));
  });
});

test('a period is of whole days of this place', () => {
  const now = new Date(2026, 2, 15, 12).getTime();
  const range = (period: 'any' | 'week' | 'between', from = '', to = '') => rangeOf({ period, from, to }, now);
  expect(range('any', '2026-01-01')).toEqual({ since: null, until: null });
  expect(range('week')).toEqual({ since: now - 7 * 86_400_000, until: null });
  expect(range('between', '2026-03-01', '2026-03-31')).toEqual({
    since: new Date(2026, 2, 1).getTime(),
    until: new Date(2026, 3, 1).getTime() - 1,
  });
  expect(range('between', '', 'soon')).toEqual({ since: null, until: null });
});

describe('who vouches for a log', () => {
  const verdict = (parts: Partial<AuditVerdict> = {}): AuditVerdict => ({
    ...{ intact: true, entries: 10, brokenAt: null, problem: null, detail: 'All 10 …', warnings: [] },
    ...{ anchors: [], checkpoints: [] },
    ...parts,
  });
  const checkpoint = (seq: number, parts: Partial<JudgedCheckpoint> = {}): JudgedCheckpoint => ({
    ...{ file: `${seq}.checkpoint.json`, seq, hash: '', time: 0, signer: 'ana', key: '', problem: null },
    ...parts,
  });
  const texts = (given: AuditVerdict) => witnessesOf(given, 3_600_000).map(({ text }) => text);

  test('is said, or that nobody does', () => {
    expect(texts(verdict())).toEqual(['Not signed.', 'Not noted in Git.']);
    expect(unwitnessed(verdict())).toMatch(/^Nothing outside of the database/);
    const both = verdict({ anchors: [{ place: 'git', seq: 9 }], checkpoints: [checkpoint(4), checkpoint(7)] });
    expect(texts(both)).toEqual(['Signed by ana up to entry 7, 1 hour ago.', 'Noted in Git up to entry 9.']);
    expect(unwitnessed(both)).toBe('One entry came after that.');
    expect(unwitnessed(verdict({ checkpoints: [checkpoint(10)] }))).toBeNull();
    expect(texts(verdict({ entries: 0 }))).toEqual([]);
  });

  test('is said of the log that was, where this one is broken before', () => {
    const given = verdict({ intact: false, problem: 'changed', brokenAt: 3, anchors: [{ place: 'git', seq: 9 }] });
    expect(texts(given).at(-1)).toBe('Git knows entry 9 of the log that was.');
    expect(texts({ ...given, anchors: [{ place: 'git', seq: 2 }] }).at(-1)).toBe('Noted in Git up to entry 2.');
  });

  test('is not a checkpoint that does not hold', () => {
    const problem = { reason: 'unknown-key', detail: 'The key 12 is no member’s.' } as const;
    const given = verdict({
      intact: false,
      problem: 'checkpoint',
      checkpoints: [checkpoint(7, { problem, signer: null })],
    });
    expect(witnessesOf(given, 0).slice(0, 2)).toMatchObject([
      { text: 'Checkpoint 7.checkpoint.json: The key 12 is no member’s.', isBad: true },
      { text: 'No checkpoint holds.' },
    ]);
    const lost = { reason: 'cut', detail: 'The log ends at entry 3, but the checkpoint …' } as const;
    expect(texts(verdict({ detail: lost.detail, checkpoints: [checkpoint(7, { problem: lost })] }))[0]).toBe(
      'No checkpoint holds.',
    );
    const other = { reason: 'other-registry', detail: 'It is of another registry.' } as const;
    expect(witnessesOf(verdict({ checkpoints: [checkpoint(7, { problem: other })] }), 0)[0]).toMatchObject({
      isBad: false,
    });
  });
});

test('what an older version remembered is never in the way', () => {
  expect(auditPanelView.parse({ filter: { period: 'year', actor: 'ana' }, widths: 3 })).toMatchObject({
    filter: { period: 'any', actor: 'ana', text: '' },
    widths: {},
  });
});
