import { type QuickPickItem, window } from 'vscode';

export interface GrowingPickOptions<T extends QuickPickItem> {
  readonly title?: string;
  readonly placeHolder: string;
  /** Shows what there is each time that more has come. What it resolves to, if anything, is taken without asking. */
  readonly grow: (show: (items: readonly T[]) => void) => Promise<T | undefined>;
}

/**
 * A quick pick that is there at once and takes on what comes later: a server that is slow must not keep a person from what
 * the others have. Fails where nothing came and `grow` failed.
 */
export function growingPick<T extends QuickPickItem>(options: GrowingPickOptions<T>): Promise<T | undefined> {
  const pick = window.createQuickPick<T>();
  pick.placeholder = options.placeHolder;
  pick.matchOnDescription = true;
  pick.keepScrollPosition = true;
  pick.busy = true;
  if (options.title !== undefined) pick.title = options.title;
  const show = (items: readonly T[]) => {
    const active = pick.activeItems.filter((item) => items.includes(item));
    pick.items = items;
    if (active.length > 0) pick.activeItems = active;
  };
  return new Promise((resolve, reject) => {
    pick.onDidAccept(() => {
      const [item] = pick.selectedItems;
      if (!item) return;
      resolve(item);
      pick.hide();
    });
    pick.onDidHide(() => {
      resolve(undefined);
      pick.dispose();
    });
    pick.show();
    options.grow(show).then(
      (only) => {
        pick.busy = false;
        if (only === undefined) return;
        resolve(only);
        pick.hide();
      },
      (error: unknown) => {
        pick.busy = false;
        if (pick.items.length > 0) return;
        reject(error);
        pick.hide();
      },
    );
  });
}
