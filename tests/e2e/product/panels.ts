import type { Locator } from 'playwright-core';

/** The texts of the cells and headings of a grid that are in sight, in no certain order. */
export async function shownTexts(grid: Locator): Promise<string[]> {
  const text = await grid.innerText();
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

/** The names of a grid's rows that are in sight, top to bottom. */
export async function rowNames(grid: Locator): Promise<string[]> {
  const rows = await grid.locator('[role="row"][data-row]:not([data-row="-1"])').evaluateAll((elements) =>
    elements.map((element) => ({
      row: Number(element.getAttribute('data-row')),
      name: element.querySelector('[data-action="open"]')?.textContent?.trim() ?? '',
    })),
  );
  return rows.toSorted((one, other) => one.row - other.row).flatMap(({ name }) => (name === '' ? [] : [name]));
}
