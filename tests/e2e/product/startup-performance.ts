import type { Page } from 'playwright-core';
import { readClipboard } from '../../testbeds/clipboard.ts';
import { editor } from '../harness/editor.ts';
import { runCommand, tab } from '../harness/workbench.ts';

/** What VS Code measured of an extension's start, in milliseconds. */
export interface ExtensionStart {
  /** Reading and running the module: between the marks willLoadExtensionCode and didLoadExtensionCode. */
  readonly load: number;
  /** From the call of `activate` until it is done: between willActivateExtension and didActivateExtension. */
  readonly activate: number;
  /** “Load Code”, “Call Activate” and “Finish Activate” together: with what other extensions did meanwhile. */
  readonly withWaiting: number;
}

/** What `Developer: Startup Performance` tells of an extension that has started; asked again until it has all marks. */
export async function startOf(page: Page, extension: string): Promise<ExtensionStart> {
  for (let attempt = 1; ; attempt += 1) {
    const text = await performanceText(page);
    const missing = marks.filter((name) => markOf(text, name, extension) === undefined);
    if (missing.length === 0) return read(extension, text);
    if (attempt === 10) throw new Error(`VS Code has no mark ${missing.join(', ')} of ${extension}.`);
    await runCommand(page, 'View: Close Editor');
  }
}

const marks = ['willLoadExtensionCode', 'didLoadExtensionCode', 'willActivateExtension', 'didActivateExtension'];

async function performanceText(page: Page): Promise<string> {
  await runCommand(page, 'Developer: Startup Performance');
  await tab(page, 'Startup Performance').waitFor();
  const lines = editor(page).locator('.view-lines');
  await lines.getByText('System Info').waitFor();
  await lines.click();
  await page.keyboard.press('ControlOrMeta+A');
  await page.keyboard.press('ControlOrMeta+C');
  return readClipboard(page);
}

function markOf(text: string, name: string, extension: string): number | undefined {
  const [, time] = new RegExp(`^code/extHost/${name}/${extension}\\t(\\d+)`, 'm').exec(text) ?? [];
  return time === undefined ? undefined : Number(time);
}

function read(extension: string, text: string): ExtensionStart {
  const mark = (name: string): number => markOf(text, name, extension) ?? Number.NaN;
  const row = text.split('\n').find((line) => line.startsWith(`| ${extension} `)) ?? '';
  const [, , , load, call, finish] = row.split('|').map((cell) => Number(cell.trim()));
  return {
    load: mark('didLoadExtensionCode') - mark('willLoadExtensionCode'),
    activate: mark('didActivateExtension') - mark('willActivateExtension'),
    withWaiting: (load ?? Number.NaN) + (call ?? Number.NaN) + (finish ?? Number.NaN),
  };
}
