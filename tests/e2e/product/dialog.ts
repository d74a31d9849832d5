import type { Locator, Page } from 'playwright-core';
import { expect } from 'vitest';

/** The modal dialog that has the text. */
export function dialog(page: Page, text: string | RegExp): Locator {
  return page.locator('.monaco-dialog-box').filter({ hasText: text });
}

/** Presses a button of a dialog and waits until it is gone. */
export async function choose(box: Locator, button: string): Promise<void> {
  await box.getByRole('button', { name: button, exact: true }).click();
  await box.waitFor({ state: 'detached' });
}

/** Answers the dialog that asks for a file, or for a place to save at: VS Code's own one, a picker with a path in it. */
export async function saveAt(page: Page, path: string): Promise<void> {
  const picker = page.locator('.quick-input-widget');
  const input = picker.locator('input').first();
  const title = picker.locator('.quick-input-title');
  // It shows, reads the folder, and only then puts its proposal there, over what was typed before.
  await expect.poll(() => input.inputValue()).not.toBe('');
  await picker.locator('.monaco-list-row').first().waitFor();
  let unchanged = 0;
  await expect
    .poll(async () => {
      unchanged = (await input.inputValue()) === path ? unchanged + 1 : 0;
      if (unchanged === 0) await input.fill(path);
      return unchanged;
    })
    .toBeGreaterThan(5);
  // The picker looks at the folder first, and passes over an Enter until it has. Another question may follow in its place.
  const asked = picker.filter({ has: page.locator('.quick-input-title').getByText(await title.innerText()) });
  for (let attempt = 1; attempt <= 20 && (await asked.isVisible()); attempt++) {
    await input.press('Enter');
    await asked.waitFor({ state: 'hidden', timeout: 1_000 }).catch(() => {});
  }
}
