import type { Locator } from 'playwright-core';

/** The texts of the cells and headings of a grid that are in sight, in no certain order. */
export async function shownTexts(grid: Locator): Promise<string[]> {
  const text = await grid.innerText();
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}
