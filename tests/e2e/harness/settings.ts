import { readFile } from 'node:fs/promises';
import type { VsCode } from '../../testbeds/vscode.ts';
import { replaceText, save } from './editor.ts';
import { runCommand, tab } from './workbench.ts';

/** VS Code's own themes, and the class by which its window tells which one it wears. */
const themes = {
  dark: { name: 'Dark Modern', file: 'dark_modern' },
  light: { name: 'Light Modern', file: 'light_modern' },
  'high-contrast': { name: 'Default High Contrast', file: 'hc_black' },
  'high-contrast-light': { name: 'Default High Contrast Light', file: 'hc_light' },
} as const;

export type Theme = keyof typeof themes;

/** Changes the theme and waits until the window wears it. */
export async function setTheme(vsCode: VsCode, theme: Theme): Promise<void> {
  const { name, file } = themes[theme];
  await changeSettings(vsCode, { 'workbench.colorTheme': name });
  await vsCode.page.locator(`.monaco-workbench.vscode-theme-defaults-themes-${file}-json`).waitFor();
}

/**
 * Changes settings of the user, in the editor that VS Code has for them: it does not watch their file from outside
 * everywhere. `undefined` takes one away.
 */
export async function changeSettings(vsCode: VsCode, settings: Readonly<Record<string, unknown>>): Promise<void> {
  const { page, settingsFile } = vsCode;
  const present: unknown = JSON.parse(await readFile(settingsFile, 'utf8'));
  await runCommand(page, 'Preferences: Open User Settings (JSON)');
  await tab(page, 'settings.json').waitFor();
  await replaceText(page, JSON.stringify(Object.assign({}, present, settings)));
  await save(page);
  await runCommand(page, 'View: Close Editor');
  await tab(page, 'settings.json').waitFor({ state: 'detached' });
}
