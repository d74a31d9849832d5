import type { Locator, Page } from 'playwright-core';

/** The modal dialog that has the text. */
export function dialog(page: Page, text: string | RegExp): Locator {
  return page.locator('.monaco-dialog-box').filter({ hasText: text });
}

/** Presses a button of a dialog and waits until it is gone. */
export async function choose(box: Locator, button: string): Promise<void> {
  await box.getByRole('button', { name: button, exact: true }).click();
  await box.waitFor({ state: 'detached' });
}
