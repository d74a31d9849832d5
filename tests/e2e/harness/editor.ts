import type { Locator, Page } from 'playwright-core';
import { writeClipboard } from '../../testbeds/clipboard.ts';
import { runCommand } from './workbench.ts';

/** The text editor that has, or last had, the focus. */
export function editor(page: Page): Locator {
  return page.locator('.editor-group-container.active .editor-instance .monaco-editor').first();
}

/** Puts the cursor there; line and column count from 1. */
export async function goTo(page: Page, line: number, column = 1): Promise<void> {
  await editor(page).locator('.view-lines').waitFor();
  await page.keyboard.press('Control+G');
  const input = page.locator('.quick-input-widget input').first();
  await input.waitFor();
  await input.fill(`:${line}:${column}`);
  await input.press('Enter');
  await input.waitFor({ state: 'hidden' });
}

/** Types as a person would, letter by letter: brackets close and suggestions open as they do. */
export async function typeText(page: Page, text: string): Promise<void> {
  await page.keyboard.type(text, { delay: 10 });
}

/** Replaces all of the open editor's text by pasting, which no typing aid takes part in. */
export async function replaceText(page: Page, text: string): Promise<void> {
  await editor(page).locator('.view-lines').click();
  await page.keyboard.press('ControlOrMeta+A');
  await writeClipboard(page, text);
  await page.keyboard.press('ControlOrMeta+V');
}

/** The text of the lines in view; what is scrolled away is not in it. */
export async function visibleText(page: Page): Promise<string> {
  const lines = await editor(page)
    .locator('.view-line')
    .evaluateAll((elements) =>
      elements
        .map((element) => ({ top: Number.parseFloat((element as HTMLElement).style.top), text: element.textContent }))
        .sort((one, other) => one.top - other.top)
        .map(({ text }) => text?.replaceAll('\u00a0', ' ') ?? ''),
    );
  return lines.join('\n');
}

/** Saves the open editor and waits until its tab says so. */
export async function save(page: Page): Promise<void> {
  await page.keyboard.press('ControlOrMeta+S');
  await page.locator('.editor-group-container.active .tab.active:not(.dirty)').waitFor();
}

/** The suggestion list, asked for at the cursor. */
export async function suggest(page: Page): Promise<Locator> {
  const widget = page.locator('.suggest-widget.visible');
  if (!(await widget.isVisible())) await runCommand(page, 'Trigger Suggest');
  await widget.locator('.monaco-list-row').first().waitFor();
  return widget;
}

/** A suggestion by its label. */
export function suggestion(page: Page, label: string): Locator {
  const name = page.locator('.label-name').getByText(label, { exact: true });
  return page.locator('.suggest-widget.visible .monaco-list-row').filter({ has: name }).first();
}

/** What VS Code shows when the mouse rests on the cursor's word. */
export async function hover(page: Page): Promise<Locator> {
  await runCommand(page, 'Show or Focus Hover');
  const widget = page.locator('.monaco-hover:not(.hidden) .monaco-hover-content').first();
  await widget.waitFor();
  return widget;
}

/** Opens the Problems view and answers its rows: files and, below them, their problems. */
export async function problems(page: Page): Promise<Locator> {
  const panel = page.locator('.markers-panel');
  if (!(await panel.isVisible())) await runCommand(page, 'Problems: Focus on Problems View');
  await panel.waitFor();
  return panel.locator('.monaco-list-row');
}

/** The squiggles of the open editor. */
export function squiggles(page: Page, severity: 'error' | 'warning' | 'info'): Locator {
  return editor(page).locator(`.squiggly-${severity}`);
}
