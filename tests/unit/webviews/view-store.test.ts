import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { comparePanelView } from '#webviews/compare/view.ts';
import { runsPanelView } from '#webviews/runs/view.ts';
import { ViewStore } from '#webviews/shared/view-store.ts';

const state = { panel: 'compare' as const, folder: '/ws', runs: [] };

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function api(saved?: unknown) {
  let current = saved;
  return {
    getState: () => current,
    setState: vi.fn((next: unknown) => {
      current = next;
    }),
  };
}

test.each([undefined, null, 'text', {}, { view: { tab: 'no such tab', smoothing: 7, columns: 3 } }])(
  'what was saved as %o is in nobody’s way',
  (saved) => {
    expect(new ViewStore(api(saved), comparePanelView).load()).toMatchObject({ tab: 'charts', smoothing: 0 });
    expect(new ViewStore(api(saved), runsPanelView).load()).toMatchObject({ columns: null, sort: [] });
  },
);

test('saves several changes at once, with what the host makes the panel anew by', () => {
  const saving = api();
  const store = new ViewStore(saving, comparePanelView);
  const view = store.load();
  store.save(state, { ...view, smoothing: 0.1 });
  store.save(state, { ...view, smoothing: 0.2 });
  expect(saving.setState).not.toHaveBeenCalled();
  vi.runAllTimers();
  expect(saving.setState).toHaveBeenCalledExactlyOnceWith({ state, view: { ...view, smoothing: 0.2 } });
  expect(new ViewStore(saving, comparePanelView).load().smoothing).toBe(0.2);
});

test('loses nothing when the page goes', () => {
  const saving = api();
  const store = new ViewStore(saving, comparePanelView);
  store.save(state, store.load());
  store.flush();
  expect(saving.setState).toHaveBeenCalledOnce();
  vi.runAllTimers();
  expect(saving.setState).toHaveBeenCalledOnce();
});
