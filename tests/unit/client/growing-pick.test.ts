import { afterEach, describe, expect, it } from 'vitest';
import type { QuickPickItem } from 'vscode';
import { window } from 'vscode';
import { growingPick } from '#client/platform/growing-pick.ts';

class FakePick {
  items: readonly QuickPickItem[] = [];
  activeItems: readonly QuickPickItem[] = [];
  selectedItems: readonly QuickPickItem[] = [];
  busy = false;
  shown = false;
  disposed = false;
  accept: () => void = () => {};
  #hidden: () => void = () => {};
  onDidAccept(listener: () => void): void {
    this.accept = listener;
  }
  onDidHide(listener: () => void): void {
    this.#hidden = listener;
  }
  show(): void {
    this.shown = true;
  }
  hide(): void {
    this.shown = false;
    this.#hidden();
  }
  dispose(): void {
    this.disposed = true;
  }
}

function fakePick(): FakePick {
  const pick = new FakePick();
  Object.assign(window, { createQuickPick: () => pick });
  return pick;
}

afterEach(() => Reflect.deleteProperty(window, 'createQuickPick'));

const [one, two] = [{ label: 'one' }, { label: 'two' }];

describe('a quick pick that grows', () => {
  it('is there before anything has come, and gives what is chosen while more is on its way', async () => {
    const pick = fakePick();
    const never = new Promise<undefined>(() => {});
    const chosen = growingPick({
      placeHolder: '',
      grow: (show) => {
        show([one]);
        return never;
      },
    });
    expect(pick).toMatchObject({ shown: true, busy: true, items: [one] });
    pick.selectedItems = [one];
    pick.accept();
    expect(await chosen).toBe(one);
    expect(pick.disposed).toBe(true);
  });

  it('keeps what has the focus when more comes', async () => {
    const pick = fakePick();
    const more = Promise.withResolvers<void>();
    const chosen = growingPick({
      placeHolder: '',
      grow: async (show) => {
        show([one, two]);
        await more.promise;
        show([{ label: 'new' }, one, two]);
        return undefined;
      },
    });
    pick.activeItems = [two];
    more.resolve();
    await expect.poll(() => pick.busy).toBe(false);
    expect(pick.items).toHaveLength(3);
    expect(pick.activeItems).toEqual([two]);
    pick.hide();
    expect(await chosen).toBeUndefined();
  });

  it('takes the only one without asking', async () => {
    const pick = fakePick();
    expect(await growingPick({ placeHolder: '', grow: async () => one })).toBe(one);
    expect(pick.shown).toBe(false);
  });

  it('fails where nothing came, and does not where something did', async () => {
    fakePick();
    const failing = (shown: readonly QuickPickItem[]) =>
      growingPick({
        placeHolder: '',
        grow: async (show) => {
          show(shown);
          throw new Error('refused');
        },
      });
    await expect(failing([])).rejects.toThrow('refused');
    const pick = fakePick();
    const chosen = failing([one]);
    await expect.poll(() => pick.busy).toBe(false);
    expect(pick.shown).toBe(true);
    pick.hide();
    expect(await chosen).toBeUndefined();
  });
});
