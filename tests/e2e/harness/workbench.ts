import type { Locator, Page } from 'playwright-core';
import { expect } from 'vitest';

/** How a person drives VS Code's window, for tests. Everything waits for what it needs to be there. */

const quickInput = '.quick-input-widget';

/** Runs a command by its title in the command palette, such as `MLOps: Refresh Experiments`. */
export async function runCommand(page: Page, title: string): Promise<void> {
  await inQuickInput(page, 'F1', `>${title}`, (timeout) => quickPickRow(page, title).click({ timeout }));
}

/** Opens a file of the workspace by its name or path, and waits for its tab. */
export async function openFile(page: Page, path: string): Promise<void> {
  const name = path.split('/').at(-1) ?? path;
  // The list may still change, and with it what is below the pointer: what has the focus is taken by a key.
  const focused = page.locator(`${quickInput} .monaco-list-row.focused[aria-label^="${name}"]`);
  await inQuickInput(page, 'ControlOrMeta+P', path, async (timeout) => {
    await focused.waitFor({ timeout });
    await page.keyboard.press('Enter');
  });
  await page.locator(`.tabs-container .tab.active[data-resource-name="${name}"]`).first().waitFor();
}

/**
 * Opens the quick input by a key, types into it and takes what is found. A webview that has just got the focus hands no key on
 * yet, and one that opens meanwhile takes the focus away, which closes the input: then it begins again.
 */
async function inQuickInput(
  page: Page,
  key: string,
  typed: string,
  take: (timeout: number) => Promise<void>,
): Promise<void> {
  const input = page.locator(`${quickInput} input[type="text"]`);
  for (const timeout of [4_000, 4_000, 8_000, 30_000]) {
    await page.keyboard.press(key);
    try {
      await input.fill(typed, { timeout });
      await take(timeout);
      return;
    } catch (error) {
      if (timeout === 30_000) throw error;
      // What is still open may be an input that found nothing: the next one begins with an empty one.
      await page.keyboard.press('Escape');
    }
  }
}

/** Fills the open quick input and takes the row that has the text. */
export async function pick(page: Page, typed: string, row: string): Promise<void> {
  const input = page.locator(`${quickInput} input[type="text"]`);
  await input.waitFor();
  await input.fill(typed);
  await quickPickRow(page, row).click();
}

/** A row of the open quick pick that has the text. */
export function quickPickRow(page: Page, text: string): Locator {
  return page.locator(`${quickInput} .monaco-list-row`).filter({ hasText: text, visible: true }).first();
}

/** Answers the open input box; `prompt` is what it asks, where another one was open just before. */
export async function answer(page: Page, text: string, prompt = ''): Promise<void> {
  await page.locator(`${quickInput} .quick-input-message`).filter({ hasText: prompt }).waitFor();
  const input = page.locator(`${quickInput} input`).first();
  await input.fill(text);
  await input.press('Enter');
}

export function tab(page: Page, name: string): Locator {
  return page.locator('.tabs-container .tab').filter({ hasText: name });
}

/** Opens a container of the activity bar, such as `MLOps`. */
export async function openViewContainer(page: Page, title: string): Promise<void> {
  const item = page.locator('.activitybar .action-item').filter({
    has: page.locator(`.action-label[aria-label^="${title}"]`),
  });
  await item.waitFor();
  const shown = page.locator('.sidebar .composite.title h2').filter({ hasText: title });
  if (!(await shown.isVisible())) await item.click();
  await shown.waitFor();
}

/** A view of the side bar by its title, such as `Experiments`; opens it when it is folded. */
export async function openView(page: Page, title: string): Promise<Locator> {
  const header = page.locator(`.pane-header[aria-label^="${title}"]`);
  await header.waitFor();
  if ((await header.getAttribute('aria-expanded')) === 'false') await header.click();
  return page.locator('.pane').filter({ has: header });
}

/** An item of a view's tree by the start of its accessible name or by its visible text. */
export function treeItem(view: Locator, text: string | RegExp): Locator {
  return view.locator('[role="treeitem"]').filter({ hasText: text }).first();
}

/** Unfolds an item of a tree and waits until it says so. */
export async function expand(item: Locator): Promise<void> {
  await item.waitFor();
  if ((await item.getAttribute('aria-expanded')) !== 'false') return;
  await item.locator('.monaco-tl-twistie').click();
  await item.and(item.page().locator('[aria-expanded="true"]')).waitFor();
}

/** The visible text of a view's tree items, top to bottom. */
export async function treeTexts(view: Locator): Promise<string[]> {
  const texts = await view.locator('[role="treeitem"]').allInnerTexts();
  return texts.map((text) => text.replaceAll(/\s+/g, ' ').trim());
}

/** Takes an entry of an item's context menu. */
export async function contextMenu(item: Locator, entry: string): Promise<void> {
  await item.click({ button: 'right' });
  const menu = item.page().locator('.monaco-menu');
  await menu.locator('.action-item').filter({ hasText: entry }).first().hover();
  // Not a click: a menu ignores those that come right after it opened.
  await item.page().keyboard.press('Enter');
  await menu.waitFor({ state: 'hidden' });
}

/** A message that has the text, in the list of messages: a window that is driven shows none by itself. */
export async function notification(page: Page, text: string | RegExp): Promise<Locator> {
  const message = page.locator('.notifications-center .notification-list-item').filter({ hasText: text }).first();
  // The list closes when something else gets the focus.
  await expect
    .poll(async () => {
      if (!(await message.isVisible())) await runCommand(page, 'Notifications: Show Notifications');
      return message.isVisible();
    })
    .toBe(true);
  return message;
}

/** The item of the status bar that has the text. */
export function statusBarItem(page: Page, text: string | RegExp): Locator {
  return page.locator('.statusbar-item').filter({ hasText: text }).first();
}
