import type { VsCode } from '../../testbeds/vscode.ts';

/** VS Code's own themes, and the class by which its window tells their kind. */
const themes = {
  dark: { name: 'Default Dark Modern', class: 'vs-dark' },
  light: { name: 'Default Light Modern', class: 'vs' },
  'high-contrast': { name: 'Default High Contrast', class: 'hc-black' },
  'high-contrast-light': { name: 'Default High Contrast Light', class: 'hc-light' },
} as const;

export type Theme = keyof typeof themes;

/** Changes the theme and waits until the window wears it. */
export async function setTheme(vsCode: VsCode, theme: Theme): Promise<void> {
  await vsCode.changeSettings({ 'workbench.colorTheme': themes[theme].name });
  await vsCode.page.locator(`.monaco-workbench.${themes[theme].class}`).waitFor();
}
